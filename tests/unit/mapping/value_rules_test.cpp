#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// Numbers, units, codes and components of DOMAIN.md, a message in and resources out.
namespace {

using namespace rules;

tests::Converted row(const std::string& obx) {
  return tests::convert(message(obr + "OBX|1|" + obx + "\n"));
}

bool noted(const Json& resource, const std::string& text) {
  const auto all = notes(resource);
  return std::find(all.begin(), all.end(), text) != all.end();
}

std::vector<std::string> codes(const Json& observation) {
  std::vector<std::string> all;
  for (const Json& coding : observation["code"]["coding"].items())
    all.push_back(coding["code"].text());
  return all;
}

TEST(N4, AnAmbiguousCommaIsSaidInEveryTypeThatHoldsNumbers) {
  for (const char* obx : {"NM|27415-9^I^LN||2,400|pg/mL", "SN|27415-9^I^LN||^2,400|pg/mL",
                          "ST|27415-9^I^LN||2,400|pg/mL", "SN|27415-9^I^LN||^1,500^-^2,500|pg/mL",
                          "NR|27415-9^I^LN||1,500^2,500|pg/mL"}) {
    const auto made = row(std::string(obx) + "|||||F");
    const Json& result = first(made, "27415-9");
    EXPECT_TRUE(result.has("valueString")) << obx;
    EXPECT_TRUE(has_tag(result, "/gateway-issue", "nm-ambiguous-comma")) << obx;
    EXPECT_TRUE(noted(result, "unit as sent: pg/mL")) << obx;
  }
}

TEST(N3, ADecimalCommaIsSaidInRatiosAndRangesToo) {
  for (const char* obx : {"SN|RTNF10^r^L||^22,5^:^1", "ST|RTNF10^r^L||22,5:1",
                          "SN|27415-9^I^LN||^1,5^-^2,5|pg/mL", "NR|27415-9^I^LN||1,5^2,5|pg/mL"}) {
    const auto made =
        row(std::string(obx) + (std::string(obx).ends_with("mL") ? "" : "|") + "|||||F");
    EXPECT_TRUE(made.has_issue("nm-decimal-comma")) << obx;
  }
}

TEST(N8, ARatioCodeTakesARatioFromNmAsWell) {
  const auto made = row("NM|RTNF10^r^L||22:1||||||F");
  EXPECT_EQ(first(made, "RTNF10")["valueRatio"]["numerator"]["value"].text(), "22");
  EXPECT_FALSE(made.has_issue("nm-invalid"));
  EXPECT_TRUE(row("NM|27415-9^I^LN||1:80|pg/mL|||||F").has_issue("nm-invalid"));
}

TEST(N9, AWordForNoResultIsNoValueOfAQuantitativeCodeInAnyType) {
  for (const char* obx : {"SN|RTNF10^r^L||^QNS", "SN|RTNF10^r^L||QNS", "ST|RTNF10^r^L||qns",
                          "TX|RTNF10^r^L||QNS", "NM|RTNF10^r^L||QNS"}) {
    const auto made = row(std::string(obx) + "||||||F");
    const Json& result = first(made, "RTNF10");
    EXPECT_FALSE(result.has("valueString")) << obx;
    EXPECT_EQ(code_of(result["dataAbsentReason"]), "not-performed") << obx;
    ASSERT_EQ(notes(result).size(), 1U) << obx;
    EXPECT_EQ(notes(result)[0].size(), 3U) << obx;
  }
  EXPECT_EQ(first(row("ST|20454-5^p^LN||QNS||||||F"), "20454-5")["valueString"].text(), "QNS");
}

TEST(N7, TheUnitInATextMayBeTheWordsOfTheUnitField) {
  const auto made = row("ST|27415-9^I^LN||5.0 picogram|pg/mL^picogram^UCUM|1-4 picogram||||F");
  const Json& result = first(made, "27415-9");
  EXPECT_EQ(result["valueQuantity"]["value"].text(), "5.0");
  EXPECT_EQ(result["referenceRange"].items().at(0)["high"]["value"].text(), "4");
}

TEST(N11, APowerOfTenWithABareCaretIsOneUnit) {
  for (const char* unit : {"10^9/L", "10\\S\\9/L", "10^9/L^UCUM", "x10^9/L"}) {
    const auto made = row(std::string("NM|9728-7^NK^LN||0.312|") + unit + "|0.09-0.6||||F");
    const Json& quantity = first(made, "9728-7")["valueQuantity"];
    EXPECT_EQ(quantity["code"].text(), "10*9/L") << unit;
    EXPECT_TRUE(quantity["unit"].text().ends_with("10^9/L")) << unit;
    EXPECT_FALSE(made.has_issue("unit-unmapped")) << unit;
  }
}

TEST(N11, TheSecondCodingOfAUnitDecidesWhereTheFirstIsUnknown) {
  const auto made = row("NM|27415-9^I^LN||5|PGM^picogramm^L^pg/mL^^UCUM|||||F");
  const Json& quantity = first(made, "27415-9")["valueQuantity"];
  EXPECT_EQ(quantity["code"].text(), "pg/mL");
  EXPECT_EQ(quantity["unit"].text(), "picogramm");
}

TEST(E2, ARangeThatRepeatsIsTextAlone) {
  const auto made = row("NM|27415-9^I^LN||5|pg/mL|1-2~3-4||||F");
  const Json& range = first(made, "27415-9")["referenceRange"].items().at(0);
  EXPECT_EQ(range["text"].text(), "1-2~3-4");
  EXPECT_FALSE(range.has("low"));
}

TEST(N11, ARangeAsValueNeedsItsUnitToo) {
  EXPECT_TRUE(row("SN|27415-9^I^LN||^1^-^2||||||F").has_issue("unit-missing"));
  EXPECT_TRUE(row("NR|27415-9^I^LN||1^2|foo/bar|||||F").has_issue("unit-unmapped"));
}

TEST(N9, AComparatorInNmIsReadWithTheUnitOfItsField) {
  for (const char* value : {"<0.5 %|%", "<0.5%|%", "≤0.5 %|%", "> 0.5 pct|%^pct"}) {
    const auto made = row(std::string("NM|8112-5^NK^LN||") + value + "|||||F");
    EXPECT_EQ(first(made, "8112-5")["valueQuantity"]["value"].text(), "0.5") << value;
    EXPECT_FALSE(first(made, "8112-5")["valueQuantity"]["comparator"].text().empty()) << value;
    EXPECT_FALSE(made.has_issue("nm-invalid")) << value;
  }
  for (const char* value : {"<0.5 /uL|%", "14.2 %|%", "<0.5 % low|%", "<abc|%"})
    EXPECT_TRUE(row(std::string("NM|8112-5^NK^LN||") + value + "|||||F").has_issue("nm-invalid"))
        << value;
}

TEST(S13, AnyValueUnderAContradictingUnitWithholdsTheCode) {
  for (const char* obx : {"NM|2839-9^P^LN||2,400|nmol/L", "SN|2839-9^P^LN||^1^-^2|nmol/L",
                          "ST|2839-9^P^LN||see note|nmol/L", "NR|2839-9^P^LN||1^2|nmol/L"}) {
    const auto made = row(std::string(obx) + "|||||F");
    EXPECT_EQ(code_of((*made.of_type("Observation").at(0))["code"]), "result-code-withheld") << obx;
    EXPECT_TRUE(made.has_issue("unit-property-mismatch")) << obx;
  }
  EXPECT_FALSE(row("NM|2839-9^P^LN|||nmol/L|||||P").has_issue("unit-property-mismatch"));
}

TEST(S13, AHalfOfABloodPressureInAnotherUnitIsNoHalf) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8480-6^sys^LN||138|mm|||||F\n"
                                                 "OBX|2|NM|8462-4^dia^LN||88|mmHg|||||F\n"));
  const Json& panel = first(made, "85354-9");
  EXPECT_EQ(code_of(component(panel, "8480-6")["dataAbsentReason"]), "unknown");
  EXPECT_EQ(component(panel, "8462-4")["valueQuantity"]["value"].text(), "88");
  EXPECT_EQ(first(made, "result-code-withheld")["valueQuantity"]["value"].text(), "138");
  EXPECT_TRUE(made.has_issue("unit-property-mismatch"));
}

