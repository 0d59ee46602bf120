#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"
#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// OBX-6 as devices and laboratories fill it: codes of several systems, words beside them (N11, F6).
namespace {

using rules::message;
using rules::obr;
using symptoms::only;
using tests::convert;

tests::Converted with_unit(const std::string& unit) {
  return convert(message(obr + "OBX|1|NM|A^Alpha^99Z||5|" + unit + "|1-9||||F\n"));
}

TEST(SentUnits, ACodeOfAnotherSystemIsNoUcum) {
  for (const char* unit : {"264864^MDC_DIM_BEAT_PER_MIN^MDC", "262688^MDC_DIM_PERCENT^MDC",
                           "m^metre^SCT", "31^degC^99LOC", "12^count^99U", "100", "1"}) {
    const auto made = with_unit(unit);
    const auto& result = only(made, "Observation");
    EXPECT_FALSE(result["valueQuantity"]["code"].is_string()) << unit;
    EXPECT_FALSE(result["valueQuantity"]["system"].is_string()) << unit;
    EXPECT_TRUE(result["valueQuantity"]["unit"].is_string()) << unit;
    EXPECT_FALSE(result["referenceRange"].items()[0]["low"]["code"].is_string()) << unit;
    EXPECT_TRUE(made.has_issue("unit-unmapped")) << unit;
  }
}

TEST(SentUnits, TheSecondCodeOrTheWordsSayWhatTheFirstDoesNot) {
  const struct {
    const char *sent, *unit, *code;
  } units[] = {
      {"264864^MDC_DIM_BEAT_PER_MIN^MDC^/min^per minute^UCUM", "MDC_DIM_BEAT_PER_MIN", "/min"},
      {"7^mg^L", "mg", "mg"},
      {"xyz^mg/dL", "mg/dL", "mg/dL"},
      {"1^unity^UCUM", "unity", "1"},
      {"mg/L^^99ROC", "mg/L", "mg/L"},
      {"^mg/dL", "mg/dL", "mg/dL"},
      {"^^^mg^milligram^UCUM", "mg", "mg"},
      {"IU/L^U/L", "U/L", "[IU]/L"},
      {"cells/mm^2", "cells/mm^2", "/mm2"},
      {"/mm^2", "/mm^2", "/mm2"},
      {"kg/m^2", "kg/m^2", "kg/m2"},
      {"K/mm3", "K/mm3", "10*3/mm3"}};
  for (const auto& [sent, unit, code] : units) {
    const auto made = with_unit(sent);
    const auto& quantity = only(made, "Observation")["valueQuantity"];
    EXPECT_EQ(quantity["unit"].text(), unit) << sent;
    EXPECT_EQ(quantity["code"].text(), code) << sent;
    EXPECT_FALSE(made.has_issue("unit-unmapped")) << sent;
  }
}

TEST(SentUnits, TwoUnitsThatDifferAreNeitherAndBothAreShown) {
  for (const char* unit :
       {"mg/dL^mmol/L^L", "mg/dL^mmol/L", "mm(hg)^mm^ANS+", "mg/L^^UCUM^mmol/L^^UCUM",
        "g^^L^mg^^UCUM", "MU/L^mU/L", "ng/mL^pg/mL", "10*3/uL^10*6/L"}) {
    const auto made = with_unit(unit);
    const auto& quantity = only(made, "Observation")["valueQuantity"];
    EXPECT_EQ(quantity["unit"].text(), unit);
    EXPECT_FALSE(quantity["code"].is_string()) << unit;
    EXPECT_TRUE(made.has_issue("unit-unmapped")) << unit;
    EXPECT_EQ(symptoms::unmapped(made).find("OBX[1]-6"), std::string::npos) << unit;
  }
}

TEST(SentUnits, OneUnitSpelledTwiceIsOne) {
  const std::pair<const char*, const char*> units[] = {
      {"mg/dl^mg/dL", "mg/dl"},      {"mL^ML", "mL"},
      {"U/L^IU/L", "U/L"},           {"{cells}/uL^cells/uL", "{cells}/uL"},
      {"%^percent^UCUM", "%"},       {"mm[Hg]^mmHg^UCUM", "mm[Hg]"},
      {"{ratio}^1^UCUM", "{ratio}"}, {"cells/uL^cells/mm3", "/uL"},
      {"mIU/mL^IU/L", "m[IU]/mL"},   {"10*3/uL^10*9/L^UCUM", "10*3/uL"},
      {"pg/mL^ng/L", "pg/mL"}};
  for (const auto& [sent, code] : units)
    EXPECT_EQ(only(with_unit(sent), "Observation")["valueQuantity"]["code"].text(), code) << sent;
}

TEST(SentUnits, WordsThatAreAPartOfTheCodeDoNotSayTheUnit) {
  for (const char* unit : {"beats/min^min^L", "mg/dL FEU^mg/dL^L"}) {
    const auto made = with_unit(unit);
    const auto& quantity = only(made, "Observation")["valueQuantity"];
    EXPECT_FALSE(quantity["code"].is_string()) << unit;
    EXPECT_EQ(quantity["unit"].text(), unit);
  }
}

TEST(SentUnits, APrefixAloneIsNoUnit) {
  for (const char* unit : {"\xC2\xB5", "\xCE\xBC", "u"})
    EXPECT_FALSE(only(with_unit(unit), "Observation")["valueQuantity"]["code"].is_string()) << unit;
}

TEST(SentUnits, AQuantityInAnyFieldIsReadByTheSameRules) {
  const auto made =
      convert(message(obr + "OBX|1|CQ|A^Alpha^99Z||5^264864&MDC_DIM_X&MDC&/min&a minute&UCUM\n" +
                      "SPM|1|S1||BLD||||||||5^7&mL&L\n"));
  EXPECT_EQ(only(made, "Observation")["valueQuantity"]["code"].text(), "/min");
  const auto& quantity = only(made, "Specimen")["collection"]["quantity"];
  EXPECT_EQ(quantity["unit"].text(), "mL");
  EXPECT_EQ(quantity["code"].text(), "mL");
}

}  // namespace
