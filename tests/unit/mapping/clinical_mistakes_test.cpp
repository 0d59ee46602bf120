// The clinical mistakes of DOMAIN.md §12, by their numbers; those of the cycle are in
// cycle_mistakes_test.cpp.
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using gateway::mapping::Ledger;

tests::Converted result(const std::string& row, const std::string& specimen = "") {
  return tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322093000+0100||||||||" + specimen +
                                "\nOBX|1|" + row + "\n"));
}

bool has_issue_tag(const Json& resource, const char* code) {
  return has_tag(resource, "/gateway-issue", code);
}

TEST(ClinicalMistake01, BloodNkAboveTwelveIsNotFlaggedUnlessTheLaboratoryDid) {
  const auto made = result("NM|8112-5^NK^LN||14.2|%|||||F");
  EXPECT_FALSE(first(made, "8112-5").has("interpretation"));
  EXPECT_EQ(made.of_type("Task").size(), 0u);
}

TEST(ClinicalMistake02, AUterineValueIsNeverJudged) {
  const auto made = result("NM|UNKPCT^u^L||14.2|%|0-12||||F", "ENDM");
  EXPECT_FALSE(first(made, "unk-cd56-pct-stroma").has("interpretation"));
  EXPECT_EQ(made.of_type("Task").size(), 0u);
}

TEST(ClinicalMistake03, NoBloodCodeStaysOnABiopsy) {
  for (const char* code : {"8112-5^NK^LN", "NKB^b^L", "NK50^k^L", "9728-7^NK^LN"}) {
    const auto made = result("NM|" + std::string(code) + "||14|%|||||F", "ENDM");
    const Json& only = *made.of_type("Observation").at(0);
    EXPECT_EQ(code_of(only["code"]), "nk-unspecified-method-tissue") << code;
    EXPECT_EQ(only["code"]["coding"].items().size(), 1u) << code;
    EXPECT_EQ(sample(only), "endometrium");
  }
}

TEST(ClinicalMistake04, TheLaboratorysFlagStaysThoughItsCodeWasWrong) {
  const auto made = result("NM|8112-5^NK^LN||14|%|5-12|H|||F", "ENDM");
  const Json& only = *made.of_type("Observation").at(0);
  EXPECT_EQ(code_of(only["interpretation"].items().at(0)), "H");
}

TEST(ClinicalMistake05, AnIntracellularPercentageIsNoSerumCytokine) {
  const auto made = result("NM|IFNG4^IFN^L||18.6|%|||||F");
  EXPECT_EQ(code_of((*made.of_type("Observation").at(0))["code"]), "th1-ifng-cd4-pct");
  EXPECT_TRUE(made.observations("27415-9").empty());
  EXPECT_EQ(sample(*made.of_type("Observation").at(0)), "peripheral-blood");
}

TEST(ClinicalMistake06, ARatioIsNeitherComputedNorTurnedRound) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|TNFA4^t^L||34.0|%|||||F\n"
                                                 "OBX|2|NM|IL104^i^L||1.5|%|||||F\n"
                                                 "OBX|3|SN|RTNF10^r^L||^1^:^22.60|ratio|||||F\n"));
  EXPECT_EQ(made.of_type("Observation").size(), 3u);
  const Json& ratio = first(made, "ratio-tnfa-il10")["valueRatio"];
  EXPECT_EQ(ratio["numerator"]["value"].text(), "1");
  EXPECT_EQ(ratio["denominator"]["value"].text(), "22.60");
}

TEST(ClinicalMistake07, LysisKeepsItsRatioAndItsAdditiveIsNotThePatientsDrug) {
  const auto made = result("NM|NK50PR^x^L||12.0|%|||||F");
  const Json& lysis = first(made, "nk-cytotoxicity");
  EXPECT_TRUE(made.observations("34439-0").empty());
  EXPECT_EQ(component(lysis, "et-ratio")["valueRatio"]["denominator"]["value"].text(), "1");
  EXPECT_EQ(code_of(component(lysis, "in-vitro-additive")["valueCodeableConcept"]), "prednisolone");
  EXPECT_EQ(made.of_type("MedicationStatement").size(), 0u);
}

