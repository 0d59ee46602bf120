#include "gateway/hl7v2/escape.hpp"

#include <random>

#include <gmock/gmock.h>

#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

/// Decoded by the usual delimiters with `#`; "?" behind it where something was unknown.
std::string decoded(const std::string& raw, const std::string& charset = "US-ASCII") {
  Delimiters delimiters;
  delimiters.truncation = "#";
  bool unknown = false;
  std::string out = decode_escapes(raw, delimiters, charset, &unknown);
  return unknown ? out + "?" : out;
}

TEST(Escapes, BecomeWhatTheTableSays) {
  const std::pair<std::string, std::string> table[] = {
      {"\\F\\\\S\\\\T\\\\R\\\\E\\\\P\\", "|^&~\\#"},
      {"a\\H\\b\\N\\c", "abc"},
      {"a\\.br\\b\\.BR\\c", "a\nb\nc"},
      {"a\\.sp\\b\\.sp 2\\c\\.sp3\\d\\.sp+1\\e\\.sp 0\\f",
       "a\nb\n\nc\n\n\nd\ne"
       "f"},
      {"a\\.sk 3\\b\\.sk\\c", "a   b c"},
      {"a\\.in 2\\b\\.ti+1\\c\\.in-4\\d", "a\n  b\n c\nd"},
      {"\\.in 2\\a\\.br\\\\.ti 1\\b", "  a\n b"},
      {"\\.fi\\a\\.nf\\b\\.ce\\c", "ab\nc"},
      {"\\X41424344\\", "ABCD"},
      {"\\X0D\\\\X0A\\a\\X0D\\b\\X0A\\c\\X0D0A\\d\\X0A0A\\", "\na\nb\nc\nd\n\n"},
      {"a\\X00d\\b", "a\nb"},  // an odd count is seen: the leading zero goes
      {"\\XC3A4\\ \\XC3\\\\XA4\\", "\xC3\xA4 \xC3\xA4"},  // a character spread over two sequences
      {"\\X7C\\\\X5E\\", "|^"},
  };
  for (const auto& [raw, expected] : table) {
    EXPECT_EQ(decoded(raw), expected) << raw;
  }
}

TEST(Escapes, UnknownUnterminatedAndEmptyStayAsLiteralTextAndTheRestIsDecoded) {
  const std::pair<std::string, std::string> table[] = {
      {"\\A2\\F\\", "\\A2\\F\\?"},  // the second `\` closes A2, F is text, the last one is alone
      {"\\A2\\ \\F\\", "\\A2\\ |?"},
      {"\\Z01\\ \\S\\", "\\Z01\\ ^?"},
      {"\\\\ a\\T\\b", "\\\\ a&b?"},
      {"C:\\temp", "C:\\temp?"},
      {"5\\re of \\T\\ here", "5\\re of & here?"},
      {"\\", "\\?"},
      {"a\\", "a\\?"},
      {"\\XZZ\\", "\\XZZ\\?"},
      {"\\X\\", "\\X\\?"},
      {"\\X123\\", "\\X123\\?"},
      {"\\.xx\\\\F\\", "\\.xx\\|?"},
      {"\\.sk 100\\", "\\.sk 100\\?"},
      {"\\.sk 2x\\", "\\.sk 2x\\?"},
      {"\\XC3\\", "\\XC3\\?"},
      {"\\f\\", "\\f\\?"},
      {"\\.br", "\\.br?"},
  };
  for (const auto& [raw, expected] : table) EXPECT_EQ(decoded(raw), expected) << raw;
}

TEST(Escapes, OfBytesAreInTheSetOfTheMessage) {
  EXPECT_EQ(decoded("\\XE9\\", "ISO-8859-1"), "\xC3\xA9");
  EXPECT_EQ(decoded("\\XA4\\", "ISO-8859-15"), "\xE2\x82\xAC");
  EXPECT_EQ(decoded("\\XC4E3\\", "GB18030"), "\xE4\xBD\xA0");
  EXPECT_EQ(decoded("\\XC4\\\\XE3\\", "GB18030"), "\xE4\xBD\xA0");
  EXPECT_EQ(decoded("\\XFF\\", "GB18030"), "\\XFF\\?");
}