TEST(S16, ThePanelsOwnRowAddsNothing) {
  const std::string halves =
      "OBX|2|NM|8480-6^sys^LN||138|mmHg|||||F\nOBX|3|NM|8462-4^dia^LN||88|mmHg|||||F\n";
  const std::string header = "OBX|1|ST|85354-9^BP^LN||";
  for (const std::string& rows : {header + "||||||F\n" + halves, halves + header + "||||||F\n"}) {
    const auto made = tests::convert(message(obr + rows));
    EXPECT_EQ(made.of_type("Observation").size(), 1U) << rows;
    EXPECT_EQ(component(first(made, "85354-9"), "8480-6")["valueQuantity"]["value"].text(), "138");
  }
  const auto said = tests::convert(message(obr + header + "138/88||||||F\n" + halves));
  EXPECT_EQ(said.of_type("Observation").size(), 1U);
  EXPECT_TRUE(noted(first(said, "85354-9"), "138/88"));
  const auto alone = tests::convert(message(obr + header + "138/88||||||F\n"));
  EXPECT_TRUE(noted(first(alone, "85354-9"), "138/88"));
  EXPECT_EQ(code_of(component(first(alone, "85354-9"), "8462-4")["dataAbsentReason"]), "unknown");
}

TEST(S16, WordsOfAHalfAreNotes) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8480-6^sys^LN||not heard|mmHg|||||F\n"
                                                 "OBX|2|NM|8462-4^dia^LN||QNS|mmHg|||||F\n"));
  const Json& panel = first(made, "85354-9");
  EXPECT_EQ(code_of(component(panel, "8480-6")["dataAbsentReason"]), "as-text");
  EXPECT_EQ(code_of(component(panel, "8462-4")["dataAbsentReason"]), "not-performed");
  EXPECT_TRUE(noted(panel, "not heard"));
  EXPECT_TRUE(noted(panel, "QNS"));
}

