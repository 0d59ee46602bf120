#include "gateway/mapping/sample_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/support/conversions.hpp"
#include "tests/support/mappings.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Codings = std::vector<SpecimenCoding>;

const Catalogue& shipped() {
  const Catalogue* catalogue = tests::shipped_catalogue();
  if (catalogue == nullptr) throw std::runtime_error("the shipped mappings have problems");
  return *catalogue;
}

const TargetCode* loinc(std::string_view code) {
  const auto* target = shipped().target("LN", code);
  if (target == nullptr) throw std::runtime_error("no target");
  return target;
}
const TargetCode* rio(std::string_view code) {
  const auto* target =
      shipped().target(fhir::canonical::code_system(fhir::canonical::observation_codes), code);
  if (target == nullptr) throw std::runtime_error("no target");
  return target;
}

StatedSample spm(Codings types, Codings sites = {}) {
  return stated_sample({true, false, std::move(types), std::move(sites)}, shipped());
}
StatedSample obr15(Codings types, Codings sites = {}) {
  return stated_sample({true, true, std::move(types), std::move(sites)}, shipped());
}
StatedSample stated(std::string type) {
  return {std::move(type), "spm", false, false};
}

TEST(SampleType, S1EveryTripletIsLookedAtSnomedFirst) {
  EXPECT_EQ(spm({{"HL70487", "SER"}, {"SCT", "122555007"}}).type, "peripheral-blood");
  EXPECT_EQ(spm({{"L", "X"}, {"HL70487", "SER"}}).type, "serum");
  EXPECT_FALSE(spm({{"L", "X"}, {"HL70487", "SER"}}).unmapped);
  EXPECT_EQ(spm({{"SNM3", "119361006"}}).type, "plasma");
  EXPECT_EQ(spm({{"HL70487", "SER"}}).source, "spm");
  EXPECT_EQ(obr15({{"HL70070", "SER"}}).source, "obr-15");
}

TEST(SampleType, S1ASpecimenCodeWithoutRowCountsAsNotStated) {
  const auto unknown = spm({{"L", "XYZ"}});
  EXPECT_EQ(unknown.type, "");
  EXPECT_EQ(unknown.source, "none");
  EXPECT_TRUE(unknown.unmapped);
  const auto by_axis = sample_type(unknown, loinc("2345-7"), "");
  EXPECT_EQ(by_axis.type, "serum-or-plasma");
  EXPECT_EQ(by_axis.source, "loinc-system");
  EXPECT_FALSE(spm({}).unmapped);
  EXPECT_FALSE(stated_sample({}, shipped()).unmapped);
}

TEST(SampleType, S1TheStepsFollowEachOther) {
  const StatedSample nothing;
  EXPECT_EQ(sample_type(nothing, loinc("32519-1"), "urine").type, "urine");
  EXPECT_EQ(sample_type(nothing, loinc("32519-1"), "urine").source, "code-map");
  EXPECT_EQ(sample_type(nothing, loinc("8112-5"), "urine").source, "loinc-system");
  const auto unknown = sample_type(nothing, nullptr, "");
  EXPECT_EQ(unknown.type, "unknown");
  EXPECT_EQ(unknown.source, "none");
  EXPECT_THAT(unknown.issues, ElementsAre("specimen-unknown"));
}

TEST(SampleType, S2ABareCodeIsReadByTheTablesOfItsField) {
  EXPECT_EQ(obr15({{"", "BLDV"}}).type, "peripheral-blood");
  EXPECT_EQ(obr15({{"", "MN"}}).type, "menstrual-blood");
  EXPECT_EQ(obr15({{"", "TISS"}}, {{"", "ENDM"}}).type, "endometrium");
  EXPECT_EQ(spm({{"", "SER"}}).type, "serum");
}

