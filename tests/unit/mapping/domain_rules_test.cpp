#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"

// DOMAIN.md rules seen from outside: a message in, resources out. The number of the rule is the
// name; tests/RULES.md lists them all.
namespace {

using gateway::fhir::Json;
using tests::code_of;
using tests::context;
using tests::has_tag;

std::string message(const std::string& rest, const char* sex = "F") {
  return "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n"
         "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|" +
         std::string(sex) + "\n" + rest;
}
const std::string obr = "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n";

const Json& first(const tests::Converted& converted, std::string_view code) {
  return *converted.observations(code).at(0);
}

std::string sample(const Json& observation) {
  for (const Json& extension : observation["extension"].items())
    if (extension["url"].text().ends_with("/sample-type"))
      return code_of(extension["valueCodeableConcept"]);
  return "";
}

std::vector<std::string> notes(const Json& resource) {
  std::vector<std::string> all;
  for (const Json& note : resource["note"].items()) all.push_back(note["text"].text());
  return all;
}

const Json& component(const Json& observation, std::string_view code) {
  static const Json none;
  for (const Json& part : observation["component"].items())
    if (code_of(part["code"]) == code) return part;
  return none;
}

TEST(R4, AContextAnswerIsDatedLikeTheResultsItSpeaksOf) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|DT|8665-2^LMP^LN||20250301||||||F\n"));
  EXPECT_EQ(first(made, "8665-2")["effectiveDateTime"].text(), "2025-03-22T09:30:00+01:00");
}

TEST(S16, FlagAndRangeOfABloodPressureStayWithTheirHalf) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8462-4^dia^LN||88|mmHg|<90||||F\n"
                                                 "OBX|2|NM|8480-6^sys^LN||142|mmHg|<140|H|||F\n"));
  const Json& panel = first(made, "85354-9");
  EXPECT_FALSE(panel.has("interpretation"));
  EXPECT_FALSE(panel.has("referenceRange"));
  EXPECT_EQ(code_of(component(panel, "8480-6")["interpretation"].items().at(0)), "H");
  EXPECT_EQ(component(panel, "8462-4")["referenceRange"].items().at(0)["text"].text(), "<90");
  EXPECT_FALSE(component(panel, "8462-4").has("interpretation"));
}

TEST(S16, AHalfThatWasCancelledTakesNothingFromTheOther) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8480-6^sys^LN||QNS|mmHg|||||X\n"
                                                 "OBX|2|NM|8462-4^dia^LN||88|mmHg|||||F\n"));
  const Json& panel = first(made, "85354-9");
  EXPECT_EQ(panel["status"].text(), "final");
  EXPECT_EQ(code_of(component(panel, "8480-6")["dataAbsentReason"]), "not-performed");
  EXPECT_EQ(component(panel, "8462-4")["valueQuantity"]["value"].text(), "88");
}

TEST(S17, AVitalSignThatNoTableNamesIsNoSpecimenEither) {
  const auto made = tests::convert(
      message(obr + "OBX|1|NM|8867-4^HR^LN||88|/min|||||F\nSPM|1|S||BLDV^^HL70487\n"));
  EXPECT_EQ(sample(first(made, "8867-4")), "not-a-specimen");
  EXPECT_FALSE(first(made, "8867-4").has("specimen"));
  EXPECT_FALSE(made.has_issue("specimen-unknown"));
}

TEST(W5, ADeclaredAllergyShowsWhateverItsTypeAndWord) {
  for (const char* answer :
       {"CWE|AOESOY^s^L||Y^Yes^HL70136", "CWE|AOESOY^s^L||Y", "ST|AOESOY^s^L||Y",
        "ID|AOESOY^s^L||Y", "ST|AOESOY^s^L||yes", "CWE|AOESOY^s^L||^Evet"}) {
    const auto made = tests::convert(message(obr + "OBX|1|" + answer + "||||||F\n"));
    EXPECT_TRUE(has_tag(first(made, "aoe-soy-allergy"), "/safety", "soy-allergy-declared"))
        << answer;
    EXPECT_TRUE(has_tag(*made.of_type("DiagnosticReport").at(0), "/safety", "soy-allergy-declared"))
        << answer;
  }
  for (const char* answer : {"CWE|AOESOY^s^L||N^No^HL70136", "ST|AOESOY^s^L||no", "ST|AOESOY^s^L||",
                             "ST|AOESOY^s^L||unknown"}) {
    const auto made = tests::convert(message(obr + "OBX|1|" + answer + "||||||F\n"));
    EXPECT_FALSE(has_tag(first(made, "aoe-soy-allergy"), "/safety", "soy-allergy-declared"))
        << answer;
  }
}

