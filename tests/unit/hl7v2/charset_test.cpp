#include "gateway/hl7v2/charset.hpp"

#include <gmock/gmock.h>

#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/utf8.hpp"

#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::at;
using tests::msh;
using tests::read;
using tests::remarks;

std::string in(const std::string& utf8, const std::string& charset) {
  const auto bytes = convert(utf8, "UTF-8", charset);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "cannot";
}

TEST(Charset, IsDecodedByMsh18) {
  struct Row {
    std::string msh18, iconv, text;
  };
  const Row table[] = {
      {"", "US-ASCII", "Oz"},
      {"ASCII", "US-ASCII", "Oz"},
      {"ISO IR6", "US-ASCII", "Oz"},
      {"UNICODE UTF-8", "UTF-8", "Öz µmol 山田"},
      {"UNICODE", "UTF-8", "Öz"},
      {"utf-8", "UTF-8", "Öz"},
      {"UTF8", "UTF-8", "Öz"},
      {"8859", "ISO-8859-1", "Öz"},
      {"8859/1", "ISO-8859-1", "Öz µmol"},
      {"8859/2", "ISO-8859-2", "Łódź"},
      {"8859/3", "ISO-8859-3", "Ħal"},
      {"8859/4", "ISO-8859-4", "Ķī"},
      {"8859/5", "ISO-8859-5", "Иванова"},
      {"8859/6", "ISO-8859-6", "سلام"},
      {"8859/7", "ISO-8859-7", "Ελένη"},
      {"8859/8", "ISO-8859-8", "שלום"},
      {"8859/9", "ISO-8859-9", "Işıl Ğ"},
      {"8859/15", "ISO-8859-15", "Œuvre €"},
      {"GB 18030-2000", "GB18030", "张伟 誠 裏"},  // second bytes 5C, 7C
      {"GBK", "GB18030", "誠"},
      {"BIG-5", "BIG5-HKSCS", "許功蓋"},  // each second byte is a backslash
      {"KS X 1001", "CP949", "김영희"},
      {"CNS 11643-1992", "EUC-TW", "許功蓋"},
      {"ISO IR14", "SHIFT_JIS", "ﾔﾏﾀﾞ"},
      {"ISO IR87", "ISO-2022-JP", "山田"},
      {"~ISO IR87", "ISO-2022-JP", "山田 花子"},
      {"ISO IR159", "ISO-2022-JP-2", "山田"},
  };
  for (const Row& row : table) {
    const std::string bytes = msh(row.msh18) + "PID|1||||" + in(row.text, row.iconv) + "^x|end\r";
    const auto message = read(bytes);
    EXPECT_EQ(at(message, "PID-5.1"), row.text) << row.msh18;
    EXPECT_EQ(at(message, "PID-5.2"), "x") << row.msh18;
    EXPECT_EQ(at(message, "PID-6"), "end") << row.msh18;
    // JIS X 0201 has ¥ where ASCII has the backslash, and the message's escape is that (E3).
    const std::size_t expected = row.iconv == "SHIFT_JIS" ? 1 : 0;
    EXPECT_EQ(remarks(message).size(), expected) << row.msh18;
  }
}

TEST(Charset, NamesInTheHeaderItselfDoNotHideMsh18) {
  for (const auto& [msh18, iconv] : {std::pair{"BIG-5", "BIG5-HKSCS"},
                                     {"GB18030", "GB18030"},
                                     {"ISO IR87", "ISO-2022-JP"},
                                     {"8859/1", "ISO-8859-1"}}) {
    // Second bytes of these are `\` and `|` in BIG-5 and GB 18030; ISO-2022-JP has `|` in 首
    // (3C73)…
    const std::string name = std::string(msh18) == "8859/1"     ? "é"
                             : std::string(msh18) == "ISO IR87" ? "者首"
                                                                : "功誠";
    const std::string bytes =
        "MSH|^~\\&|" + in(name, iconv) + "|F|||||ORU^R01|M1|P|2.5.1||||||" + msh18 + "\rPID|1\r";
    const auto message = read(bytes);
    EXPECT_EQ(at(message, "MSH-3"), name) << msh18;
    EXPECT_EQ(at(message, "MSH-18"), msh18);
    const auto header = read_header(bytes);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->charset, msh18);
    EXPECT_EQ(header->sending_application, in(name, iconv));
    EXPECT_EQ(header->control_id, "M1");
  }
}

TEST(Charset, UndeclaredIsTheProfilesElseUtf8IfItIs) {
  for (const char* msh18 : {"", "ASCII"}) {
    const auto by_profile = read(msh(msh18) + "PID|1||||\xD6z\r", "8859/9");
    EXPECT_EQ(at(by_profile, "PID-5"), "Öz");
    EXPECT_THAT(remarks(by_profile), IsEmpty());
    EXPECT_EQ(at(read(msh(msh18) + "PID|1||||\xD6z\r", "CP1254"), "PID-5"), "Öz");
    const auto guessed = read(msh(msh18) + "PID|1||||Öz\r");
    EXPECT_EQ(at(guessed, "PID-5"), "Öz");
    EXPECT_THAT(remarks(guessed), ElementsAre("charset-assumed MSH-18"));
    EXPECT_FALSE(parse(base::Buffer(msh(msh18) + "PID|1||||\xD6z\r")));
  }
}

TEST(Charset, Latin1WithC1BytesIsWindows1252) {
  const auto message = read(msh("8859/1") + "PID|1||||\x93quoted\x94 \xE9\r");
  EXPECT_EQ(at(message, "PID-5"), "“quoted” é");
  EXPECT_THAT(remarks(message), ElementsAre("charset-assumed MSH-18"));
}

