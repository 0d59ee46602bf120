#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// A code in several codings is right where each of them is: none that contradicts the specimen or
// the unit may be found by a search (S11, S12, S13; mistakes 3 and 23).
namespace {

using namespace rules;

const std::string tissue = "SPM|1|S1||122704003^^SCT\n", venous = "SPM|1|S1||122555007^^SCT\n";

const Json& result_of(const tests::Converted& made) {
  return *made.of_type("Observation").at(0);
}

tests::Converted row(const std::string& code, const std::string& value,
                     const std::string& specimen) {
  return tests::convert(message(obr + "OBX|1|NM|" + code + "||" + value + "|||||F\n" + specimen));
}

std::vector<std::string> codes(const Json& concept_) {
  std::vector<std::string> all;
  for (const Json& coding : concept_["coding"].items()) all.push_back(coding["code"].text());
  return all;
}

TEST(S11, ABloodCodeInAnyCodingLeavesTissue) {
  for (const char* code :
       {"32519-1^NK^LN^8112-5^NK^LN", "22637-3^Dx^LN^8112-5^NK^LN", "26464-8^W^LN^8112-5^NK^LN",
        "8112-5^NK^LN^32519-1^NK^LN", "26464-8^w^LN^26499-4^y^LN^^^^8112-5^NK^LN",
        "unk-cd56-pct-stroma^u^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation^"
        "8112-5^NK^LN"}) {
    const auto made = row(code, "14.2|%", tissue);
    EXPECT_EQ(codes(result_of(made)["code"]),
              std::vector<std::string>{"nk-unspecified-method-tissue"})
        << code;
    EXPECT_TRUE(made.observations("8112-5").empty()) << code;
    EXPECT_GE(codes(extension_of(result_of(made), "original-code")["valueCodeableConcept"]).size(),
              2U)
        << code;
    EXPECT_TRUE(made.has_issue("code-specimen-conflict")) << code;
    EXPECT_EQ(sample(result_of(made)), "endometrium") << code;
  }
}

TEST(S11, ABloodCodeInAnyCodingLeavesUrineMenstrualBloodAndCordBlood) {
  for (const char* specimen :
       {"SPM|1|S1||UR^^HL70487\n", "SPM|1|S1||MBLD^^HL70487\n", "SPM|1|S1||BLDCO^^HL70487\n"}) {
    const auto made = row("32519-1^NK^LN^8112-5^NK^LN", "14.2|%|5-12", specimen);
    EXPECT_EQ(codes(result_of(made)["code"]), std::vector<std::string>{"result-code-withheld"});
    EXPECT_NE(notes(result_of(made)).at(0).find("a blood code on"), std::string::npos);
  }
}

TEST(S11, CodingsThatFitStayTogether) {
  const auto made = row("32519-1^NK^LN^8112-5^NK^LN", "14.2|%", venous);
  EXPECT_EQ(codes(result_of(made)["code"]), (std::vector<std::string>{"32519-1", "8112-5"}));
  EXPECT_EQ(made.conversion.issues.size(), 0U);
  const auto unstated = row("32519-1^NK^LN^8112-5^NK^LN", "14.2|%", "");
  EXPECT_EQ(sample(result_of(unstated)), "peripheral-blood") << "by the axis that one names";
  EXPECT_FALSE(unstated.has_issue("specimen-unknown"));
  const auto own = row("14.2^x^L^8112-5^NK^LN", "14.2|%", venous);
  EXPECT_EQ(codes(result_of(own)["code"]), (std::vector<std::string>{"8112-5", "14.2"}));
}

TEST(S11, CodingsThatContradictEachOtherAreNoCodeWithoutASpecimen) {
  const auto made = row("8112-5^NK^LN^2888-6^Prot^LN", "14.2|%", "");
  EXPECT_EQ(codes(result_of(made)["code"]), std::vector<std::string>{"result-code-withheld"});
  EXPECT_EQ(sample(result_of(made)), "unknown");
  EXPECT_TRUE(made.has_issue("code-specimen-conflict"));
  EXPECT_TRUE(made.has_issue("specimen-unknown"));
}

TEST(S17, AVitalSignIsNoBloodCodeEither) {
  const auto made = row("2708-6^SpO2^LN^8112-5^NK^LN", "97|%", tissue);
  EXPECT_EQ(codes(result_of(made)["code"]), std::vector<std::string>{"result-code-withheld"});
  EXPECT_EQ(sample(result_of(made)), "not-a-specimen");
}

TEST(S9, AnImprobableCodingIsMarkedWhicheverItIs) {
  const auto made = row("2345-7^G^LN^2339-0^G^LN", "92|mg/dL", "SPM|1|S1||SER^^HL70487\n");
  EXPECT_EQ(codes(result_of(made)["code"]), (std::vector<std::string>{"2345-7", "2339-0"}));
  EXPECT_TRUE(has_tag(result_of(made), "/gateway-issue", "code-specimen-conflict"));
  EXPECT_EQ(made.conversion.issues.at(0).severity, gateway::mapping::Severity::warning);
}

TEST(S11, ARowThatTakesTheCodeOfItsOrderIsJudgedByIt) {
  const auto made = tests::convert(
      message("OBR|1|P1|F1|8112-5^NK^LN|||20250322\nOBX|1|NM|||14.2|%|||||F\n" + tissue));
  EXPECT_EQ(codes(result_of(made)["code"]),
            std::vector<std::string>{"nk-unspecified-method-tissue"});
  EXPECT_TRUE(made.has_issue("code-missing"));
  EXPECT_TRUE(made.has_issue("code-specimen-conflict"));
}

TEST(S13, AUnitThatContradictsAnyCodingWithholdsTheCode) {
  const struct {
    const char *code, *value;
  } rows[] = {{"2839-9^P4^LN^14890-8^P4^LN", "12|ng/mL"},
              {"14890-8^P4^LN^2839-9^P4^LN", "12|ng/mL"},
              {"8112-5^NK^LN^9728-7^NK^LN", "14.2|%"},
              {"26464-8^x^LN^9728-7^NK^LN", "14.2|%"}};
  for (const auto& [code, value] : rows) {
    const auto made = row(code, value, venous);
    EXPECT_EQ(codes(result_of(made)["code"]), std::vector<std::string>{"result-code-withheld"})
        << code;
    EXPECT_TRUE(made.has_issue("unit-property-mismatch")) << code;
    EXPECT_EQ(codes(extension_of(result_of(made), "original-code")["valueCodeableConcept"]).size(),
              2U);
  }
  EXPECT_FALSE(
      row("2839-9^P4^LN^14890-8^P4^LN", "|ng/mL", venous).has_issue("unit-property-mismatch"))
      << "nothing is filed under it";
}

TEST(S18, TheAxisThatAnyCodingNamesFindsTheSpecimen) {
  const auto made = row("32519-1^NK^LN^8112-5^NK^LN", "14.2|%",
                        "SPM|1|S1||BLDV^^HL70487\nSPM|2|S2||ENDM^^HL70070\n");
  EXPECT_EQ(sample(result_of(made)), "peripheral-blood");
  EXPECT_FALSE(made.has_issue("specimen-association-ambiguous"));
}

}  // namespace