TEST(SampleType, S3ATissueWordNeedsItsSite) {
  for (const char* word : {"TISS", "BX", "CUR"}) {
    const auto bare = spm({{"HL70487", word}});
    EXPECT_EQ(bare.type, "other-tissue") << word;
    EXPECT_TRUE(bare.other_tissue);
    for (const char* table : {"HL70163", "HL70550", "HL70070"}) {
      EXPECT_EQ(spm({{"HL70487", word}}, {{table, "ENDM"}}).type, "endometrium");
    }
    EXPECT_EQ(spm({{"HL70487", word}}, {{"SCT", "2739003"}}).type, "endometrium");
  }
  EXPECT_EQ(spm({{"SCT", "119376003"}}).type, "other-tissue");
  EXPECT_EQ(spm({}, {{"SCT", "2739003"}}).type, "endometrium") << "the site alone suffices";
  EXPECT_EQ(spm({{"HL70487", "BLDV"}}, {{"HL70163", "ENDM"}}).type, "peripheral-blood");
}

TEST(SampleType, S3AnEndometriumCodeRefinesATissueButNeverAnotherSite) {
  const auto refined = sample_type(spm({{"HL70487", "TISS"}}), rio("unk-cd56-pct-stroma"), "");
  EXPECT_EQ(refined.type, "endometrium");
  EXPECT_EQ(refined.source, "loinc-system");
  const auto elsewhere = spm({{"HL70487", "TISS"}}, {{"SCT", "71854001"}});
  EXPECT_FALSE(elsewhere.other_tissue);
  const auto kept = sample_type(elsewhere, rio("unk-cd56-pct-stroma"), "");
  EXPECT_EQ(kept.type, "other-tissue");
  EXPECT_EQ(kept.code, SampleType::Code::kept);
}

struct Pairing {
  const char* rule;
  const char* stated;
  const char* code;  // LOINC, or one of ours
  const char* type;
  const char* source;
  SampleType::Code fate;
  const char* stand_in;
};

TEST(SampleType, S4ToS11StatedSpecimenAndCodeAreReconciled) {
  using enum SampleType::Code;
  const Pairing pairings[] = {
      {"S4", "", "8112-5", "peripheral-blood", "loinc-system", kept, ""},
      {"S4", "", "2345-7", "serum-or-plasma", "loinc-system", kept, ""},
      {"S4", "", "74756-8", "serum", "loinc-system", kept, ""},
      {"S4", "", "5792-7", "urine", "loinc-system", kept, ""},
      {"S4", "", "82720-4", "blood-mononuclear-cells", "loinc-system", kept, ""},
      {"S4", "", "unk-cd56-per-hpf", "endometrium", "loinc-system", kept, ""},
      {"S5", "peripheral-blood", "8112-5", "peripheral-blood", "spm", kept, ""},
      {"S5", "peripheral-blood", "82720-4", "peripheral-blood", "spm", kept, ""},
      {"S6", "peripheral-blood", "2839-9", "serum-or-plasma", "loinc-system", kept, ""},
      {"S6", "peripheral-blood", "74756-8", "serum", "loinc-system", kept, ""},
      {"S7", "serum", "2345-7", "serum", "spm", kept, ""},
      {"S7", "plasma", "26848-2", "plasma", "spm", kept, ""},
      {"S7", "serum", "74756-8", "serum", "spm", kept, ""},
      {"S8", "endometrium", "22637-3", "endometrium", "spm", kept, ""},
      {"S8", "decidua", "32519-1", "decidua", "spm", kept, ""},
      {"S9", "serum", "4548-4", "serum", "spm", improbable, ""},
      {"S9", "plasma", "74756-8", "plasma", "spm", improbable, ""},
      {"S9", "serum", "82720-4", "serum", "spm", improbable, ""},
      {"S11", "endometrium", "8112-5", "endometrium", "spm", withheld,
       "nk-unspecified-method-tissue"},
      {"S11", "decidua", "nk-cytotoxicity", "decidua", "spm", withheld,
       "nk-unspecified-method-tissue"},
      {"S11", "endometrium", "17135-5", "endometrium", "spm", withheld, "result-code-withheld"},
      {"S11", "endometrium", "2345-7", "endometrium", "spm", withheld, "result-code-withheld"},
      {"S11", "endometrium", "th1-ifng-cd4-pct", "endometrium", "spm", withheld,
       "result-code-withheld"},
      {"S11", "peripheral-blood", "unk-cd56-pct-stroma", "peripheral-blood", "spm", withheld,
       "result-code-withheld"},
      {"S11", "urine", "8112-5", "urine", "spm", withheld, "result-code-withheld"},
      {"S11", "peripheral-blood", "5792-7", "peripheral-blood", "spm", withheld,
       "result-code-withheld"},
      {"S11", "menstrual-blood", "8112-5", "menstrual-blood", "spm", withheld,
       "result-code-withheld"},
      {"S11", "cord-blood", "8112-5", "cord-blood", "spm", withheld, "result-code-withheld"},
      {"S17", "peripheral-blood", "8480-6", "not-a-specimen", "loinc-system", kept, ""},
      {"S17", "urine", "29463-7", "not-a-specimen", "loinc-system", kept, ""},
      {"S17", "", "edema-finding", "not-a-specimen", "loinc-system", kept, ""},
  };
  for (const auto& [rule, from, code, type, source, fate, stand_in] : pairings) {
    const auto* target = is_loinc(code) ? loinc(code) : rio(code);
    const auto read = sample_type(stated(from), target, "");
    const std::string where = std::string(rule) + " " + from + " with " + code;
    EXPECT_EQ(read.type, type) << where;
    EXPECT_EQ(read.source, source) << where;
    EXPECT_EQ(read.code, fate) << where;
    EXPECT_EQ(read.stand_in, stand_in) << where;
    if (fate == kept) {
      EXPECT_THAT(read.issues, IsEmpty()) << where;
    } else {
      EXPECT_THAT(read.issues, ElementsAre("code-specimen-conflict")) << where;
    }
  }
}

