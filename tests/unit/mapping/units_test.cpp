#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/sample_type.hpp"

#include "tests/support/mappings.hpp"

namespace gateway::mapping {
namespace {

const Catalogue& shipped() {
  const Catalogue* catalogue = tests::shipped_catalogue();
  if (catalogue == nullptr) throw std::runtime_error("the shipped mappings have problems");
  return *catalogue;
}

std::string ucum(std::string_view sent, const SenderProfile& profile) {
  return shipped().unit(profile, sent).value_or("unmapped");
}
std::string ucum(std::string_view sent) {
  return ucum(sent, shipped().default_profile());
}

TEST(Units, N11EverySenderUnitOfTheTableIsMapped) {
  const std::pair<const char*, const char*> units[] = {{"cells/uL", "/uL"},
                                                       {"cells/\xC2\xB5L", "/uL"},
                                                       {"cells/\xCE\xBCL", "/uL"},
                                                       {"/\xC2\xB5L", "/uL"},
                                                       {"cells/mm3", "/mm3"},
                                                       {"/mm3", "/mm3"},
                                                       {"/cumm", "/mm3"},
                                                       {"x10E6/L", "10*6/L"},
                                                       {"10^6/L", "10*6/L"},
                                                       {"x10E9/L", "10*9/L"},
                                                       {"10^9/L", "10*9/L"},
                                                       {"G/L", "10*9/L"},
                                                       {"K/uL", "10*3/uL"},
                                                       {"x10E3/uL", "10*3/uL"},
                                                       {"/HPF", "/[HPF]"},
                                                       {"/hpf", "/[HPF]"},
                                                       {"cells/HPF", "/[HPF]"},
                                                       {"/10HPF", "/(10.[HPF])"},
                                                       {"/10 HPF", "/(10.[HPF])"},
                                                       {"cells/mm2", "/mm2"},
                                                       {"/sqmm", "/mm2"},
                                                       {"mIU/mL", "m[IU]/mL"},
                                                       {"mIU/ml", "m[IU]/mL"},
                                                       {"IU/L", "[IU]/L"},
                                                       {"IU/mL", "[IU]/mL"},
                                                       {"mmHg", "mm[Hg]"},
                                                       {"mm Hg", "mm[Hg]"},
                                                       {"pg/ml", "pg/mL"},
                                                       {"ng/ml", "ng/mL"},
                                                       {"mEq/L", "meq/L"},
                                                       {"ratio", "{ratio}"},
                                                       {":1", "{ratio}"},
                                                       {"percent", "%"},
                                                       {"pct", "%"},
                                                       {"weeks", "wk"},
                                                       {"days", "d"}};
  for (const auto& [sent, code] : units) {
    EXPECT_EQ(ucum(sent), code) << sent;
    EXPECT_EQ(ucum(" " + std::string(sent) + " "), code) << sent;
  }
}

TEST(Units, N11ValidUcumStandsForItselfAndOtherTextIsUnmapped) {
  for (const char* code : {"%", "/uL", "10*9/L", "pg/mL", "ng/L", "mg/dL", "mmol/L", "{ratio}",
                           "mm[Hg]", "[IU]/L", "mg/(24.h)", "/[HPF]", "U/L", "{LU}", "mmol/mol"}) {
    EXPECT_EQ(ucum(code), code);
  }
  EXPECT_EQ(ucum("\xC2\xB5mol/L"), "umol/L");
  for (const char* text : {"cells", "Percent", "MG/DL", "F", "C", "H", "%%", "mg/", "/", "mg//L",
                           "", "mg/24.h)", "(mg", "units", "{open", "x", "mg dL", "24h", "g-"}) {
    EXPECT_EQ(ucum(text), "unmapped") << text;
  }
}

TEST(Units, N11TheProfileGoesBeforeTheTable) {
  SenderProfile profile = shipped().default_profile();
  profile.units = {{"/hpf", "/mm2"}};
  EXPECT_EQ(ucum("/hpf", profile), "/mm2");
  EXPECT_EQ(ucum("/HPF", profile), "/[HPF]");
}

TEST(Units, UcumIsBoundedInLengthAndDepth) {
  EXPECT_TRUE(is_ucum("((((((((g))))))))"));
  EXPECT_FALSE(is_ucum("(((((((((g)))))))))"));
  EXPECT_FALSE(is_ucum(std::string(200, '(')));
  std::string dots = "g";
  while (dots.size() < 64) dots += ".g";
  EXPECT_FALSE(is_ucum(dots));
  EXPECT_FALSE(is_ucum("m999"));
}

struct Fit {
  Property property;
  std::vector<const char*> fitting, strange;
};

TEST(Units, S13ThePropertyDecidesWhichUnitsMeasureIt) {
  const Fit fits[] = {
      {Property::mass_concentration,
       {"pg/mL", "ng/L", "mg/dL", "g/L"},
       {"pmol/L", "nmol/L", "%", "[IU]/L", "mg", "/uL", "mg/g", "mg/(24.h)"}},
      {Property::substance_concentration,
       {"mmol/L", "pmol/L", "meq/L"},
       {"mg/dL", "[IU]/L", "%", "mmol", "mmol/mol"}},
      {Property::number_concentration,
       {"/uL", "/mm3", "10*6/L", "10*9/L", "10*3/uL", "{cells}/uL"},
       {"%", "/mm2", "mg/dL", "10*9", "/[HPF]"}},
      {Property::arbitrary_concentration,
       {"m[IU]/mL", "[IU]/L", "U/L", "mU/mL"},
       {"ng/mL", "mmol/L", "%"}},
      {Property::catalytic_concentration, {"U/L", "ukat/L", "[IU]/L"}, {"mg/dL", "%", "U"}},
      {Property::number_fraction, {"%", "{ratio}", "10*-2"}, {"/uL", "mmol/mol", "mg/g", "/[HPF]"}},
      {Property::mass_fraction, {"%"}, {"mmol/mol", "mg/dL"}},
      {Property::substance_ratio, {"mmol/mol"}, {"%", "mg/g", "mmol/L"}},
      {Property::mass_ratio, {"mg/g", "g/g"}, {"mg/mmol", "mg/dL", "mmol/mol", "%"}},
      {Property::number_ratio, {"{ratio}", "1"}, {"%", "/uL", "mg/g"}},
      {Property::mass_rate, {"mg/(24.h)", "g/(24.h)", "mg/d"}, {"mg", "mg/dL", "mg/24.h"}},
      {Property::pressure, {"mm[Hg]", "kPa"}, {"mm", "%"}},
      {Property::mass, {"kg", "[lb_av]"}, {"kg/m2", "L"}},
      {Property::number_areic,
       {"/mm2", "/[HPF]", "/(10.[HPF])", "{count}/{section}"},
       {"%", "/uL", "mg/dL"}},
      {Property::quantity, {"{LU}", "%", "mg/dL"}, {}},
      {Property::none, {"{LU}", "%", "mg/dL"}, {}},
  };
  for (const Fit& fit : fits) {
    const int number = static_cast<int>(fit.property);
    for (const char* unit : fit.fitting)
      EXPECT_TRUE(unit_fits(fit.property, unit)) << number << unit;
    for (const char* unit : fit.strange)
      EXPECT_FALSE(unit_fits(fit.property, unit)) << number << unit;
    EXPECT_TRUE(unit_fits(fit.property, "no unit")) << "an unmapped unit decides nothing";
  }
}

TEST(Units, S13EveryCodeTakesTheUnitsItsRowNames) {
  EXPECT_EQ(shipped().target("LN", "2839-9")->unit, "ng/mL");
  EXPECT_FALSE(unit_fits(shipped().target("LN", "2839-9")->property, "nmol/L"));
  EXPECT_TRUE(unit_fits(shipped().target("LN", "14890-8")->property, "nmol/L"));
  EXPECT_TRUE(unit_fits(shipped().target("LN", "27161-9")->property, "ng/L"));
  EXPECT_FALSE(unit_fits(shipped().target("LN", "34439-0")->property, "%"))
      << "per cent lysis is no units/volume";
}

TEST(Units, S13ACountPerFieldIsNonePerSquareMillimetre) {
  const struct {
    const char *code, *fitting, *strange;
  } codes[] = {{"unk-cd56-per-mm2", "/mm2", "/[HPF]"},
               {"unk-cd56-per-hpf", "/[HPF]", "/mm2"},
               {"ce-cd138-per-10hpf", "/[HPF]", "/mm2"},
               {"ce-cd138-per-section", "{count}/{section}", "/mm2"}};
  const auto rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  for (const auto& one : codes) {
    const auto* target = shipped().target(rio, one.code);
    ASSERT_NE(target, nullptr) << one.code;
    EXPECT_TRUE(unit_fits(*target, one.fitting)) << one.code;
    EXPECT_FALSE(unit_fits(*target, one.strange)) << one.code;
  }
}

}  // namespace
}  // namespace gateway::mapping