TEST(Charset, AnUnknownNameIsAcceptedOverPureAsciiOnly) {
  EXPECT_THAT(remarks(read(msh("KLINGON") + "PID|1\r")), ElementsAre("charset-assumed MSH-18"));
  const auto refused = parse(base::Buffer(msh("KLINGON") + "PID|1||||Öz\r"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::unsupported);
  EXPECT_EQ(refused.error().where, "MSH-18");
}

TEST(Charset, AByteOrderMarkWinsOverMsh18) {
  EXPECT_THAT(remarks(read("\xEF\xBB\xBF" + msh() + "PID|1||||Öz\r")), IsEmpty());
  EXPECT_THAT(remarks(read("\xEF\xBB\xBF" + msh("UNICODE UTF-8") + "PID|1||||Öz\r")), IsEmpty());
  const auto differs = read("\xEF\xBB\xBF" + msh("8859/1") + "PID|1||||Öz\r");
  EXPECT_EQ(at(differs, "PID-5"), "Öz");
  EXPECT_THAT(remarks(differs), ElementsAre("charset-assumed MSH-18"));
}

TEST(Charset, WideSetsAreReadByMarkOrByTheirZeros) {
  const std::string text = msh("UNICODE UTF-16") + "PID|1||||Öz 山\r";
  for (const char* charset : {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"}) {
    for (const char* mark : {"", "\xEF\xBB\xBF"}) {
      const std::string bytes = in(mark + text, charset);
      const auto message = read(bytes);
      EXPECT_EQ(at(message, "PID-5"), "Öz 山") << charset;
      const auto header = read_header(bytes);
      ASSERT_TRUE(header) << charset;
      EXPECT_EQ(header->control_id, "M1");
      EXPECT_EQ(header->wide, charset);
    }
  }
}

TEST(Charset, UndecodableBytesAreRefusedWithSegmentAndOffset) {
  struct Row {
    std::string msh18, bad, why;
  };
  const Row table[] = {
      {"UNICODE UTF-8", "\xC0\xAF", "overlong"},
      {"UNICODE UTF-8", "\xED\xA0\x80", "surrogate"},
      {"UNICODE UTF-8", "\xF4\x90\x80\x80", "above U+10FFFF"},
      {"UNICODE UTF-8", "\xE4\xBD", "cut"},
      {"UNICODE UTF-8", "\x80", "continuation alone"},
      {"", "\xD6", "no UTF-8"},
      {"ASCII", "\xFF", "no UTF-8"},
      {"8859/3", "\xA5", "not assigned"},
      {"8859/1", "\x81", "not in Windows-1252"},
      {"GB18030", "\xFF", "no lead byte"},
      {"BIG-5", "\xFF\xFF", "no lead byte"},
      {"ISO IR14", "\x8E\x52", "two bytes: not JIS X 0201"},
      {"ISO IR87", "\x80", "not 7-bit"},
      {"ISO IR87", "\x1B$B;\x1B(B", "half a character"},
  };
  for (const Row& row : table) {
    const std::string head = msh(row.msh18) + "PID|1||x\rOBX|1||||ok\rOBX|2||||";
    const auto message = parse(base::Buffer(head + row.bad + "|\rOBX|3\r"));
    ASSERT_FALSE(message) << row.msh18 << ": " << row.why;
    EXPECT_EQ(message.error().kind, base::ErrorKind::unsupported) << row.why;
    EXPECT_EQ(message.error().where, "OBX[2]") << row.why;
    EXPECT_THAT(message.error().what, HasSubstr("offset ")) << row.why;
    if (row.bad[0] != '\x1B') {
      EXPECT_THAT(message.error().what, HasSubstr("offset " + std::to_string(head.size()) + " "))
          << row.why;
    }
  }
}

TEST(Charset, JisBytesOfDelimitersAreWhatTheyDecodeTo) {
  const auto message = read(msh("ISO IR14") + "PID|a~b|\\F\\|\xB1\r");
  EXPECT_EQ(message.delimiters().escape, "¥");
  EXPECT_EQ(at(message, "PID-1[2]"), "b");
  EXPECT_EQ(at(message, "PID-2"), "|");
}

TEST(Utf8, KnowsWellFormedFromIllFormed) {
  const std::pair<std::string, std::size_t> table[] = {{"", 0},
                                                       {"a", 1},
                                                       {"\xC2\x80", 2},
                                                       {"\xDF\xBF", 2},
                                                       {"\xE0\xA0\x80", 3},
                                                       {"\xED\x9F\xBF", 3},
                                                       {"\xEE\x80\x80", 3},
                                                       {"\xF0\x90\x80\x80", 4},
                                                       {"\xF4\x8F\xBF\xBF", 4},
                                                       {"\xC1\x80", 0},
                                                       {"\xE0\x9F\x80", 0},
                                                       {"\xED\xA0\x80", 0},
                                                       {"\xF0\x8F\x80\x80", 0},
                                                       {"\xF5\x80\x80\x80", 0},
                                                       {"\xC2", 0},
                                                       {"\xC2\x20", 0},
                                                       {"\xBF", 0}};
  for (const auto& [bytes, size] : table) EXPECT_EQ(utf8_size(bytes), size);
  EXPECT_EQ(utf8_valid_size("abcdefghijk\xC2\xB5lmnopqrstuvw\xFFx"), 25U);
  EXPECT_EQ(ascii_size("0123456789\x80"), 10U);
}

}  // namespace
}  // namespace gateway::hl7v2
