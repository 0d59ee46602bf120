// What comparable parsers get wrong (V2FHIR.md §4, by number): characters, delimiters, escapes. The
// other symptoms are in tests/unit/mapping/symptoms_structure_test.cpp and
// symptoms_values_test.cpp.
#include <gtest/gtest.h>

#include "gateway/hl7v2/batch.hpp"

#include "tests/unit/hl7v2/reading.hpp"

namespace {
namespace hl7v2 = gateway::hl7v2;

using tests::at;
using tests::read;

std::string with_charset(const std::string& name, const std::string& unit) {
  return "MSH|^~\\&|A|B|C|D|2025||ORU^R01|1|P|2.5.1||||||" + name + "\rOBX|1|NM|X||1|" + unit +
         "\r";
}

TEST(Symptom14, AMicroSignIsReadInTheSetItCameInAndNeverGuessed) {
  EXPECT_EQ(at(read(with_charset("8859/1", "\xB5mol/L")), "OBX-6"), "\xC2\xB5mol/L");
  EXPECT_EQ(at(read(with_charset("UNICODE UTF-8", "\xC2\xB5mol/L")), "OBX-6"), "\xC2\xB5mol/L");
  EXPECT_EQ(at(read(with_charset("", "\xC2\xB5mol/L")), "OBX-6"), "\xC2\xB5mol/L");
  // ISO 8859-1 without saying so: read by the sender's profile, refused without one.
  EXPECT_EQ(at(read(with_charset("", "\xB5mol/L"), "8859/1"), "OBX-6"), "\xC2\xB5mol/L");
  const auto refused = hl7v2::parse(gateway::base::Buffer(with_charset("", "\xB5mol/L")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where.substr(0, 3), "OBX");
}

TEST(Symptom20, AnyMsh2IsReadAndAnEnvelopeAloneEnds) {
  for (const char* delimiters : {"|^~\\&", "|^~\\&#", "#!+?*", "|~^\\&", ",;:\\/"}) {
    const std::string d = delimiters;
    const std::string f(1, d[0]), c(1, d[1]), r(1, d[2]), s(1, d[4]);
    const auto message = read("MSH" + d + f + "A" + f + "B" + f + "C" + f + "D" + f + "2025" + f +
                              f + "ORU" + c + "R01" + f + "1" + f + "P" + f + "2.7\rPID" + f + "1" +
                              f + f + "one" + c + "two" + s + "three" + r + "four\r");
    EXPECT_EQ(at(message, "MSH-9.2"), "R01") << d;
    EXPECT_EQ(at(message, "PID-3[1].1"), "one") << d;
    EXPECT_EQ(at(message, "PID-3[1].2.2"), "three") << d;
    EXPECT_EQ(at(message, "PID-3[2]"), "four") << d;
  }
  for (const char* empty :
       {"FHS|^~\\&|A\rBHS|^~\\&|A\rBTS|0\rFTS|1\r", "FHS|^~\\&|A\r", "BHS|^~\\&|A\r"})
    EXPECT_TRUE(hl7v2::split_messages(empty).messages.empty()) << empty;
}

TEST(Symptom28, EscapesOfEveryKindSurvive) {
  const std::pair<const char*, const char*> rows[] = {
      {"one\\X0D\\\\X0A\\two", "one\ntwo"},  // one line break, not none and not two
      {"odd\\X00d\\end", "odd\nend"},        // an odd count of digits throws nothing
      {"C:\\temp", "C:\\temp"},              // a lone backslash is one
      {"5\\re and \\T\\", "5\\re and &"},    // and the rest is decoded
      {"\\E\\\\E\\x09", "\\\\x09"}};         // two escaped backslashes, then text
  for (const auto& [sent, meant] : rows)
    EXPECT_EQ(at(read(tests::msh() + "OBX|1|ST|X||" + sent + "\r"), "OBX-5"), meant) << sent;
  const auto parted = read(tests::msh() + "OBX|1|ST|X||a\\T\\b&c\\T\\d^e\\S\\f\r");
  EXPECT_EQ(at(parted, "OBX-5.1.2"), "c&d");  // a subcomponent is decoded as well
  EXPECT_EQ(at(parted, "OBX-5.2"), "e^f");
}

TEST(Symptom29, Msh18IsHonouredAndEndsWithItsSegment) {
  EXPECT_EQ(at(read(with_charset("8859/5", "\xBC")), "OBX-6"), "\xD0\x9C");
  EXPECT_EQ(at(read(with_charset("8859/7", "\xEC")), "OBX-6"), "\xCE\xBC");
  // MSH ends before field 18: nothing of the next segment is taken for a character set.
  const auto short_header =
      read("MSH|^~\\&|A|B|C|D|2025||ORU^R01|1|P|2.5.1\rPID|1||8859/5|||8859/5||8859/5|\xC2\xB5\r");
  EXPECT_EQ(at(short_header, "PID-9"), "\xC2\xB5");
  EXPECT_EQ(short_header.charset(), "UTF-8");
}

}  // namespace
