#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/revise_elements.hpp"

#include "tests/unit/mapping/laboratory.hpp"
#include "tests/unit/mapping/rules_support.hpp"

// Whole messages over what stands (DOMAIN.md §8): what each row becomes, and what an update of it
// alone makes of the result, document or profile it belongs to.
namespace gateway::mapping {
namespace {

using rules::component;
using rules::notes;
using testing::ElementsAre;
using testing::IsEmpty;

std::string claims(const fhir::Json& observation) {
  std::string all;
  for (const fhir::Json& profile : observation["meta"]["profile"].items())
    all += profile.text().substr(profile.text().rfind('/') + 1) + " ";
  return all;
}

// ---- I ------------------------------------------------------------------------------------------

TEST(Status, APendingRowHasNoValueAndWhatWasSentIsANote) {  // §8, I
  for (const char* row :
       {"OBX|1|NM|8112-5^NK^LN||14.2|%|5-12|H|||I\n", "OBX|1|ST|8112-5^NK^LN||14.2|%|5-12|H|||I\n",
        "OBX|1|SN|8112-5^NK^LN||^14.2|%|5-12|H|||I\n"}) {
    Laboratory laboratory;
    laboratory.say(row, "I");
    const auto result = laboratory.result("8112-5");
    EXPECT_EQ(result["status"].text(), "registered") << row;
    EXPECT_EQ(tests::code_of(result["dataAbsentReason"]), "temp-unknown") << row;
    EXPECT_FALSE(has_element(result, "value")) << row;
    EXPECT_FALSE(result.has("interpretation")) << row << ": a flag goes with its value (E1)";
    EXPECT_THAT(notes(result), testing::Contains(testing::HasSubstr("14.2"))) << row;
  }
}

TEST(Status, APendingAnswerSaysNothingOfTheCycle) {
  Laboratory laboratory;
  laboratory.say("OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\nOBX|2|DT|8665-2^LMP^LN||20250301||||||I\n");
  EXPECT_EQ(tests::context(laboratory.result("8112-5"), "status", "valueCode"), "unknown");
  EXPECT_FALSE(has_element(laboratory.result("8665-2"), "value"));
}

// ---- components ---------------------------------------------------------------------------------

constexpr const char* biopsy =
    "OBX|1|NM|UNKPCT^CD56^L|1|6.8|%|||||F\nOBX|2|CWE|UNKLAYER^layer^L|1|STRFUN^x^L||||||F\n"
    "OBX|3|NM|UNKFLD^fields^L|1|20||||||F\n";

TEST(S14, AComponentSentAloneLaterChangesTheResultItIsPartOf) {
  Laboratory laboratory;
  laboratory.say(biopsy);
  const auto revision = laboratory.say("OBX|1|NM|UNKFLD^fields^L|1|25||||||C\n", "C");
  const auto result = laboratory.result("unk-cd56-pct-stroma");
  EXPECT_EQ(component(result, "fields-counted")["valueInteger"].text(), "25");
  EXPECT_EQ(tests::code_of(component(result, "endometrial-compartment")["valueCodeableConcept"]),
            "stroma-functionalis");
  EXPECT_EQ(result["valueQuantity"]["value"].text(), "6.8");
  EXPECT_EQ(result["status"].text(), "corrected");
  EXPECT_TRUE(laboratory.result("fields-counted")["resourceType"].text().empty())
      << "it is no result of its own";
  EXPECT_EQ(laboratory.of_type("DiagnosticReport")["result"].items().size(), 1U);
  EXPECT_THAT(laboratory.issues, IsEmpty());
  EXPECT_TRUE(laboratory.ledger.right_versions());
}

TEST(S14, AComponentThatComesLaterJoinsTheOneResultOfItsGroup) {
  Laboratory laboratory;
  laboratory.say("OBX|1|NM|UNKPCT^CD56^L|1|6.8|%|||||F\nOBX|2|NM|UNKPCT^CD56^L|2|3.1|%|||||F\n");
  laboratory.say("OBX|1|NM|UNKFLD^fields^L|2|12||||||F\n");
  int with_fields = 0;
  for (const auto& [key, body] : laboratory.bodies())
    if (component(body, "fields-counted")["valueInteger"].text() == "12") {
      ++with_fields;
      EXPECT_EQ(body["valueQuantity"]["value"].text(), "3.1");
      EXPECT_EQ(body["status"].text(), "final");
    }
  EXPECT_EQ(with_fields, 1);
  // Without a group it could belong to either.
  laboratory.say("OBX|1|NM|UNKFLD^fields^L||9||||||F\n");
  EXPECT_EQ(laboratory.result("fields-counted")["status"].text(), "final");
}

TEST(S14, ALoneComponentFollowsTheRulesOfUpdates) {
  Laboratory laboratory;
  laboratory.say(biopsy);
  laboratory.say("OBX|1|NM|UNKFLD^fields^L|1|||||||C\n", "C");  // T12
  EXPECT_EQ(
      component(laboratory.result("unk-cd56-pct-stroma"), "fields-counted")["valueInteger"].text(),
      "20");
  EXPECT_THAT(laboratory.issues, ElementsAre(testing::StartsWith("value-empty-on-update ")));
  laboratory.say("OBX|1|NM|UNKFLD^fields^L|1|7||||||P\n", "P");  // T8
  EXPECT_EQ(
      component(laboratory.result("unk-cd56-pct-stroma"), "fields-counted")["valueInteger"].text(),
      "20");
  EXPECT_THAT(laboratory.issues, ElementsAre(testing::StartsWith("status-regression ")));
  laboratory.minute = 10;  // older than what stands
  laboratory.say("OBX|1|NM|UNKFLD^fields^L|1|||||||W\n", "C");
  EXPECT_THAT(laboratory.issues, testing::Contains(testing::StartsWith("update-out-of-order ")));
  laboratory.minute = 50;
  laboratory.say("OBX|1|NM|UNKFLD^fields^L|1|||||||W\n", "C");  // T5
  EXPECT_TRUE(component(laboratory.result("unk-cd56-pct-stroma"), "fields-counted")["resourceType"]
                  .text()
                  .empty());
  EXPECT_EQ(laboratory.result("unk-cd56-pct-stroma")["component"].items().size(), 1U);
}

TEST(S16, AHalfThatIsTakenBackAloneLeavesTheOther) {
  const auto half = [](const char* code, const char* value, const char* status) {
    return "OBX|1|NM|" + std::string(code) + "^b^LN||" + value + "|mmHg|||||" + status + "\n";
  };
  for (const char* status : {"W", "D", "X"}) {
    Laboratory laboratory;
    laboratory.say(half("8480-6", "138", "F") + half("8462-4", "88", "F"));
    laboratory.say(half("8480-6", "138", status), "C");
    const auto pressure = laboratory.result("85354-9");
    EXPECT_EQ(pressure["status"].text(), "final") << status;
    EXPECT_FALSE(component(pressure, "8480-6").has("valueQuantity")) << status;
    EXPECT_TRUE(component(pressure, "8480-6").has("dataAbsentReason")) << status;
    EXPECT_EQ(component(pressure, "8462-4")["valueQuantity"]["value"].text(), "88") << status;
    EXPECT_EQ(laboratory.of_type("DiagnosticReport")["result"].items().size(), 1U) << status;
  }
  Laboratory laboratory;
  laboratory.say(half("8480-6", "138", "F") + half("8462-4", "88", "F"));
  laboratory.say(half("8480-6", "138", "W") + half("8462-4", "88", "W"), "C");
  EXPECT_EQ(laboratory.result("85354-9")["status"].text(), "entered-in-error");
  EXPECT_FALSE(laboratory.result("85354-9").has("component"));
}

// ---- profiles -----------------------------------------------------------------------------------

const std::string rio = "^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
const std::string lysis = "OBX|1|NM|nk-cytotoxicity^k" + rio + "|1|17|%|||||F\n";

TEST(Profiles, AClaimGoesWithTheComponentThatMetIt) {
  Laboratory laboratory;
  laboratory.say(lysis + "OBX|2|SN|et-ratio^e" + rio + "|1|^50^:^1||||||F\n");
  EXPECT_EQ(claims(laboratory.result("nk-cytotoxicity")), "result-observation nk-cytotoxicity ");
  laboratory.say(lysis + "OBX|2|SN|et-ratio^e" + rio + "|1|^50^:^1||||||W\n", "C");
  EXPECT_EQ(claims(laboratory.result("nk-cytotoxicity")), "result-observation ");
  laboratory.say("OBX|2|SN|et-ratio^e" + rio + "|1|^25^:^1||||||F\n", "C");
  EXPECT_EQ(claims(laboratory.result("nk-cytotoxicity")), "result-observation nk-cytotoxicity ");
  laboratory.say("OBX|2|SN|et-ratio^e" + rio + "|1|||||||W\n", "C");
  EXPECT_EQ(claims(laboratory.result("nk-cytotoxicity")), "result-observation ");
}

TEST(Profiles, AComponentThatStandsMeetsAClaimThatTheUpdateAloneDoesNot) {
  Laboratory laboratory;
  laboratory.say(lysis + "OBX|2|SN|et-ratio^e" + rio + "|1|^50^:^1||||||F\n");
  laboratory.say("OBX|1|NM|nk-cytotoxicity^k" + rio + "|1|18|%|||||C\n", "C");
  EXPECT_EQ(claims(laboratory.result("nk-cytotoxicity")), "result-observation nk-cytotoxicity ");
  EXPECT_EQ(laboratory.result("nk-cytotoxicity")["valueQuantity"]["value"].text(), "18");
}

TEST(Profiles, ACodeThatStaysWithheldClaimsNoMoreThanBefore) {
  Laboratory laboratory;
  laboratory.say("OBX|1|NM|8112-5^NK^LN||14|mg/dL|||||F\n");
  EXPECT_EQ(claims(laboratory.result("result-code-withheld")), "result-observation ");
  laboratory.say("OBX|1|NM|8112-5^NK^LN|||mg/dL|||||C\n", "C");  // T12: the value stays
  EXPECT_EQ(claims(laboratory.result("result-code-withheld")), "result-observation ");
}

// ---- documents ----------------------------------------------------------------------------------

std::string pdf_row(const char* code, const char* data, const char* status) {
  return "OBX|1|ED|" + std::string(code) + "^" + code + "^L||^AP^PDF^Base64^" + data + "||||||" +
         status + "\n";
}
constexpr const char* first_pdf = "JVBERi0xLjQK";   // %PDF-1.4
constexpr const char* second_pdf = "JVBERi0xLjUK";  // %PDF-1.5

std::vector<std::string> binaries(const Laboratory& laboratory) {
  std::vector<std::string> all;
  for (const auto& [key, body] : laboratory.bodies())
    if (key.type == "Binary") all.push_back(body["data"].text());
  std::sort(all.begin(), all.end());
  return all;
}
std::size_t forms(const Laboratory& laboratory) {
  return laboratory.of_type("DiagnosticReport")["presentedForm"].items().size();
}

TEST(Documents, TheBytesOfAWithdrawnPdfAreNoLongerReadable) {  // T5, T4, T10
  for (const char* row :
       {"OBX|1|ED|RPT^RPT^L||^AP^PDF^Base64^JVBERi0xLjQK||||||W\n", "OBX|1|ED|RPT^RPT^L||||||||W\n",
        "OBX|1|ED|RPT^RPT^L||||||||D\n", "OBX|1|ED|RPT^RPT^L||^AP^PDF^Base64^JVBERi0xLjQK||||||X\n",
        "OBX|1|ED|RPT^RPT^L||\"\"||||||C\n"}) {
    Laboratory laboratory;
    laboratory.say(pdf_row("RPT", first_pdf, "F"));
    EXPECT_THAT(binaries(laboratory), ElementsAre(first_pdf));
    laboratory.say(row, "C");
    EXPECT_THAT(binaries(laboratory), ElementsAre("")) << row;
    EXPECT_EQ(forms(laboratory), 0U) << row;
  }
}

TEST(Documents, ACorrectionReplacesItsOwnBytesAndNoOthers) {
  Laboratory laboratory;
  laboratory.say(pdf_row("RPT", first_pdf, "F") + pdf_row("ADD", first_pdf, "F"));
  laboratory.say(pdf_row("ADD", second_pdf, "C"), "C");
  EXPECT_THAT(binaries(laboratory), ElementsAre(first_pdf, second_pdf));
  laboratory.say(pdf_row("ADD", second_pdf, "W"), "C");
  EXPECT_THAT(binaries(laboratory), ElementsAre("", first_pdf));
  EXPECT_EQ(forms(laboratory), 1U);
}

TEST(Documents, AnEmptyRowKeepsTheDocumentAndALateOriginalOfAWithdrawnOneStaysAway) {  // T12, T5
  Laboratory laboratory;
  laboratory.say(pdf_row("RPT", first_pdf, "F"));
  for (const char* row :
       {"OBX|1|ED|RPT^RPT^L||||||||C\n", "OBX|1|ED|RPT^RPT^L||^AP^PDF^Base64^||||||C\n",
        "OBX|1|ED|RPT^RPT^L||^AP^PDF^Base64^JVBERi0xLjUK||||||U\n"}) {
    laboratory.say(row, "C");
    EXPECT_EQ(forms(laboratory), 1U) << row;
    EXPECT_THAT(binaries(laboratory), ElementsAre(first_pdf)) << row;
  }
  Laboratory late;
  late.minute = 30;
  late.say("OBX|1|ED|RPT^RPT^L||||||||W\n", "C");
  late.minute = 10;
  late.say(pdf_row("RPT", first_pdf, "F"));
  EXPECT_THAT(binaries(late), ElementsAre(""));
  EXPECT_EQ(forms(late), 0U);
}

}  // namespace
}  // namespace gateway::mapping
