#include <set>

#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"

// What a row means (DOMAIN.md §2, §5, §8–§10) and who it is (V2FHIR.md §3.1).
namespace {

using gateway::fhir::Json;
using tests::code_of;
using tests::convert;

const std::string head =
    "MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|20250324101500-0500||ORU^R01^ORU_R01|T1|P|2.5.1\n"
    "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n";
const std::string obr = "OBR|1|O1|F1|QNK^Panel^L|||20250322093000-0500||||||||||||||||||F\n";
const std::string spm = "SPM|1|S1||BLDV^Blood^HL70487|||||||||||||20250322093000-0500\n";

tests::Converted rows(const std::string& obx) {
  return convert(head + obr + obx + spm);
}

const Json& only(const tests::Converted& converted, std::string_view code) {
  const auto found = converted.observations(code);
  EXPECT_EQ(found.size(), 1U) << code;
  static const Json none;
  return found.empty() ? none : *found.front();
}

TEST(Identity, IdsAreTwentySevenCharactersAndTheRowsOfAnOrderShareTheirHead) {
  const auto converted =
      rows("OBX|1|NM|8112-5^NK^LN||1|%|||||F\nOBX|2|NM|9728-7^NK^LN||2|/uL|||||F\n");
  const auto observations = converted.of_type("Observation");
  ASSERT_EQ(observations.size(), 2U);
  const std::string a = (*observations[0])["id"].text(), b = (*observations[1])["id"].text();
  EXPECT_EQ(a.size(), 27U);
  EXPECT_EQ(a.substr(0, 11), b.substr(0, 11));
  EXPECT_NE(a, b);
  const std::string report = (*converted.of_type("DiagnosticReport").front())["id"].text();
  EXPECT_EQ(report.substr(1, 10), a.substr(1, 10));
}

TEST(Identity, NeitherControlIdNorTimesNorSetIdsPlayAPart) {
  const auto first = rows("OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
  std::string later = head + obr + "OBX|7|NM|8112-5^NK^LN||2|%|||||C\n" + spm;
  later.replace(later.find("|T1|"), 4, "|T9|");
  later.replace(later.find("20250324101500"), 14, "20250401000000");
  EXPECT_EQ(only(first, "8112-5")["id"].text(), only(convert(later), "8112-5")["id"].text());
}

TEST(Identity, ACodingSystemIsItselfHoweverItIsSpelt) {  // T1, mistake 26
  const std::string spellings[] = {"LN", "LOINC", "2.16.840.1.113883.6.1", "http://loinc.org"};
  std::set<std::string> results, pressures, reports;
  for (const std::string& system : spellings) {
    const auto result = rows("OBX|1|NM|8112-5^NK^" + system + "||1|%|||||F\n");
    results.insert(only(result, "8112-5")["id"].text());
    const auto pressure = rows("OBX|1|NM|8480-6^S^" + system + "||138|mm[Hg]|||||F\n");
    pressures.insert(only(pressure, "85354-9")["id"].text());
    const auto ordered =
        convert(head + "OBR|1|P1|F1|98073-0^NK^" + system + "|||20250322093000+0100\n");
    reports.insert((*ordered.of_type("DiagnosticReport").front())["id"].text());
  }
  EXPECT_EQ(results.size(), 1U);
  EXPECT_EQ(pressures.size(), 1U);
  EXPECT_EQ(reports.size(), 1U);
  const auto local = rows("OBX|1|NM|8112-5^NK^L||1|%|||||F\n");
  EXPECT_FALSE(results.contains((*local.of_type("Observation").front())["id"].text()));
}

TEST(Identity, AKeyThatRepeatsInAMessageGetsItsOrdinal) {
  const auto converted =
      rows("OBX|1|NM|8112-5^NK^LN||1|%|||||F\nOBX|2|NM|8112-5^NK^LN||2|%|||||F\n");
  std::set<std::string> ids;
  for (const Json* observation : converted.observations("8112-5"))
    ids.insert((*observation)["id"].text());
  EXPECT_EQ(ids.size(), 2U);
  const auto alone = rows("OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
  EXPECT_TRUE(ids.contains(only(alone, "8112-5")["id"].text()));
}

TEST(Identity, AnInstanceThatIsANumberIsNoOtherRowsOrdinal) {  // OBX-21 stands in its place
  const std::string plain = "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  const std::string second = "OBX|2|NM|8112-5^NK^LN||2|%|||||F||||||||||2\n";
  for (const std::string& all : {second + plain + plain, plain + plain + second}) {
    std::set<std::string> ids;
    const auto converted = rows(all);
    for (const Json* observation : converted.observations("8112-5"))
      ids.insert((*observation)["id"].text());
    EXPECT_EQ(ids.size(), 3U) << all;
  }
}

TEST(Identity, APatientOfAListedAuthorityIsTheSameForAllSenders) {
  const auto north = rows("OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
  std::string other = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  other.replace(other.find("NORTHLIS|NORTHLAB"), 17, "ELSEWHERE|LAB");
  EXPECT_EQ(north.conversion.patient, convert(other).conversion.patient);
  std::string unlisted = other, mine = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  unlisted.replace(unlisted.find("P1^^^CLINIC"), 11, "P1^^^WARD");
  mine.replace(mine.find("P1^^^CLINIC"), 11, "P1^^^WARD");
  EXPECT_NE(convert(unlisted).conversion.patient, convert(mine).conversion.patient);
}

TEST(Identity, PatientKeysAreThoseOfTheConversion) {
  const std::string one = obr + std::string("OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
  std::string text = head + one + "PID|2||P2^^^CLINIC\n" + one + "PID|3||P1^^^CLINIC\n" + one;
  const auto converted = convert(text);
  std::replace(text.begin(), text.end(), '\n', '\r');
  const auto header = gateway::hl7v2::read_header(text);
  const auto sender = gateway::mapping::identify_sender(*header, *tests::shipped_catalogue());
  const auto keys =
      gateway::mapping::patient_keys(converted.message, sender, *tests::shipped_catalogue());
  EXPECT_EQ(keys, converted.conversion.patients);
  EXPECT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys.front(), converted.conversion.patient);
}

TEST(Identity, APairThatNoProfileNamesIsASenderOfItsOwn) {
  std::string text = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  text.replace(text.find("NORTHLIS|NORTHLAB"), 17, "ELSE&1.2&ISO^x|LAB^y");
  EXPECT_EQ(convert(text).conversion.sender.substr(0, 4), "ELSE");
  EXPECT_NE(convert(text).conversion.sender.find("|LAB"), std::string::npos);
}

TEST(Codes, ALoincWithAWrongCheckDigitStaysTheSendersOwn) {
  const auto converted = rows("OBX|1|NM|8112-6^NK^LN||1|%|||||F\n");
  const Json& observation = only(converted, "8112-6");
  EXPECT_NE(observation["code"]["coding"].items()[0]["system"].text(), "http://loinc.org");
  EXPECT_TRUE(tests::has_tag(observation, "gateway-issue", "loinc-invalid"));
}

TEST(Codes, AnUnmappedCodeKeepsCodingAndTextAndIsTagged) {
  const auto converted = rows("OBX|1|NM|NOBODY^Unheard of^L||1|%|||||F\n");
  const Json& observation = only(converted, "NOBODY");
  EXPECT_EQ(observation["code"]["text"].text(), "Unheard of");
  EXPECT_TRUE(tests::has_tag(observation, "gateway-issue", "code-unmapped"));
}

TEST(Codes, ABloodCodeOnTissueIsWithheld) {
  const auto converted =
      convert(head + obr + "OBX|1|NM|NKA^NK count^L~9728-7||298|cells/uL|90-600|H|||F\n" +
              "OBX|2|NM|9728-7^NK count^LN||298|cells/uL|90-600|H|||F\n" +
              "SPM|1|S1||122704003^Endometrium^SCT\n");
  const Json& observation = only(converted, "nk-unspecified-method-tissue");
  EXPECT_EQ(observation["code"]["coding"].items().size(), 1U);
  EXPECT_EQ(observation["code"]["text"].text(), "NK count");
  EXPECT_TRUE(converted.observations("9728-7").empty());
  EXPECT_EQ(code_of(observation["interpretation"].items()[0]), "H");
  const Json& range = observation["referenceRange"].items()[0];
  EXPECT_FALSE(range.has("low"));
  EXPECT_EQ(range["text"].text(), "90-600");
  EXPECT_TRUE(tests::has_tag(observation, "gateway-issue", "code-specimen-conflict"));
}

TEST(Values, DigitsAreTheLaboratorys) {
  const auto converted = rows("OBX|1|NM|8112-5^NK^LN||+007.20|%|||||F\n");
  EXPECT_EQ(only(converted, "8112-5")["valueQuantity"]["value"].text(), "7.20");
}

TEST(Values, ANumberThatIsNoneBecomesTextWithItsUnitInANote) {
  const auto converted = rows("OBX|1|NM|8112-5^NK^LN||TNTC|%|||||F\n");
  const Json& observation = only(converted, "8112-5");
  EXPECT_EQ(observation["valueString"].text(), "TNTC");
  EXPECT_EQ(observation["note"].items()[0]["text"].text(), "unit as sent: %");
  EXPECT_TRUE(tests::has_tag(observation, "gateway-issue", "nm-invalid"));
}

TEST(Values, NullIsNoValueForAnUnknownReason) {
  const auto converted = rows("OBX|1|NM|8112-5^NK^LN||\"\"|%|||||F\n");
  const Json& observation = only(converted, "8112-5");
  EXPECT_FALSE(observation.has("valueQuantity"));
  EXPECT_EQ(code_of(observation["dataAbsentReason"]), "unknown");
  const auto& resources = converted.conversion.resources;
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [](const auto& r) { return r.result.has_value(); });
  ASSERT_NE(found, resources.end());
  EXPECT_TRUE(found->result->value_null);
  EXPECT_FALSE(found->result->value_empty);
}

TEST(Values, NoInterpretationIsEverComputed) {
  const auto converted = rows("OBX|1|NM|8112-5^NK^LN||99|%|5-12||||F\n");
  EXPECT_FALSE(only(converted, "8112-5").has("interpretation"));
}

TEST(Values, LinesOfOneTextAreOneObservation) {
  const auto converted = rows(
      "OBX|1|TX|22636-5^History^LN||first||||||F\nOBX|2|TX|22636-5^History^LN||second||||||F\n"
      "OBX|3|TX|||third||||||F\n");
  const Json& observation = only(converted, "22636-5");
  EXPECT_EQ(observation["valueString"].text(), "first\nsecond\nthird");
  EXPECT_EQ((*converted.of_type("DiagnosticReport").front())["presentedForm"].items().size(), 1U);
}

TEST(Values, ATextIsAsSettledAsItsLeastSettledLine) {
  const auto told = [](const char* first, const char* second) {
    return rows("OBX|1|TX|22636-5^History^LN||first||||||" + std::string(first) +
                "\nOBX|2|TX|22636-5^History^LN||second||||||" + second + "\n");
  };
  for (const auto& [first, second, status] :
       {std::tuple("F", "C", "corrected"), {"C", "F", "corrected"}, {"F", "P", "preliminary"}}) {
    const auto converted = told(first, second);
    EXPECT_EQ(only(converted, "22636-5")["status"].text(), status) << first << second;
    EXPECT_EQ(only(converted, "22636-5")["valueString"].text(), "first\nsecond");
    EXPECT_EQ(converted.conversion.account.unmapped(), 0U) << first << second;
  }
  EXPECT_EQ(told("F", "W").observations("22636-5").size(), 2U) << "a line that was taken back";
}

TEST(Values, BothHalvesOfABloodPressureAreOneObservationAndAMissingOneIsSaid) {
  const auto one = rows("OBX|1|NM|8462-4^Diastolic^LN||88|mmHg|||||F\n");
  const Json& half = only(one, "85354-9");
  ASSERT_EQ(half["component"].items().size(), 2U);
  EXPECT_EQ(code_of(half["component"].items()[0]["dataAbsentReason"]), "unknown");
  const auto both = rows(
      "OBX|1|NM|8480-6^Systolic^LN||138|mmHg|||||F\nOBX|2|NM|8462-4^Diastolic^LN||88|mmHg|||||F\n");
  EXPECT_EQ(only(both, "85354-9")["id"].text(), half["id"].text());
  EXPECT_FALSE(only(both, "85354-9").has("specimen"));
}

TEST(Status, ARowThatWasNotAskedIsNoObservation) {
  const auto converted =
      rows("OBX|1|NM|8112-5^NK^LN||1|%|||||N\nOBX|2|NM|9728-7^NK^LN||2|/uL|||||F\n");
  EXPECT_TRUE(converted.observations("8112-5").empty());
  EXPECT_EQ(converted.observations("9728-7").size(), 1U);
  EXPECT_EQ(converted.conversion.account.unmapped(), 0U);
}

TEST(Status, ADeletedRowHasNoValueAndLeavesTheReport) {
  const auto converted = rows("OBX|1|NM|8112-5^NK^LN||1|%|0-5|H|||W\n");
  const Json& observation = only(converted, "8112-5");
  EXPECT_EQ(observation["status"].text(), "entered-in-error");
  for (const char* gone : {"valueQuantity", "dataAbsentReason", "interpretation", "referenceRange"})
    EXPECT_FALSE(observation.has(gone)) << gone;
  EXPECT_FALSE((*converted.of_type("DiagnosticReport").front()).has("result"));
}

TEST(Status, AnEmptyReportStatusFollowsItsResults) {
  std::string text =
      head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||C\nOBX|2|NM|9728-7^NK^LN||2|/uL|||||F\n";
  text.replace(text.find("||||F\nOBX"), 5, "||||");
  EXPECT_EQ((*convert(text).of_type("DiagnosticReport").front())["status"].text(), "corrected");
}

TEST(Times, AClockWithoutOffsetIsTheDateAlone) {
  std::string text = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  text.replace(text.find("20250322093000-0500"), 19, "202503220930");
  const auto converted = convert(text);
  const Json& observation = only(converted, "8112-5");
  EXPECT_EQ(observation["effectiveDateTime"].text(), "2025-03-22");
  EXPECT_EQ(observation["_effectiveDateTime"]["extension"].items()[0]["valueString"].text(),
            "202503220930");
  EXPECT_TRUE(tests::has_tag(observation, "gateway-issue", "timezone-missing"));
}

TEST(Times, ADayThatIsNoneIsKeptAsText) {
  std::string text = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  text.replace(text.find("20250322093000-0500"), 19, "20230230");
  const auto converted = convert(text);
  EXPECT_FALSE(only(converted, "8112-5").has("effectiveDateTime"));
  EXPECT_TRUE(converted.has_issue("date-invalid"));
}

TEST(Escapes, DecodedDelimitersAreNotSplitAgain) {
  const auto converted = rows("OBX|1|ST|22636-5^History^LN||a\\S\\b\\F\\c||||||F\n");
  EXPECT_EQ(only(converted, "22636-5")["valueString"].text(), "a^b|c");
}

TEST(Patient, AnEmptyStringDeletesAndSaysSo) {
  std::string text = head + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";
  text.replace(text.find("19900101"), 8, "\"\"");
  const auto converted = convert(text);
  EXPECT_FALSE((*converted.of_type("Patient").front()).has("birthDate"));
  for (const auto& resource : converted.conversion.resources) {
    if (resource.key.type != "Patient") continue;
    EXPECT_EQ(resource.deleted_elements, std::vector<std::string>{"birthDate"});
  }
}

}  // namespace