TEST(S17, AWeightWithoutUnitSaysThatItsUnitIsUnknown) {
  const auto made = row("NM|29463-7^W^LN||62||||||F");
  EXPECT_TRUE(first(made, "29463-7")["valueQuantity"].has("_unit"));
  EXPECT_TRUE(made.has_issue("unit-missing"));
}

TEST(S18, TheGroupOfARowGoesBeforeTheProfilesRule) {
  const auto catalogue = tests::catalogue_with_sender(R"("specimen_by_sub_id": "SPM-1")");
  ASSERT_NE(catalogue, nullptr);
  const auto made = tests::convert(
      "MSH|^~\\&|LAB|CITY|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\nPID|1||P1^^^CLINIC^MR\n" +
          obr + "SPM|1|SA||BLD^^HL70487\nOBX|1|NM|8112-5^NK^LN|2|14|%|||||F\n" +
          "SPM|2|SB||BLD^^HL70487\n",
      catalogue.get());
  const Json& specimen = *made.of_type("Specimen").at(0);
  EXPECT_EQ(specimen["identifier"].items().at(0)["value"].text(), "SA");
  EXPECT_EQ(first(made, "8112-5")["specimen"]["reference"].text(),
            "Specimen/" + specimen["id"].text());
}

TEST(S1, Table0487GoesBeforeALocalCodeHoweverItIsNamed) {
  for (const char* name : {"HL70487", "http://terminology.hl7.org/CodeSystem/v2-0487"}) {
    const auto made = tests::convert(message(obr + "OBX|1|NM|32519-1^NK^LN||14|%|||||F\n" +
                                             "SPM|1|S||URC^x^HL70070^SER^y^" + name + "\n"));
    EXPECT_EQ(sample(first(made, "32519-1")), "serum") << name;
  }
}

TEST(S11, AnNkPanelCodeOnTissueIsAnNkCellCode) {
  for (const char* code : {"98073-0", "82720-4", "98030-0"}) {
    const auto made = tests::convert(
        message(obr + "OBX|1|NM|" + code + "^NK^LN||14|%|||||F\nSPM|1|S||122704003^^SCT\n"));
    EXPECT_EQ(code_of((*made.of_type("Observation").at(0))["code"]), "nk-unspecified-method-tissue")
        << code;
  }
}

TEST(R8, LoincOrAMappedCodeIsFoundBehindAnotherStandardCode) {
  const auto made = row("NM|365637002^NK^SCT^8112-5^NK^LN||14|%|||||F");
  EXPECT_EQ(codes(first(made, "8112-5")), (std::vector<std::string>{"8112-5", "365637002"}));
  EXPECT_EQ(sample(first(made, "8112-5")), "peripheral-blood");
  const auto mapped = row("NM|365637002^NK^SCT^CD69^x^L||14|%|||||F");
  EXPECT_EQ(codes(first(mapped, "CD69")),
            (std::vector<std::string>{"pnk-cd69-pct", "365637002", "CD69"}));
  EXPECT_FALSE(mapped.has_issue("code-unmapped"));
}