TEST(ClinicalMistake08, FieldsAreNotConvertedToArea) {
  const auto made = result("NM|CD56HPF^x^L||38|/HPF|||||F", "ENDM");
  EXPECT_EQ(made.of_type("Observation").size(), 1u);
  EXPECT_EQ(first(made, "unk-cd56-per-hpf")["valueQuantity"]["code"].text(), "/[HPF]");
}

TEST(ClinicalMistake09, CompartmentsAreNeverMerged) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|UNKPCT^u^L|1|6|%|||||F\n"
                                                 "OBX|2|CWE|UNKLAYER^l^L|1|BAS^b^L||||||F\n"
                                                 "OBX|3|NM|UNKPCT^u^L|2|8|%|||||F\n"
                                                 "OBX|4|CWE|UNKLAYER^l^L|2|LUM^l^L||||||F\n"));
  EXPECT_EQ(made.observations("unk-cd56-pct-stroma").size(), 2u);
  EXPECT_EQ(made.of_type("Observation").size(), 2u);
}

TEST(ClinicalMistake21, ACommaBecomesNoFactorOfAThousand) {
  const auto made = result("NM|9728-7^NK^LN||2,400|/uL|||||F");
  EXPECT_EQ(first(made, "9728-7")["valueString"].text(), "2,400");
  EXPECT_TRUE(has_issue_tag(first(made, "9728-7"), "nm-ambiguous-comma"));
  const auto decimal = result("NM|9728-7^NK^LN||0,312|10*9/L|||||F");
  EXPECT_EQ(first(decimal, "9728-7")["valueQuantity"]["value"].text(), "0.312");
}

TEST(ClinicalMistake22, ALimitAGradeAndAWordStayWhatTheyAre) {
  EXPECT_EQ(
      first(result("NM|27415-9^I^LN||<4.2|pg/mL|||||F"), "27415-9")["valueQuantity"]["comparator"]
          .text(),
      "<");
  EXPECT_EQ(first(result("ST|20454-5^P^LN||1+||||||F"), "20454-5")["valueString"].text(), "1+");
  EXPECT_EQ(first(result("NM|9728-7^N^LN||TNTC|/uL|||||F"), "9728-7")["valueString"].text(),
            "TNTC");
}

TEST(ClinicalMistake23, MolarUnitsAreNotFiledUnderAMassCode) {
  const auto made = result("NM|2243-4^E2^LN||540|pmol/L|||||F");
  const Json& only = *made.of_type("Observation").at(0);
  EXPECT_EQ(code_of(only["code"]), "result-code-withheld");
  EXPECT_EQ(only["valueQuantity"]["value"].text(), "540");
  EXPECT_TRUE(has_issue_tag(only, "unit-property-mismatch"));
}

TEST(ClinicalMistake24, HbA1cFromSerumIsRemarked) {
  const auto made = result("NM|4548-4^A1c^LN||5.6|%|||||F", "SER");
  EXPECT_TRUE(has_issue_tag(first(made, "4548-4"), "code-specimen-conflict"));
  EXPECT_EQ(sample(first(made, "4548-4")), "serum");
}

TEST(ClinicalMistake25, AHormoneDrawnInAVenousTubeIsNoConflict) {
  const auto made = result("NM|2839-9^P^LN||24.1|ng/mL|||||F", "BLDV");
  EXPECT_FALSE(made.has_issue("code-specimen-conflict"));
  EXPECT_EQ(sample(first(made, "2839-9")), "serum-or-plasma");
}

std::string active(Ledger& ledger, const tests::Converted& made) {
  const std::string id = (*made.of_type("Observation").at(0))["id"].text();
  const Json stands = ledger.at("Observation", id);
  return stands["status"].text() + " " + stands["valueQuantity"]["value"].text();
}