TEST(W1, AContextIssueTagsItsStatementAndEveryResultInScope) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|NM|9728-7^NK^LN||300|/uL|||||F\n"
                                                 "OBX|3|DT|8665-2^LMP^LN||20250401||||||F\n"
                                                 "OBR|2|P1|F2|X^Panel^L|||20250322\n"
                                                 "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"));
  for (const char* code : {"8112-5", "9728-7", "8665-2"})
    EXPECT_TRUE(has_tag(first(made, code), "/gateway-issue", "lmp-after-collection")) << code;
  EXPECT_FALSE(
      has_tag(*made.observations("8112-5").at(1), "/gateway-issue", "lmp-after-collection"));
}

TEST(C2, DecimalWeeksStayText) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|NM|18185-9^GA^LN||9.3|wk|||||F\n"));
  const Json& age = first(made, "18185-9");
  EXPECT_EQ(age["valueString"].text(), "9.3");
  EXPECT_EQ(notes(age), std::vector<std::string>{"unit as sent: wk"});
  EXPECT_EQ(context(first(made, "8112-5"), "status", "valueCode"), "pregnant");
}

TEST(C9, TheTimeOfAResultIsNoCollectionDate) {
  const auto made =
      tests::convert(message("OBR|1|P1|F1|X^Panel^L\nOBX|1|NM|8112-5^NK^LN||14|%|||||F|||20250322\n"
                             "OBX|2|DT|8665-2^LMP^LN||20250301||||||F\n"));
  EXPECT_EQ(first(made, "8112-5")["effectiveDateTime"].text(), "2025-03-22");
  EXPECT_TRUE(has_tag(first(made, "8112-5"), "/cycle-day", "unknown"));
}

TEST(T5, WhatIsWithdrawnSaysNothingOfTheCycle) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|5-12|H|||W\n"
                                                 "OBX|2|NM|107139-8^day^LN||21||||||F\n"));
  const Json& result = first(made, "8112-5");
  EXPECT_EQ(result["status"].text(), "entered-in-error");
  for (const char* gone : {"valueQuantity", "interpretation", "referenceRange", "dataAbsentReason"})
    EXPECT_FALSE(result.has(gone)) << gone;
  EXPECT_EQ(context(result, "status", "valueCode"), "unknown");
  EXPECT_TRUE(has_tag(result, "/cycle-day", "unknown"));
  EXPECT_EQ(sample(result), "peripheral-blood");
}

TEST(S3, AnEndometriumCodeNeverOverridesAnotherSite) {
  for (const char* specimen : {"^^^LIVER&Liver&HL70163", "TISS^^^LIVER&Liver&HL70163"}) {
    const auto made =
        tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322||||||||" + std::string(specimen) +
                               "\nOBX|1|NM|CD56HPF^x^99P||38|/HPF|||||F\n"));
    EXPECT_EQ(sample(first(made, "unk-cd56-per-hpf")), "other-tissue") << specimen;
  }
}

TEST(S11, TheNoteNamesCodeAndSpecimen) {
  const struct {
    const char *specimen, *code, *note;
  } rows[] = {
      {"ENDM", "8112-5^NK^LN", "range sent with a blood code on a tissue specimen"},
      {"UR", "8112-5^NK^LN", "range sent with a blood code on a urine specimen"},
      {"BLD", "CD56HPF^x^L", "range sent with a tissue code on a blood specimen"},
      {"BLDCO", "2345-7^G^LN", "range sent with a blood code on a cord blood specimen"},
      {"TISS", "2888-6^U^LN", "range sent with a urine code on a tissue specimen"},
  };
  for (const auto& row : rows) {
    const auto made =
        tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322||||||||" + std::string(row.specimen) +
                               "\nOBX|1|NM|" + row.code + "||38||5-12|H|||F\n"));
    const Json& result = *made.of_type("Observation").at(0);
    EXPECT_EQ(notes(result), std::vector<std::string>{row.note});
    const Json& range = result["referenceRange"].items().at(0);
    EXPECT_EQ(range["text"].text(), "5-12");
    EXPECT_FALSE(range.has("low"));
    EXPECT_EQ(code_of(result["interpretation"].items().at(0)), "H");  // mistake 4
    EXPECT_TRUE(has_tag(result, "/gateway-issue", "code-specimen-conflict"));
  }
}

TEST(N3, ADecimalCommaInARangeIsReadAndSaid) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14.2|%|5,0-12,5||||F\n"));
  const Json& result = first(made, "8112-5");
  EXPECT_EQ(result["referenceRange"].items().at(0)["high"]["value"].text(), "12.5");
  EXPECT_TRUE(has_tag(result, "/gateway-issue", "nm-decimal-comma"));
}

TEST(S14, AComponentThatNobodyCanTakeStaysAnObservationInItsForm) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|CD56HPF^x^L||38|/HPF|||||F\n"
                                                 "OBX|2|NM|CD16HPF^x^L||4|/HPF|||||F\n"
                                                 "OBX|3|NM|UNKFLD^f^L||20||||||F\n"));
  EXPECT_EQ(first(made, "fields-counted")["valueInteger"].text(), "20");
  EXPECT_FALSE(made.has_issue("unit-missing"));
}

}  // namespace