TEST(R8, ALocalAnswerOfContextThatItsMapLacksIsUnmapped) {
  for (const char* answer : {"AOEEGG^e^L||MAYBE^maybe^L", "82810-3^p^LN||SCHW^schwanger^L"})
    EXPECT_TRUE(row(std::string("CWE|") + answer + "||||||F").has_issue("code-unmapped")) << answer;
  for (const char* answer :
       {"AOEEGG^e^L||Y^Yes^HL70136", "AOEEGG^e^L||Y", "82810-3^p^LN||LA4489-6^Unknown^LN",
        "82810-3^p^LN||102874004^Unknown^SCT", "CYC^c^L||^natural cycle"})
    EXPECT_FALSE(row(std::string("CWE|") + answer + "||||||F").has_issue("code-unmapped"))
        << answer;
}

const std::string unk = "OBX|1|NM|UNKPCT^u^L|1|6.8|%|||||F\n";

TEST(S14, AComponentsAnswerIsFoundWhateverItsType) {
  for (const char* answer : {"CWE|UNKLAYER^l^L|1|BAS^Basalis^L", "ST|UNKLAYER^l^L|1|BAS",
                             "ID|UNKLAYER^l^L|1|BAS", "IS|UNKLAYER^l^L|1|BAS"}) {
    const auto made = tests::convert(message(obr + unk + "OBX|2|" + answer + "||||||F\n"));
    const Json& layer = component(first(made, "UNKPCT"), "endometrial-compartment");
    EXPECT_EQ(code_of(layer["valueCodeableConcept"]), "basalis") << answer;
    EXPECT_EQ(layer["valueCodeableConcept"]["coding"].items().size(), 2U) << answer;
  }
  const auto fields = tests::convert(message(obr + unk + "OBX|2|SN|UNKFLD^f^L|1|^20||||||F\n"));
  EXPECT_EQ(component(first(fields, "UNKPCT"), "fields-counted")["valueInteger"].text(), "20");
  const auto ours = tests::convert(
      message(obr + unk + "OBX|2|CWE|UNKLAYER^l^L|1|basalis^Basalis^https://immunogate.example/" +
              "fhir/CodeSystem/endometrial-compartment||||||F\n"));
  EXPECT_FALSE(ours.has_issue("code-unmapped"));
  const auto other = tests::convert(message(obr + unk + "OBX|2|ST|UNKLAYER^l^L|1|deep||||||F\n"));
  EXPECT_TRUE(other.has_issue("code-unmapped"));
}

TEST(S15, AWithdrawnRowContradictsNothing) {
  const std::string lysis = "OBX|1|NM|NK50^k^L|1|17.4|%|||||F\n";
  for (const char* status : {"W", "D", "X"}) {
    const auto made = tests::convert(message(
        obr + lysis + "OBX|2|SN|et-ratio^e^" + "https://immunogate.example/fhir/CodeSystem/" +
        "repro-immuno-observation|1|^25^:^1||||||" + status + "\n"));
    const Json& result = first(made, "nk-cytotoxicity");
    EXPECT_EQ(result["component"].items().size(), 2U) << status;
    EXPECT_EQ(component(result, "et-ratio")["valueRatio"]["numerator"]["value"].text(), "50");
  }
  const auto made =
      tests::convert(message(obr + unk + "OBX|2|CWE|UNKLAYER^l^L|1|BAS^Basalis^L||||||W\n"));
  EXPECT_FALSE(first(made, "UNKPCT").has("component"));
}

TEST(S15, PerCentLysisWithoutAnAdditiveSaysNone) {
  const std::string rio = "^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
  const auto made = tests::convert(message(obr + "OBX|1|NM|nk-cytotoxicity^k" + rio +
                                           "|1|17.4|%|||||F\nOBX|2|SN|et-ratio^e" + rio +
                                           "|1|^12.5^:^1||||||F\n"));
  const Json& result = first(made, "nk-cytotoxicity");
  EXPECT_EQ(code_of(component(result, "in-vitro-additive")["valueCodeableConcept"]), "none");
  EXPECT_EQ(component(result, "et-ratio")["valueRatio"]["numerator"]["value"].text(), "12.5");
}

}  // namespace
