#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// DOMAIN.md rules seen from outside: a message in, resources out. The number of the rule is the
// name; tests/RULES.md lists them all.
namespace {

using namespace rules;

TEST(R4, AContextAnswerIsDatedLikeTheResultsItSpeaksOf) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|DT|8665-2^LMP^LN||20250301||||||F\n"));
  EXPECT_EQ(first(made, "8665-2")["effectiveDateTime"].text(), "2025-03-22T09:30:00+01:00");
  const auto of_sole = tests::convert(
      message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\nOBX|2|DT|8665-2^LMP^LN||20250301||||||F\n" +
              "SPM|1|||122555007^V^SCT|||||||||||||20250324093000+0100\n"));
  for (const char* code : {"8112-5", "8665-2"})
    EXPECT_EQ(first(of_sole, code)["effectiveDateTime"].text(), "2025-03-24T09:30:00+01:00");
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
  for (const char* concerned : {"8112-5", "8665-2"})
    EXPECT_TRUE(has_tag(first(made, concerned), "/gateway-issue", "collection-time-missing"))
        << "why there is no day (W1)";
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
      {"CSF", "8112-5^NK^LN", "range sent with a blood code on an other fluid specimen"},
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
  for (const auto& [sent, whole] : std::vector<std::pair<std::string, std::string>>{
           {"20.0", "20"}, {"20.", "20"}, {"20.5", ""}, {"20,0", ""}, {"20.0.1", ""}}) {
    const auto other = tests::convert(message(obr + "OBX|1|NM|UNKFLD^f^L||" + sent + "||||||F\n"));
    EXPECT_EQ(first(other, "fields-counted")["valueInteger"].text(), whole) << sent;
  }
  EXPECT_FALSE(made.has_issue("unit-missing"));
}

TEST(E2, NoRangeIsChosenFromSeveralAndNoneCompared) {
  const auto made = tests::convert(
      message(obr + "OBX|1|NM|2839-9^P^LN||99|ng/mL|Follicular: 0.2-1.5; Luteal: 1.7-27||||F\n"));
  const Json& result = first(made, "2839-9");
  const Json& range = result["referenceRange"].items().at(0);
  EXPECT_FALSE(range.has("low") || range.has("high"));
  EXPECT_FALSE(result.has("interpretation"));
  EXPECT_EQ(context(result, "phase", "valueCode"), "");  // mistake 12
}

TEST(E6, DrugNamesStayTextAndNothingArisesFromAValue) {  // and E7
  const auto made =
      tests::convert(message(obr + "NTE|1||on prednisolone 20 mg and Intralipid since IVF\n"
                                   "OBX|1|NM|2823-3^K^LN||2.1|mmol/L|3.5-5.1|LL|||F\n"
                                   "OBX|2|NM|2458-8^IgA^LN||0.01|g/L|0.7-4|LL|||F\n"));
  for (const Json& resource : made.resources)
    for (const char* type : {"MedicationStatement", "Condition", "RiskAssessment", "DetectedIssue",
                             "AllergyIntolerance", "Task"})
      EXPECT_NE(resource["resourceType"].text(), type);
  EXPECT_EQ(made.of_type("ServiceRequest").size(), 1u);
  for (const auto* result : made.of_type("Observation"))
    for (const Json& tag : (*result)["meta"]["tag"].items())
      EXPECT_FALSE(tag["system"].text().ends_with("/monitoring") ||
                   tag["system"].text().ends_with("/safety"));
}

TEST(R3, DatesKeepThePrecisionSent) {
  std::string text = message(obr +
                             "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                             "OBX|2|ST|8665-2^LMP^LN||202503||||||F\n");
  text.replace(text.find("19900101"), 8, "199006");
  const auto made = tests::convert(text);
  EXPECT_EQ((*made.of_type("Patient").at(0))["birthDate"].text(), "1990-06");
  EXPECT_EQ(first(made, "8665-2")["valueDateTime"].text(), "2025-03");
}

TEST(R6, AReportForEachObrASpecimenForEachSpmAnObservationForEachResult) {
  const auto made =
      tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                   "OBX|2|NM|9728-7^NK^LN||300|/uL|||||F\n"
                                   "SPM|1|S1||BLDV^^HL70487\n"
                                   "OBR|2|P1|F2|Y\\T\\Z^A \\T\\ B^L|||20250322||||||||UR\n"
                                   "OBX|1|ST|20454-5^P^LN||1+||||||F\n"));
  EXPECT_EQ(made.of_type("DiagnosticReport").size(), 2u);
  EXPECT_EQ(made.of_type("Specimen").size(), 2u);
  EXPECT_EQ(made.of_type("Observation").size(), 3u);
  EXPECT_EQ((*made.of_type("DiagnosticReport").at(1))["code"]["text"].text(), "A & B");
}

