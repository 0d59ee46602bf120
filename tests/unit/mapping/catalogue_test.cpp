#include "gateway/mapping/catalogue.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/support/mappings.hpp"

namespace gateway::mapping {
namespace {

namespace canonical = fhir::canonical;
using testing::HasSubstr;

std::string rio() {
  return canonical::code_system(canonical::observation_codes);
}

const Catalogue& shipped() {
  const Catalogue* catalogue = tests::shipped_catalogue();
  if (catalogue == nullptr) throw std::runtime_error("the shipped mappings have problems");
  return *catalogue;
}

TEST(ShippedMappings, EveryFileCompilesWithoutProblem) {
  const auto compiled = compile(tests::shipped_mappings());
  for (const auto& problem : compiled.problems) {
    ADD_FAILURE() << problem.path << ":" << problem.line << ": " << problem.text << "; "
                  << problem.remedy;
  }
  ASSERT_TRUE(compiled.catalogue);
  EXPECT_GE(compiled.catalogue->profiles().size(), 9u);
}

TEST(ShippedMappings, TheVersionFollowsTheContentAndNotTheOrderOfFiles) {
  auto files = tests::shipped_mappings();
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(compile(files).catalogue->version(), shipped().version());
  files.push_back({"fhir/anything.json", "{}"});
  EXPECT_EQ(compile(files).catalogue->version(), shipped().version());
  for (auto& file : files) {
    if (file.path == "units.csv") file.text += "furlongs,m,a test\n";
  }
  EXPECT_NE(compile(files).catalogue->version(), shipped().version());
}

TEST(ShippedMappings, EverySampleLaboratoryIsRecognisedByItsPair) {
  const std::pair<std::string, std::string> pairs[] = {
      {"NORTHLIS", "NORTHLAB"}, {"KLAB", "KILLLAB"},  {"PATHX", "UTERPATH"},
      {"HISTO24", "BOSPATH"},   {"TCELL", "CYTOLAB"}, {"CYTO27", "MULTIPLEX"},
      {"EULIS", "BERLINLAB"},   {"CHEM1", "CLINCHEM"}};
  for (const auto& [application, facility] : pairs) {
    const auto* profile = shipped().profile(application, facility);
    ASSERT_NE(profile, nullptr) << application;
    EXPECT_EQ(profile->name, application);
    EXPECT_EQ(profile->time_zone, "");
    EXPECT_EQ(profile->decimal_comma, "");
    EXPECT_TRUE(profile->certificates.empty());
    EXPECT_EQ(profile->code_map, "samples");
    EXPECT_FALSE(profile->no_result_words.empty()) << "inherited from default.json";
  }
  EXPECT_EQ(shipped().profile("NORTHLIS", "OTHER"), nullptr);
  EXPECT_EQ(shipped().default_profile().name, "default");
}

TEST(ShippedMappings, OnlyNorthlisReadsTheZcySegment) {
  for (const auto& profile : shipped().profiles()) {
    EXPECT_EQ(!profile.z_fields.empty(), profile.name == "NORTHLIS") << profile.name;
  }
  const auto& north = *shipped().profile("NORTHLIS", "NORTHLAB");
  EXPECT_EQ(north.z_fields.at("ZCY-2"), "cycle-day");
  EXPECT_EQ(north.z_fields.at("ZCY-3"), "lmp");
  EXPECT_EQ(north.z_fields.at("ZCY-4"), "cycle-type");
  EXPECT_EQ(north.z_fields.at("ZCY-5"), "cycle-length");
  EXPECT_EQ(north.z_codes.at("ZCY-4").at("NAT"), "natural");
  EXPECT_EQ(north.z_segments, std::vector<std::string>{"ZCY"});
}

struct SampleCode {
  const char* local;
  const char* target;
  std::vector<std::pair<std::string, std::string>> implied = {};
};

TEST(ShippedMappings, TheSampleCodeMapIsTheOneOfTheSamples) {
  using Implied = std::vector<std::pair<std::string, std::string>>;
  const auto lysis = [](const char* ratio, const char* additive) {
    return Implied{{"et-ratio", ratio}, {"in-vitro-additive", additive}};
  };
  const SampleCode codes[] = {
      {"NKB", "pnk-cd56bright-pct-nk"},
      {"NK50", "nk-cytotoxicity", lysis("50:1", "none")},
      {"NK25", "nk-cytotoxicity", lysis("25:1", "none")},
      {"NK12", "nk-cytotoxicity", lysis("12.5:1", "none")},
      {"NK50IL", "nk-cytotoxicity", lysis("50:1", "intralipid")},
      {"NK50IG", "nk-cytotoxicity", lysis("50:1", "ivig")},
      {"NK50PR", "nk-cytotoxicity", lysis("50:1", "prednisolone")},
      {"CD69", "pnk-cd69-pct"},
      {"NKABS", "9728-7"},
      {"IFNG4", "th1-ifng-cd4-pct"},
      {"TNFA4", "th1-tnfa-cd4-pct"},
      {"IL44", "th2-il4-cd4-pct"},
      {"IL104", "th2-il10-cd4-pct"},
      {"RTNF10", "ratio-tnfa-il10"},
      {"RIFN10", "ratio-ifng-il10"},
      {"RIFN4", "ratio-ifng-il4"},
      {"UNKPCT", "unk-cd56-pct-stroma"},
      {"UNKLAYER", "endometrial-compartment"},
      {"UNKFLD", "fields-counted"},
      {"CD56HPF", "unk-cd56-per-hpf", {{"endometrial-compartment", "stroma"}}},
      {"CD16HPF", "unk-cd16-per-hpf"},
      {"CD56MM2", "unk-cd56-per-mm2"},
      {"CD138", "ce-cd138"},
      {"CD138HPF", "ce-cd138-per-10hpf"},
      {"NOYES", "histologic-dating"},
      {"LHPLUS", "aoe-lh-plus"},
      {"AOEEGG", "aoe-egg-allergy"},
      {"AOESOY", "aoe-soy-allergy"},
      {"CYC", "aoe-cycle-type"},
  };
  for (const auto& expected : codes) {
    for (const char* system : {"L", "99KL", ""}) {
      const auto* row = shipped().code(shipped().default_profile(), system, expected.local);
      ASSERT_NE(row, nullptr) << expected.local;
      EXPECT_EQ(row->target->code, expected.target);
      std::vector<std::pair<std::string, std::string>> implied;
      for (const auto& component : row->implied) {
        implied.emplace_back(component.code, component.value);
      }
      EXPECT_EQ(implied, expected.implied) << expected.local;
    }
    for (const char* system : {"LN", "LOINC", "SCT", "HL70136"}) {
      EXPECT_EQ(shipped().code(shipped().default_profile(), system, expected.local), nullptr)
          << "the code map does not speak for " << system;
    }
  }
}

TEST(ShippedMappings, EveryLoincOfTheTargetsPassesItsCheckDigitAndIsFound) {
  const auto text = tests::read_file(tests::source_dir() / "mappings/codes/targets.csv");
  int seen = 0;
  for (std::size_t at = text.find("\nloinc,"); at != std::string::npos;
       at = text.find("\nloinc,", at + 1)) {
    const std::string code = text.substr(at + 7, text.find(',', at + 7) - at - 7);
    EXPECT_TRUE(is_loinc(code)) << code;
    EXPECT_NE(shipped().target("LN", code), nullptr) << code;
    ++seen;
  }
  EXPECT_GT(seen, 70);
}

TEST(ShippedMappings, ContextCodesNameTheirKind) {
  const std::pair<const char*, const char*> codes[] = {{"8665-2", "lmp"},
                                                       {"107139-8", "cycle-day"},
                                                       {"82810-3", "pregnancy-status"},
                                                       {"18185-9", "gestational-age"},
                                                       {"11884-4", "gestational-age"},
                                                       {"49051-6", "gestational-age"},
                                                       {"11778-8", "edd"}};
  for (const auto& [code, kind] : codes) {
    const auto* target = shipped().target("LN", code);
    ASSERT_NE(target, nullptr) << code;
    EXPECT_TRUE(target->context);
    EXPECT_EQ(target->context_kind, kind);
    EXPECT_EQ(target->quantitative(), target->context_kind == "gestational-age")
        << "integers and dates raise no unit-missing, a number of weeks or days does (N11)";
  }
  const auto* soy = shipped().target(rio(), "aoe-soy-allergy");
  ASSERT_NE(soy, nullptr);
  EXPECT_EQ(soy->context_kind, "soy-allergy");
}

TEST(ShippedMappings, AnswersMeanSomethingUnderTheirQuestionOnly) {
  const auto& rules = shipped().default_profile();
  const auto* pregnant = shipped().answer(rules, "82810-3", "LN", "LA15173-0");
  ASSERT_NE(pregnant, nullptr);
  EXPECT_EQ(pregnant->target_system, canonical::snomed);
  EXPECT_EQ(pregnant->target_code, "77386006");
  EXPECT_EQ(pregnant->target_display, "") << "terms of SNOMED CT come from the sender alone";
  EXPECT_EQ(shipped().answer(rules, "82810-3", "LN", "LA26683-5")->target_code, "60001007");
  EXPECT_EQ(shipped().answer(rules, "82810-3", "LN", "LA4489-6"), nullptr);
  EXPECT_EQ(shipped().answer(rules, "endometrial-compartment", "L", "STRFUN")->target_code,
            "stroma-functionalis");
  EXPECT_EQ(shipped().answer(rules, "endometrial-compartment", "L", "LUM")->target_code,
            "stroma-subluminal");
  EXPECT_EQ(shipped().answer(rules, "endometrial-compartment", "L", "BAS")->target_code, "basalis");
  EXPECT_EQ(shipped().answer(rules, "ce-cd138", "L", "NEG"), nullptr);
  EXPECT_EQ(shipped().answer(rules, "aoe-soy-allergy", "L", "Y")->target_system,
            canonical::v2_table("0136"));
  EXPECT_EQ(shipped().answer(rules, "aoe-cycle-type", "L", "Y"), nullptr);
}

TEST(ShippedMappings, CodingSystemsBecomeUris) {
  EXPECT_EQ(shipped().coding_system("LN"), canonical::loinc);
  EXPECT_EQ(shipped().coding_system("2.16.840.1.113883.6.96"), canonical::snomed);
  EXPECT_EQ(shipped().coding_system("HL70487"), canonical::v2_table("0487"));
  EXPECT_EQ(shipped().coding_system("http://loinc.org"), canonical::loinc);
  EXPECT_EQ(shipped().coding_system("1.2.840.99999"), "urn:oid:1.2.840.99999");
  for (const char* local : {"L", "99BL", "", "HL7", "HL7abcd", "1.2", "ln"}) {
    EXPECT_EQ(shipped().coding_system(local), std::nullopt) << local;
  }
}

TEST(ShippedMappings, ClinicIsAnAuthorityOfAllAndOthersBelongToTheirSender) {
  EXPECT_EQ(shipped().authority("CLINIC"), canonical::identifier_system("clinic"));
  EXPECT_EQ(shipped().authority("clinic"), std::nullopt);
  EXPECT_EQ(shipped().display(canonical::code_system("sample-type"), "peripheral-blood"),
            "Peripheral blood");
}

TEST(Loinc, TheCheckDigitDecides) {
  for (const char* code : {"8112-5", "9728-7", "107139-8", "98073-0", "85354-9"}) {
    EXPECT_TRUE(is_loinc(code)) << code;
  }
  for (const char* code : {"8112-6", "8112", "8112-", "-5", "", "08112-5", "8112-55", "8l12-5",
                           "12345678-1", "LA15173-0"}) {
    EXPECT_FALSE(is_loinc(code)) << code;
  }
  EXPECT_EQ(corrected_loinc("8112-6"), "8112-5");
  EXPECT_EQ(corrected_loinc("NKABS"), "NKABS");
}

}  // namespace
}  // namespace gateway::mapping