TEST(Escapes, ShiftToIso2022Sets) {
  // 山田 is 3B33 4544 in JIS X 0208: `;3ED`.
  EXPECT_EQ(decoded("x\\M2442\\;3ED\\C2842\\y"), "x\xE5\xB1\xB1\xE7\x94\xB0y");
  EXPECT_EQ(decoded("\\M2442\\;"), "\\M2442\\;?");
}

TEST(Escapes, TheRightHalfOfASetIsInForceToTheEndOfTheLeaf) {
  EXPECT_EQ(decoded("A\\C2D42\\\\XB1\\x"), "A\xC4\x85x");  // ESC - B: ISO 8859-2
  EXPECT_EQ(decoded("A\\C2D42\\"), "A");
  EXPECT_EQ(decoded("\xC2\xB8\\C2D4C\\\xC2\xB8|\\F\\\xC2\xB8", "ISO-8859-1"),
            "\xC2\xB8\xD0\x98||\xD0\x98");  // И of ISO 8859-5 stands where 8859-1 has a cedilla
  EXPECT_EQ(decoded("\\C2D4C\\\xC3\xA4\\XB8\\", "UTF-8"), "\xC3\xA4\xD0\x98")
      << "what was UTF-8 has no halves";
  EXPECT_EQ(decoded("A\\C2D42\\b\\C2842\\c\\C2D41\\\\XE9\\"), "Abc\xC3\xA9");
  EXPECT_EQ(decoded("A\x1B-L\xC2\xB8\x1B(Bb", "ISO-8859-1"),
            "A\xD0\x98"
            "b")
      << "as MSH-20 ISO 2022-1994 sends it";
  EXPECT_EQ(decoded("A\\C2D59\\x"), "A\\C2D59\\x?") << "no set that anybody knows";
}

TEST(Escapes, UseTheEscapeCharacterOfTheMessage) {
  const auto message = tests::read("MSH|^~!&|LAB\rOBX|1||||a!F!b\\F\\!X41!\r");
  EXPECT_EQ(tests::at(message, "OBX-5"), "a|b\\F\\A");
}

TEST(Escapes, AreNotDecodedInMsh2) {
  bool unknown = false;
  const auto message = tests::read(tests::msh());
  EXPECT_EQ(message.decoded(message.leaves()[1], &unknown), "^~\\&");
  EXPECT_FALSE(unknown);
}

TEST(Escapes, CostNothingWhenUnmatchedAndInflateNothing) {
  std::string slashes;
  for (int i = 0; i < 100'000; ++i) slashes += "\\X ";
  EXPECT_EQ(decoded(slashes).size(), slashes.size() + 1);
  std::string formatting;
  for (int i = 0; i < 1'000; ++i) formatting += "\\.sk99\\";
  EXPECT_LE(decoded(formatting).size(), 15 * formatting.size());
}

TEST(Escapes, RoundTripAnyText) {
  constexpr unsigned seed = 20250324;
  std::mt19937 chance(seed);
  const std::string alphabet = "ab|^~\\&#\n .XFEbr\xC2\xB5";
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (std::size_t n = chance() % 12; n > 0; --n) {
      const char c = alphabet[chance() % (alphabet.size() - 1)];
      text += c == '\xC2' ? "\xC2\xB5" : std::string(1, c);
    }
    Delimiters delimiters;
    if (round % 2 == 0) delimiters.truncation = "#";
    const std::string escaped = encode_escapes(text, delimiters);
    bool unknown = false;
    ASSERT_EQ(decode_escapes(escaped, delimiters, "UTF-8", &unknown), text)
        << "seed " << seed << ": " << escaped;
    ASSERT_FALSE(unknown) << escaped;
    ASSERT_EQ(escaped.find_first_of("|^~&\r\n"), std::string::npos) << escaped;
  }
}

}  // namespace
}  // namespace gateway::hl7v2