TEST(R9, ContextIsASurveyWithoutCycleOrSampleAndInNoReport) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|NM|LHPLUS^LH^L||7||||||F\n"));
  const Json& survey = first(made, "aoe-lh-plus");
  EXPECT_EQ(code_of(survey["category"].items().at(0)), "survey");
  EXPECT_EQ(survey["category"].items().at(0)["text"].text(), "AOE");
  EXPECT_EQ(context(survey, "status", "valueCode"), "");
  EXPECT_EQ(sample(survey), "");
  EXPECT_EQ(code_of(first(made, "8112-5")["category"].items().at(0)), "laboratory");
  EXPECT_EQ((*made.of_type("DiagnosticReport").at(0))["result"].items().size(), 1u);
}

TEST(S14, EachCompartmentIsItsOwnObservationWhateverTheOrderOfRows) {  // mistake 9
  const std::string rows[] = {
      "OBX|1|CWE|UNKLAYER^L^P|a|LUM^l^P||||||F\n", "OBX|2|NM|UNKPCT^p^P|a|4.2|%|||||F\n",
      "OBX|3|NM|UNKPCT^p^P|b|8.0|%|||||F\n", "OBX|4|CWE|UNKLAYER^L^P|b|BAS^b^P||||||F\n",
      "OBX|5|NM|UNKFLD^f^P|b|12||||||F\n"};
  std::vector<int> order{0, 1, 2, 3, 4};
  do {
    std::string all = obr;
    for (const int k : order) all += rows[k];
    const auto made = tests::convert(message(all));
    const auto found = made.observations("unk-cd56-pct-stroma");
    ASSERT_EQ(found.size(), 2u);
    for (const Json* one : found) {
      const bool luminal = (*one)["valueQuantity"]["value"].text() == "4.2";
      EXPECT_EQ(code_of(component(*one, "endometrial-compartment")["valueCodeableConcept"]),
                luminal ? "stroma-subluminal" : "basalis");
      EXPECT_EQ(component(*one, "fields-counted")["valueInteger"].text(), luminal ? "" : "12");
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(S15, ARowThatSaysOtherwiseBeatsTheDefinition) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|CD56HPF^x^L|1|38|/HPF|||||F\n"
                                                 "OBX|2|CWE|UNKLAYER^l^L|1|LUM^l^L||||||F\n"
                                                 "OBX|3|NM|NK50PR^x^L|2|12|%|||||F\n"));
  EXPECT_EQ(code_of(component(first(made, "unk-cd56-per-hpf"),
                              "endometrial-compartment")["valueCodeableConcept"]),
            "stroma-subluminal");
  const Json& lysis = first(made, "nk-cytotoxicity");
  EXPECT_EQ(code_of(component(lysis, "in-vitro-additive")["valueCodeableConcept"]), "prednisolone");
  EXPECT_EQ(component(lysis, "et-ratio")["valueRatio"]["numerator"]["value"].text(), "50");
}

