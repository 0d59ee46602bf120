#include "gateway/fhir/search/unit.hpp"

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "gateway/fhir/search/embedded.hpp"

namespace gateway::fhir::search {
namespace {

using base::DecimalText;

DecimalText in(const char* number, const char* from, const char* to) {
  const auto a = Unit::read(from), b = Unit::read(to);
  EXPECT_TRUE(a && b) << from << ' ' << to;
  return a->in(*b, *DecimalText::parse(number));
}
bool are_alike(std::string_view one, std::string_view other) {
  const auto a = Unit::read(one), b = Unit::read(other);
  EXPECT_TRUE(a && b) << one << ' ' << other;
  return a->is_like(*b);
}

TEST(Unit, TellsANumberInAnotherOfItsKindExactly) {
  EXPECT_EQ(in("300", "/uL", "10*9/L"), *DecimalText::parse("0.3"));
  EXPECT_EQ(in("2.5", "pg/mL", "ng/L"), *DecimalText::parse("2.5"));
  EXPECT_EQ(in("0.1", "g/L", "mg/dL"), *DecimalText::parse("10"));
  EXPECT_EQ(in("-7", "kg", "g"), *DecimalText::parse("-7000"));
  EXPECT_EQ(in("0", "U/L", "kat/L"), *DecimalText::parse("0"));
  EXPECT_EQ(in("12345678901234567890.123456789", "m", "mm"),
            *DecimalText::parse("12345678901234567890123.456789"));
  EXPECT_EQ(in("60", "umol/min", "umol/s"), *DecimalText::parse("1"));
}

TEST(Unit, ANumberWithoutEndIsComparedAsTheExactOne) {
  const auto third = in("1", "/min", "/s");  // 0.01666…
  EXPECT_GT(third, *DecimalText::parse("0.0166666666666666666666666666666666666666666666666666"));
  EXPECT_LT(third, *DecimalText::parse("0.0166666666666666666666666666666666666666666666666667"));
  const auto negative = in("-1", "/min", "/s");
  EXPECT_LT(negative,
            *DecimalText::parse("-0.0166666666666666666666666666666666666666666666666666"));
}

TEST(Unit, ComparesWithItselfAloneWhereItIsNoMultipleOfAnother) {
  EXPECT_TRUE(are_alike("[IU]/L", "m[IU]/mL"));
  EXPECT_FALSE(are_alike("[IU]/L", "U/L"));
  EXPECT_FALSE(are_alike("[IU]/L", "/L"));
  EXPECT_FALSE(are_alike("/[HPF]", "1"));
  EXPECT_FALSE(are_alike("/[HPF]", "/[LPF]"));
  EXPECT_FALSE(are_alike("Cel", "K"));
  EXPECT_TRUE(are_alike("Cel", "Cel"));
  EXPECT_FALSE(are_alike("{ratio}", "1"));
  EXPECT_FALSE(are_alike("{ratio}", "{index}"));
  EXPECT_FALSE(are_alike("{cells}/uL", "/uL"));
  EXPECT_TRUE(are_alike("{cells}/uL", "10*9{cells}/L"));
  EXPECT_FALSE(are_alike("mol/L", "/L")) << "molecules are no cells";
  EXPECT_FALSE(are_alike("meq/L", "mmol/L")) << "that takes the charge";
  EXPECT_TRUE(are_alike("%", "1"));
  EXPECT_TRUE(are_alike("U/L", "nkat/L"));
}

TEST(Unit, ReadsTheGrammarOfUcumAndNothingElse) {
  for (const char* code : {"kg.m/s2", "kg.m.s-2", "(kg.m)/(s.s)", "/(10.[HPF])", "10*-3", "10^9/L",
                           "10*+3/uL", "mL/min/{1.73_m2}", "g/(24.h)", "m[H2O]", "B[10.nV]", "2.m",
                           "u[IU]/mL", "[in_i'Hg]", "{x}", "m2{BSA}", "100"})
    EXPECT_TRUE(Unit::read(code)) << code;
  for (const char* code : {"",
                           " ",
                           "percent",
                           "kPa ",
                           "kpa",
                           "cells/uL",
                           "/",
                           "m/",
                           "m//s",
                           "m..s",
                           "(m",
                           "m)",
                           "{",
                           "{a",
                           "{a{b}}",
                           "m{",
                           "10*9999",
                           "m0",
                           "m-",
                           "m+-2",
                           "(m)2",
                           "kkg",
                           "kmin",
                           "k%",
                           "k[lb_av]",
                           "((((((((((m))))))))))",
                           "\xC2\xB5g",
                           "mg/dl\n",
                           "10*40.10*40.10*40.10*40.10*40.10*40.10*40."
                           "10*40.10*40.10*40.10*40.10*40.10*40.10*40.10*40.10*40"})
    EXPECT_FALSE(Unit::read(code)) << code;
}

TEST(Unit, ReadsEveryDefinition) {
  std::istringstream text{std::string(embedded::unit_definitions())};
  int units = 0;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("base,") && !line.starts_with("unit,")) continue;
    const auto from = line.find(',') + 1;
    EXPECT_TRUE(Unit::read(line.substr(from, line.find(',', from) - from))) << line;
    ++units;
  }
  EXPECT_GT(units, 300);
}

/// What UCUM calls a base of its own here: these the package counts as plain numbers, or converts
/// by more than a factor.
bool is_apart(const std::string& code) {
  for (const char* part : {"{", "[HPF]", "Cel", "[degF]", "K"})
    if (code.find(part) != code.npos) return true;
  return false;
}

TEST(Unit, SaysOfEachUnitInUseWhatThePackageSaysThatItsDefinitionsAreOf) {
  std::ifstream file(std::string(IMMUNOGATE_SOURCE_DIR) +
                     "/tests/unit/fhir/search/units_expected.csv");
  std::map<std::pair<std::string, std::string>, double> expected;
  std::set<std::string> codes;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#') || line.starts_with("from,")) continue;
    const auto first = line.find(','), second = line.find(',', first + 1);
    const auto from = line.substr(0, first), to = line.substr(first + 1, second - first - 1);
    expected[{from, to}] = std::stod(line.substr(second + 1));
    codes.insert({from, to});
  }
  ASSERT_GT(codes.size(), 60U);
  for (const auto& from : codes)
    for (const auto& to : codes) {
      if (from > to) continue;
      const auto said = expected.find({from, to});
      const bool arbitrary = from.find("[IU]") != from.npos;  // the package refuses to scale these
      if (!are_alike(from, to)) {
        EXPECT_TRUE(said == expected.end() || is_apart(from) || is_apart(to)) << from << ' ' << to;
        continue;
      }
      if (arbitrary) continue;
      ASSERT_NE(said, expected.end()) << from << ' ' << to;
      EXPECT_NEAR(std::stod(in("1", from.c_str(), to.c_str()).text()) / said->second, 1, 1e-12)
          << from << ' ' << to;
    }
}

}  // namespace
}  // namespace gateway::fhir::search
