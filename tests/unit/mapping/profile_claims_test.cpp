#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// DOMAIN.md §7: `meta.profile` names a profile only when it is met. The judges suite asks the
// independent validator whether what is claimed here holds.
namespace {

using namespace rules;

/// Last parts of the claimed URLs, in order, joined by blanks.
std::string claims(const Json& resource) {
  std::string all;
  for (const Json& profile : resource["meta"]["profile"].items()) {
    const std::string& url = profile.text();
    all += (all.empty() ? "" : " ") + url.substr(url.rfind('/') + 1);
  }
  return all;
}

std::string claims_of(const std::string& rows) {
  const auto made = tests::convert(message(obr + rows));
  return claims(*made.of_type("Observation").at(0));
}

TEST(Profiles, EachPanelClaimsItsOwn) {
  EXPECT_EQ(claims_of("OBX|1|NM|8112-5^NK^LN||14|%|||||F\n"), "result-observation blood-nk");
  EXPECT_EQ(claims_of("OBX|1|NM|CD69^x^L||4|%|||||F\n"), "result-observation blood-nk");
  EXPECT_EQ(claims_of("OBX|1|NM|NK50^x^L||14|%|||||F\n"), "result-observation nk-cytotoxicity");
  EXPECT_EQ(claims_of("OBX|1|NM|UNKPCT^x^L||7|%|||||F\n"), "result-observation uterine-nk");
  EXPECT_EQ(claims_of("OBX|1|NM|IFNG4^x^L||7|%|||||F\n"), "result-observation th1-th2-cells");
  EXPECT_EQ(claims_of("OBX|1|NM|26848-2^x^LN||7|pg/mL|||||F\n"),
            "result-observation serum-cytokine");
  EXPECT_EQ(claims_of("OBX|1|NM|2823-3^x^LN||4|mmol/L|||||F\n"), "result-observation monitoring");
  EXPECT_EQ(claims_of("OBX|1|NM|WHO^x^L||4|mmol/L|||||F\n"), "result-observation");
}

TEST(Profiles, ABloodPressureClaimsTheCoreProfileToo) {
  const std::string sys = "OBX|1|NM|8480-6^s^LN||138|mmHg|||||F\n";
  EXPECT_EQ(claims_of(sys), "result-observation monitoring bp");
  EXPECT_EQ(claims_of(sys + "OBX|2|NM|8462-4^d^LN||11|kPa|||||F\n"),
            "result-observation monitoring");
  EXPECT_EQ(claims_of("OBX|1|NM|8480-6^s^LN||138|mmHg|||||W\n"), "result-observation monitoring");
}

TEST(Profiles, AnotherSampleTypeOrAWithheldCodeMeetsLess) {
  const std::string tissue = "SPM|1|S||122704003^^SCT\n", serum = "SPM|1|S||SER^^HL70487\n";
  EXPECT_EQ(claims_of("OBX|1|NM|8112-5^NK^LN||14|%|||||F\n" + tissue),
            "result-observation uterine-nk");
  EXPECT_EQ(claims_of("OBX|1|NM|26848-2^x^LN||7|pg/mL|||||F\n" + tissue), "result-observation");
  EXPECT_EQ(claims_of("OBX|1|NM|2839-9^x^LN||7|nmol/L|||||F\n" + serum), "result-observation");
  EXPECT_EQ(claims_of("OBX|1|NM|32519-1^x^LN||7|%|||||F\n"), "result-observation");
  EXPECT_EQ(claims_of("OBX|1|NM|NK50^x^L||14|%|||||W\n"), "result-observation");
}

TEST(Profiles, ComponentsMustBeThoseThatTheProfileNames) {
  const std::string rio = "^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
  const std::string lysis = "OBX|1|NM|nk-cytotoxicity^k" + rio + "|1|17|%|||||F\n";
  EXPECT_EQ(claims_of(lysis), "result-observation");
  EXPECT_EQ(claims_of(lysis + "OBX|2|NM|et-ratio^e" + rio + "|1|50||||||F\n"),
            "result-observation");
  EXPECT_EQ(claims_of(lysis + "OBX|2|SN|et-ratio^e" + rio + "|1|^50^:^1||||||F\n"),
            "result-observation nk-cytotoxicity");
  EXPECT_EQ(
      claims_of(lysis + "OBX|2|SN|et-ratio^e" + rio +
                "|1|^50^:^1||||||F\nOBX|3|CWE|in-vitro-additive^a" + rio + "|1|QQ^what^L||||||F\n"),
      "result-observation");
}

TEST(Profiles, ContextReportAndSpecimenClaimTheirs) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n" +
                                           "OBX|2|DT|8665-2^LMP^LN||20250301||||||F\n" +
                                           "SPM|1|S||BLD^^HL70487\n"));
  EXPECT_EQ(claims(first(made, "8665-2")), "context-observation");
  EXPECT_EQ(claims(*made.of_type("DiagnosticReport").at(0)), "lab-report");
  EXPECT_EQ(claims(*made.of_type("Specimen").at(0)), "gateway-specimen");
}

}  // namespace