TEST(S18, ObservationsFindTheirSpecimenByNumberPlaceOrFamily) {
  const std::string specimens =
      "SPM|1|A1^A2||BLDV^^HL70487\nSPM|2|B1^B2||ENDM^^HL70070|||||||||||||20250320\n";
  const auto by_number = tests::convert(message(obr + "OBX|1|NM|32519-1^NK^LN||14|%|||||F" +
                                                std::string(22, '|') + "^B2\n" + specimens));
  EXPECT_EQ(sample(first(by_number, "32519-1")), "endometrium");
  const auto by_family = tests::convert(message(obr +
                                                "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                "OBX|2|NM|CD56MM2^n^L||80|/mm2|||||F\n" +
                                                specimens));
  EXPECT_EQ(sample(first(by_family, "8112-5")), "peripheral-blood");
  EXPECT_EQ(sample(first(by_family, "unk-cd56-per-mm2")), "endometrium");
  const auto open =
      tests::convert(message(obr + "OBX|1|NM|32519-1^NK^LN||14|%|||||F\n" + specimens));
  EXPECT_FALSE(first(open, "32519-1").has("specimen"));
  EXPECT_TRUE(has_tag(first(open, "32519-1"), "/gateway-issue", "specimen-association-ambiguous"));
  const auto profile = tests::catalogue_with_sender("\"specimen_by_sub_id\": \"SPM-1\"");
  std::string text = message(obr + "OBX|1|NM|32519-1^NK^LN|2|14|%|||||F\n" + specimens);
  text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
  EXPECT_EQ(sample(first(tests::convert(text, profile.get()), "32519-1")), "endometrium");
}

TEST(S19, EveryCodingOfASpecimenIsKept) {
  const auto made =
      tests::convert(message(
          obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                "SPM|1|S1||122555007^Venous blood^SCT^BLDV^Blood venous^HL70487^^^^B7^Tube^L\n"));
  const Json& type = (*made.of_type("Specimen").at(0))["type"];
  EXPECT_GE(type["coding"].items().size(), 2u);
  EXPECT_EQ(sample(first(made, "8112-5")), "peripheral-blood");
}

TEST(C1, ARowIsContextByMarkPlaceOrCode) {
  const auto made =
      tests::convert(message("OBX|1|ST|ABC^anything^L||said||||||F\n" + obr +
                             "OBX|1|ST|DEF^asked^L||said||||||F" + std::string(18, '|') +
                             "AOE\nOBX|2|ST|107139-8^day^LN||CD 20||||||F\n"
                             "OBX|3|NM|8112-5^NK^LN||14|%|||||F\n"));
  for (const char* code : {"ABC", "DEF", "107139-8"})
    EXPECT_EQ(code_of(first(made, code)["category"].items().at(0)), "survey") << code;
  EXPECT_EQ(context(first(made, "8112-5"), "day", "valueInteger"), "20");
}

std::string two_orders(const std::string& second_date) {
  return message(obr +
                 "OBX|1|NM|CD56MM2^n^L||80|/mm2|||||F\nOBX|2|NM|LHPLUS^LH^L||7||||||F\n"
                 "OBR|2|P1|F2|X^P^L|||" +
                 second_date + "\nOBX|1|NM|8112-5^NK^LN||14|%|||||F\n");
}

TEST(C3, ContextIsNotCopiedBetweenOrdersOfTheSameDay) {  // mistake 17
  const auto made = tests::convert(two_orders("20250322"));
  EXPECT_EQ(context(first(made, "unk-cd56-per-mm2"), "anchor", "valueCode"), "lh-surge");
  EXPECT_EQ(context(first(made, "8112-5"), "anchor", "valueCode"), "");
}

TEST(C3, AProfileMayShareItBetweenCollectionsOfOneLocalDate) {
  const auto profile = tests::catalogue_with_sender("\"share_context_same_day\": true");
  for (const auto& [date, anchor] : {std::pair{"20250322", "lh-surge"}, {"20250323", ""}}) {
    std::string text = two_orders(date);
    text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
    const auto made = tests::convert(text, profile.get());
    const Json& blood = first(made, "8112-5");
    EXPECT_EQ(context(blood, "anchor", "valueCode"), anchor) << date;
    if (*anchor != 0) {
      EXPECT_EQ(context(blood, "source", "valueCode"), "shared-same-day");
    }
  }
}

