#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// A code is never read by HL7's table because it looks like one of it (V2FHIR.md §3.2): the system
// that stands beside it says whose it is.
namespace {

using rules::message;
using rules::obr;
using symptoms::only;
using symptoms::unmapped;
using tests::convert;

tests::Converted flagged(const std::string& flag) {
  return convert(message(obr + "OBX|1|NM|A^Alpha^99Z||5|mg|1-9|" + flag + "|||F\n"));
}
const gateway::fhir::Json& flag_of(const tests::Converted& made) {
  return only(made, "Observation")["interpretation"].items().at(0);
}
constexpr const char* hl7s = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

TEST(OwnCodes, AFlagOfTheLaboratoryIsNotHl7s) {
  const auto own = flagged("H^High^99X");
  EXPECT_EQ(flag_of(own)["coding"].items().at(0)["code"].text(), "H");
  EXPECT_TRUE(flag_of(own)["coding"].items().at(0)["system"].text().ends_with("-99x"));
  EXPECT_EQ(flag_of(own)["text"].text(), "High");
  EXPECT_TRUE(own.has_issue("interpretation-unknown"));
  EXPECT_EQ(unmapped(own), "");
  for (const char* flag : {"H", "H^High", "H^High^HL70078"}) {
    const auto made = flagged(flag);
    EXPECT_EQ(flag_of(made)["coding"].items().at(0)["system"].text(), hl7s) << flag;
    EXPECT_FALSE(made.has_issue("interpretation-unknown")) << flag;
  }
}

TEST(OwnCodes, ASecondCodeOfTable0078SaysWhatTheFirstMeans) {
  const auto made = flagged("HHH^Haemolysed^99X^A^Abnormal^HL70078");
  EXPECT_EQ(flag_of(made)["coding"].items().at(0)["system"].text(), hl7s);
  EXPECT_EQ(flag_of(made)["coding"].items().at(0)["code"].text(), "A");
  EXPECT_EQ(flag_of(made)["coding"].items().at(1)["code"].text(), "HHH");
  EXPECT_FALSE(made.has_issue("interpretation-unknown"));
}

TEST(OwnCodes, NeitherMaritalStatusNorClassNorPriorityOfTheSenderIsReadByHl7sTables) {
  const auto made = convert(
      message("PV1|1|E^Extern^99X|||||||||||||||||V1^^^AA\nTQ1|1||||||||S^Some day^99X\n" + obr,
              "F||||||||M^Mine^99X"));
  const auto& marital = only(made, "Patient")["maritalStatus"]["coding"].items();
  ASSERT_EQ(marital.size(), 1U);
  EXPECT_TRUE(marital[0]["system"].text().ends_with("-99x"));
  EXPECT_TRUE(only(made, "Encounter")["class"]["system"].text().ends_with("-99x"));
  EXPECT_EQ(only(made, "Encounter")["class"]["code"].text(), "E");
  EXPECT_FALSE(only(made, "ServiceRequest")["priority"].is_string());
}

}  // namespace
