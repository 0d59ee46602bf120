// What comparable converters get wrong in values and times (V2FHIR.md §4, by number); the rest is
// in symptoms_structure_test.cpp.
#include <regex>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

namespace {

using namespace rules;
using namespace symptoms;

tests::Converted row(const std::string& said) {
  return tests::convert(message(obr + "OBX|1|" + said + "\n"));
}

/// Every text of a bundle that looks like a time of day.
std::vector<std::string> clocks(const tests::Converted& made) {
  static const std::regex clock(R"re("(\d{4}-\d\d-\d\dT[^"]*)")re");
  std::vector<std::string> found;
  for (const auto& resource : made.conversion.resources)
    for (std::sregex_iterator at(resource.body.begin(), resource.body.end(), clock), end; at != end;
         ++at)
      found.push_back((*at)[1]);
  return found;
}

/// How many value[x] a resource has.
std::size_t count_values(const Json& result) {
  std::size_t count = 0;
  for (const auto& [name, value] : result.members()) count += name.starts_with("value") ? 1U : 0U;
  return count;
}

TEST(Symptom06, NoInstantStandsWithoutAnOffset) {
  const auto made = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000||ORU^R01|C1|P|2.5.1\nPID|1||P1^^^CLINIC^MR||Doe^Jane\n"
      "OBR|1|P1|F1|X^P^L|||20250322093000|||||||20250322100000||||||||20250323110000|||F\n"
      "OBX|1|NM|8112-5^NK^LN||1|%|||||F|||20250322110000|||||20250322113000\n");
  EXPECT_TRUE(clocks(made).empty()) << clocks(made).front();
  EXPECT_FALSE(only(made, "DiagnosticReport").has("issued"));
  EXPECT_EQ(extension(only(made, "DiagnosticReport")["_issued"], "/v2-time")["valueString"].text(),
            "20250323110000");
  EXPECT_EQ(
      extension(only(made, "Provenance")["_recorded"], "/data-absent-reason")["valueCode"].text(),
      "unknown");
}

TEST(Symptom08, Obx19IsNoEffectiveTimeAndObx10NoRangeOfWhom) {
  const auto made = tests::convert(message(
      "OBR|1|P1|F1|X^P^L\nOBX|1|NM|8112-5^NK^LN||1|%|5-12|||A|F||||||||20250322113000+0100\n"));
  const Json& result = first(made, "8112-5");
  EXPECT_FALSE(result.has("effectiveDateTime"));
  EXPECT_EQ(extension(result, "/analysis-time")["valueDateTime"].text(),
            "2025-03-22T11:30:00+01:00");
  EXPECT_FALSE(result["referenceRange"].items().at(0).has("appliesTo"));
  EXPECT_EQ(extension(result, "/nature-of-abnormal-test")["valueString"].text(), "A");
}

TEST(Symptom09, LeadingZerosMakeNoInvalidJsonAnywhere) {
  EXPECT_EQ(
      first(row("NM|8112-5^NK^LN||05.100|%|||||F"), "8112-5")["valueQuantity"]["value"].text(),
      "5.100");
  EXPECT_EQ(first(row("NM|Q1^Q^L||-00.50|%|||||F"), "Q1")["valueQuantity"]["value"].text(),
            "-0.50");
  EXPECT_EQ(first(row("SN|Q1^Q^L||<^007|%|||||F"), "Q1")["valueQuantity"]["value"].text(), "7");
  EXPECT_EQ(first(row("CQ|Q1^Q^L||05.10^mL||||||F"), "Q1")["valueQuantity"]["value"].text(),
            "5.10");
  EXPECT_EQ(first(row("NR|Q1^Q^L||01.0^02.0|%|||||F"), "Q1")["valueRange"]["high"]["value"].text(),
            "2.0");
  const auto ranged = row("NM|8112-5^NK^LN||1|%|05.0-012.0||0.90||F");
  const Json& range = first(ranged, "8112-5")["referenceRange"].items().at(0);
  EXPECT_EQ(range["low"]["value"].text(), "5.0");
  EXPECT_EQ(range["high"]["value"].text(), "12.0");
  const auto probable = row("NM|8112-5^NK^LN||1|%|||00.90||F");
  EXPECT_EQ(extension(first(probable, "8112-5"), "/probability")["valueDecimal"].text(), "0.90");
  const auto drawn = tests::convert(message(
      "OBR|1|P1|F1|X^P^L|||20250322093000+0100||05.0^mL\nOBX|1|NM|8112-5^NK^LN||1|%|||||F\n"));
  EXPECT_EQ(extension(only(drawn, "ServiceRequest"), "/collection-volume")["valueQuantity"]["value"]
                .text(),
            "5.0");
}

TEST(Symptom10, TrailingZerosStayAndAComparatorMakesOneValue) {
  EXPECT_EQ(first(row("NM|8112-5^NK^LN||5.10|%|||||F"), "8112-5")["valueQuantity"]["value"].text(),
            "5.10");
  const auto made = row("NM|8112-5^NK^LN||<15|%|||||F");
  const Json& result = first(made, "8112-5");
  EXPECT_EQ(count_values(result), 1u);
  EXPECT_EQ(result["valueQuantity"]["comparator"].text(), "<");
  EXPECT_EQ(result["valueQuantity"]["value"].text(), "15");
}

TEST(Symptom11, RowsOfTypesCeTnAndXtnKeepCodeAndValue) {
  const auto coded = row("CE|Q1^Question^L||260373001^Detected^SCT^D^Det^L||||||F");
  const Json& answer = first(coded, "Q1")["valueCodeableConcept"];
  EXPECT_EQ(answer["coding"].items().size(), 2u);
  EXPECT_EQ(first(coded, "Q1")["code"]["text"].text(), "Question");
  const auto number = row("TN|Q2^Call^L||(020)555-1234||||||F");
  EXPECT_EQ(first(number, "Q2")["valueString"].text(), "(020)555-1234");
  const auto contact = row("XTN|Q3^Call^L||^WPN^PH^^49^30^5551234||||||F");
  EXPECT_EQ(extension(first(contact, "Q3"), "/value-contact")["valueContactPoint"]["value"].text(),
            "+49 30 5551234");
  EXPECT_TRUE(first(contact, "Q3").has("valueString"));
  for (const auto* made : {&coded, &number, &contact}) EXPECT_EQ(unmapped(*made), "");
}

TEST(Symptom14, AMicroSignStaysItselfInUnitsAndNames) {
  const auto made = row("NM|14933-6^Urate^LN||310|\xC2\xB5mol/L|||||F");
  const Json& quantity = first(made, "14933-6")["valueQuantity"];
  EXPECT_EQ(quantity["unit"].text(), "\xC2\xB5mol/L");
  EXPECT_EQ(quantity["code"].text(), "umol/L");
}

TEST(Symptom15, TheOffsetOfMsh7IsTheSenders) {
  for (const auto& [sent, said] : {std::pair{"20250322120000-0500", "2025-03-22T12:00:00-05:00"},
                                   {"20250322120000+0545", "2025-03-22T12:00:00+05:45"},
                                   {"20250322120000-0000", "2025-03-22T12:00:00+00:00"}}) {
    const auto made = tests::convert("MSH|^~\\&|LABX|XF|GW|H|" + std::string(sent) +
                                     "||ORU^R01|C1|P|2.5.1\nPID|1||P1^^^CLINIC^MR||Doe^Jane\n" +
                                     obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
    EXPECT_EQ(only(made, "Provenance")["recorded"].text(), said);
    EXPECT_EQ(only(made, "Provenance")["occurredDateTime"].text(), said);
  }
}

TEST(Symptom16, AnOffsetIsNeitherInventedNorConverted) {
  const auto collected = [](const std::string& time) {
    const auto made = tests::convert(
        message("OBR|1|P1|F1|X^P^L|||" + time + "\nOBX|1|NM|8112-5^NK^LN||1|%|||||F\n"));
    return first(made, "8112-5")["effectiveDateTime"].text();
  };
  EXPECT_EQ(collected("20240212103049+0215"), "2024-02-12T10:30:49+02:15");
  EXPECT_EQ(collected("20240212233049-1130"), "2024-02-12T23:30:49-11:30");
  EXPECT_EQ(collected("20240212103049"), "2024-02-12");  // no zone is known: the day alone
  EXPECT_EQ(collected("20240212"), "2024-02-12");
}

TEST(Symptom18, AResultsCodeIsNeverWrittenIntoTheReport) {
  const auto made = tests::convert(
      message("OBR|1|P1|F1|X^P^L|||20250322093000+0100||||||||||||||||||F\n"
              "OBX|1|NM|8112-5^NK^LN||1|%|||||W\nOBX|2|NM|8123-2^CD4^LN||2|%|||||F\n"));
  EXPECT_EQ(only(made, "DiagnosticReport")["status"].text(), "final");
  EXPECT_EQ(first(made, "8112-5")["status"].text(), "entered-in-error");
  const auto wrong =
      tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322093000+0100||||||||||||||||||W\nOBX|1|NM|"
                             "8112-5^NK^LN||1|%|||||F\n"));
  EXPECT_EQ(only(wrong, "DiagnosticReport")["status"].text(),
            "unknown");  // W is none of table 0123
  EXPECT_TRUE(wrong.has_issue("status-unknown"));
  EXPECT_EQ(first(wrong, "8112-5")["status"].text(), "final");
}

TEST(Symptom22, FourFractionDigitsAndAShortOffsetAreRead) {
  for (const auto& [sent, said] :
       {std::pair{"20250322093000.1234+0100", "2025-03-22T09:30:00.1234+01:00"},
        {"20250322093000+00", "2025-03-22T09:30:00+00:00"},
        {"20250322093000.5-05", "2025-03-22T09:30:00.5-05:00"},
        {"202503220930+0100", "2025-03-22T09:30:00+01:00"}}) {
    const auto made = tests::convert(message("OBR|1|P1|F1|X^P^L|||" + std::string(sent) +
                                             "\nOBX|1|NM|8112-5^NK^LN||1|%|||||F\n"));
    EXPECT_EQ(first(made, "8112-5")["effectiveDateTime"].text(), said);
    EXPECT_FALSE(made.has_issue("date-invalid"));
  }
}

TEST(Symptom23, AClockTimeHasItsSecondsOrIsNone) {
  EXPECT_EQ(first(row("TM|Q1^When^L||0730||||||F"), "Q1")["valueTime"].text(), "07:30:00");
  const auto odd = row("TM|Q1^When^L||7h30||||||F");
  EXPECT_FALSE(first(odd, "Q1").has("valueTime"));
  EXPECT_EQ(first(odd, "Q1")["valueString"].text(), "7h30");
}

TEST(Symptom26, AStructuredNumberIsAQuantityWhereverItHasANumber) {
  const auto value = [](const std::string& sent, const char* member) {
    const auto made = row("SN|Q1^Q^L||" + sent + "|%|||||F");
    EXPECT_EQ(count_values(first(made, "Q1")), 1u) << sent;
    return first(made, "Q1")[member];
  };
  EXPECT_EQ(value("^7", "valueQuantity")["value"].text(), "7");
  EXPECT_EQ(value(">^100", "valueQuantity")["comparator"].text(), ">");
  EXPECT_EQ(value("^1^:^128", "valueRatio")["denominator"]["value"].text(), "128");
  EXPECT_EQ(value("^2^-^3", "valueRange")["high"]["value"].text(), "3");
  EXPECT_EQ(value("^3^+", "valueString").text(), "3+");
}

}  // namespace