TEST(ClinicalMistake26, APreliminaryThatComesLateStandsNowhere) {
  Ledger ledger;
  const auto final = result("NM|8112-5^NK^LN||12.9|%||H|||F");
  const auto corrected = result("NM|8112-5^NK^LN||12.8|%|||||C");
  const auto early = result("NM|8112-5^NK^LN||11.9|%|||||P");
  ledger.take(final.conversion.resources, 200);
  ledger.take(corrected.conversion.resources, 300);
  ledger.take(early.conversion.resources, 100);  // out of order
  EXPECT_EQ(active(ledger, final), "corrected 12.8");
  ledger.take(early.conversion.resources, 400);  // a regression of status
  EXPECT_EQ(active(ledger, final), "corrected 12.8");
}

TEST(ClinicalMistake27, AWrongPatientsResultIsNoLongerReadable) {
  Ledger ledger;
  const auto wrong = result("NM|8112-5^NK^LN||12.9|%|5-12|H|||F");
  const auto withdrawn = result("NM|8112-5^NK^LN||12.9|%|5-12|H|||W");
  ledger.take(wrong.conversion.resources, 100);
  ledger.take(withdrawn.conversion.resources, 200);
  const std::string id = (*wrong.of_type("Observation").at(0))["id"].text();
  const Json stands = ledger.at("Observation", id);
  EXPECT_EQ(stands["status"].text(), "entered-in-error");
  for (const char* gone : {"valueQuantity", "interpretation", "referenceRange"})
    EXPECT_FALSE(stands.has(gone)) << gone;
}

TEST(ClinicalMistake28, NullRemovesAndEmptyKeeps) {
  for (const auto& [sent, left] : {std::pair{"\"\"", "corrected "}, {"", "corrected 12.9"}}) {
    Ledger ledger;
    const auto before = result("NM|8112-5^NK^LN||12.9|%|||||F");
    const auto after = result("NM|8112-5^NK^LN||" + std::string(sent) + "|%|||||C");
    ledger.take(before.conversion.resources, 100);
    ledger.take(after.conversion.resources, 200);
    EXPECT_EQ(active(ledger, before), left);
  }
}

TEST(ClinicalMistake29, AnAllergyAnswerIsShownAndIsNoDiagnosis) {
  const auto made = result("CWE|AOEEGG^egg^L||Y^Yes^HL70136||||||F");
  EXPECT_TRUE(has_tag(first(made, "aoe-egg-allergy"), "/safety", "egg-allergy-declared"));
  EXPECT_EQ(made.of_type("AllergyIntolerance").size(), 0u);
}

TEST(ClinicalMistake30, ABloodPressureHasNoSpecimen) {
  const auto made = result("NM|8480-6^s^LN||138|mmHg|||||F", "BLDV");
  EXPECT_FALSE(first(made, "85354-9").has("specimen"));
  EXPECT_EQ(sample(first(made, "85354-9")), "not-a-specimen");
}

TEST(ClinicalMistake31, CordAndMenstrualBloodAreNotThePatientsBlood) {
  for (const auto& [specimen, type] :
       {std::pair{"BLDCO", "cord-blood"}, {"MBLD", "menstrual-blood"}}) {
    const auto made = result("NM|8112-5^NK^LN||14|%|||||F", specimen);
    const Json& only = *made.of_type("Observation").at(0);
    EXPECT_EQ(sample(only), type);
    EXPECT_TRUE(made.observations("8112-5").empty()) << specimen;
  }
}

TEST(ClinicalMistake33, ANonPregnantRangeFlagsNothingInPregnancy) {
  const auto made =
      tests::convert(message(obr + "OBX|1|NM|2839-9^P^LN||90|ng/mL|0.2-25||||F\n"
                                   "OBX|2|CWE|82810-3^p^LN||77386006^Pregnant^SCT||||||F\n"));
  const Json& result = first(made, "2839-9");
  EXPECT_FALSE(result.has("interpretation"));
  EXPECT_EQ(result["referenceRange"].items().at(0)["high"]["value"].text(), "25");
}

}  // namespace