TEST(F1, EveryResultHasOneContextAndOneSampleTypeThatAgreeWithItsTags) {  // F2, F4, C16
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "OBX|2|NM|9728-7^NK^LN||QNS|/uL|||||X\n"
                                                 "OBX|3|NM|8480-6^s^LN||120|mmHg|||||F\n"));
  for (const auto* result : made.of_type("Observation")) {
    int contexts = 0, samples = 0, days = 0, types = 0;
    for (const Json& extension : (*result)["extension"].items()) {
      contexts += extension["url"].text().ends_with("/cycle-context");
      samples += extension["url"].text().ends_with("/sample-type");
    }
    for (const Json& tag : (*result)["meta"]["tag"].items()) {
      days += tag["system"].text().ends_with("/cycle-day");
      types += tag["system"].text().ends_with("/sample-type");
    }
    EXPECT_EQ(contexts + samples + days + types, 4);
    EXPECT_TRUE(has_tag(*result, "/sample-type", sample(*result)));
  }
}

TEST(F6, AQuantityKeepsTheSendersUnitTextBesideTheUcumCode) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|9728-7^NK^LN||298|x^cells/uL|||||F\n"
                                                 "OBX|2|NM|8112-5^NK^LN||14|foo|||||F\n"
                                                 "OBX|3|NM|3074-2^T^LN||1|pg/ml|||||F\n"));
  EXPECT_EQ(first(made, "9728-7")["valueQuantity"]["unit"].text(), "cells/uL");
  EXPECT_EQ(first(made, "9728-7")["valueQuantity"]["code"].text(), "/uL");
  EXPECT_FALSE(first(made, "8112-5")["valueQuantity"].has("code"));
  EXPECT_TRUE(has_tag(first(made, "8112-5"), "/gateway-issue", "unit-unmapped"));
  EXPECT_EQ(first(made, "3074-2")["valueQuantity"]["code"].text(), "pg/mL");
}

TEST(F8, EveryTypeOfValueHasItsForm) {
  const auto made = tests::convert(message(obr + "OBX|1|NR|A1^a^L||3^5,5|%|||||F\n"
                                                 "OBX|2|TM|A2^a^L||0730||||||F\n"
                                                 "OBX|3|DT|A3^a^L||20250301||||||F\n"
                                                 "OBX|4|CQ|A4^a^L||12.50^mg/dL||||||F\n"
                                                 "OBX|5|NM|A5^a^L||5~6|%|||||F\n"
                                                 "OBX|6|CX|A6^a^L||123^^^AUTH^MR||||||F\n"
                                                 "OBX|7|XCN|A7^a^L||99^Doe^John||||||F\n"
                                                 "OBX|8|CE|A8^a^L||P^Positive^L~N^Neg^L||||||F\n"));
  EXPECT_EQ(first(made, "A1")["valueRange"]["high"]["value"].text(), "5.5");
  EXPECT_EQ(first(made, "A2")["valueTime"].text(), "07:30:00");
  EXPECT_EQ(first(made, "A3")["valueDateTime"].text(), "2025-03-01");
  EXPECT_EQ(first(made, "A4")["valueQuantity"]["value"].text(), "12.50");
  EXPECT_EQ(first(made, "A4")["valueQuantity"]["code"].text(), "mg/dL");
  EXPECT_EQ(first(made, "A5")["valueString"].text(), "5; 6");
  EXPECT_TRUE(has_tag(first(made, "A5"), "/gateway-issue", "value-repeated"));
  const auto extended = [&](const char* code, const char* name, const char* value) {
    for (const Json& extension : first(made, code)["extension"].items())
      if (extension["url"].text().ends_with(name)) return extension.has(value);
    return false;
  };
  EXPECT_TRUE(extended("A6", "/value-identifier", "valueIdentifier"));
  EXPECT_TRUE(extended("A7", "/value-name", "valueHumanName"));
  EXPECT_EQ(first(made, "A8")["component"].items().size(), 2u);
}

TEST(F10, AnObservationNamesItsSpecimenAndAReportListsItsResults) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"
                                                 "SPM|1|S1||BLDV^^HL70487\n"));
  const std::string specimen = "Specimen/" + (*made.of_type("Specimen").at(0))["id"].text();
  EXPECT_EQ(first(made, "8112-5")["specimen"]["reference"].text(), specimen);
  const Json& report = *made.of_type("DiagnosticReport").at(0);
  EXPECT_EQ(report["specimen"].items().at(0)["reference"].text(), specimen);
  EXPECT_FALSE(first(made, "8112-5").has("hasMember"));
}

}  // namespace