TEST(SampleType, AConflictIsAnErrorOnlyWhereTheCodeIsWithheld) {
  const auto severity_on = [](const std::string& specimen) {
    const auto made = tests::convert(
        "MSH|^~\\&|LAB|LAB|GW|CLINIC|20250322||ORU^R01|C1|P|2.5.1\nPID|1||P1^^^CLINIC^MR\n"
        "OBR|1|P1|F1|X^Panel^L|||20250322\nOBX|1|NM|4548-4^HbA1c^LN||5.4|%|||||F\nSPM|1|S||" +
        specimen + "^^HL70487\n");
    for (const auto& issue : made.conversion.issues)
      if (issue.code == "code-specimen-conflict") return issue.severity;
    return Severity::information;
  };
  EXPECT_EQ(severity_on("TISS"), Severity::error);
  EXPECT_EQ(severity_on("SER"), Severity::warning);
  EXPECT_EQ(severity_on("BLDV"), Severity::information) << "no conflict at all";
}

TEST(SampleType, S12NoTissueUrineOrMenstrualBloodKeepsABloodCode) {
  const std::string types[] = {"endometrium", "decidua",         "placenta",   "other-tissue",
                               "urine",       "menstrual-blood", "cord-blood", "other-fluid"};
  int seen = 0;
  for (const std::string_view axis_code : {"8112-5", "98030-0", "2345-7", "74756-8", "4548-4"}) {
    for (const std::string& type : types) {
      EXPECT_EQ(sample_type(stated(type), loinc(axis_code), "").code, SampleType::Code::withheld)
          << type << " " << axis_code;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 40);
}

TEST(SampleType, FamiliesAreBloodTissueAndEveryOtherAlone) {
  for (const char* type :
       {"peripheral-blood", "serum", "plasma", "serum-or-plasma", "blood-mononuclear-cells"}) {
    EXPECT_EQ(family_of(type), "blood");
  }
  for (const char* type : {"endometrium", "decidua", "placenta", "other-tissue"}) {
    EXPECT_EQ(family_of(type), "tissue");
  }
  for (const char* type : {"cord-blood", "menstrual-blood", "urine", "other-fluid"}) {
    EXPECT_EQ(family_of(type), type);
  }
}

}  // namespace
}  // namespace gateway::mapping
