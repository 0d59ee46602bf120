// T2, T5, T7: the messages of one order – prelims, finals, corrections, withdrawals, empty rows –
// end in one state, whichever arrives first.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/unit/mapping/arrivals.hpp"

namespace gateway::mapping {
namespace {

using arrivals::Kind;

const std::string rio = "^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";

const Kind nk{"NM", "8112-5^NK^LN", "", {"9", "14"}, {"%"}, {"5-12", ""}, {"H", ""}, 0.5},
    systolic{"NM", "8480-6^Sys^LN", "", {"120", "134"}, {"mmHg"}, {""}, {"H", ""}, 0.6},
    diastolic{"NM", "8462-4^Dia^LN", "", {"64", "88"}, {"mmHg"}, {"60-80", ""}, {""}, 0.6},
    stroma{"NM", "UNKPCT^u^L", "1", {"6.8", "7.2"}, {"%"}, {""}, {"H", ""}, 0.5},
    layer{"CWE", "UNKLAYER^l^L", "1", {"BAS^b^L", "LUM^l^L"}, {""}, {""}, {""}, 0.5},
    fields{"NM", "UNKFLD^f^L", "1", {"20", "30"}, {""}, {""}, {""}, 0.4},
    leukocytes{"NM", "unk-cd56-pct-leuk^u" + rio, "1", {"40", "50"}, {"%"}, {""}, {""}, 0.4},
    day{"NM", "107139-8^d^LN", "", {"12", "22"}, {""}, {""}, {""}, 0.3},
    period{"DT", "8665-2^l^LN", "", {"20250302", "20250310", "202503"}, {""}, {""}, {""}, 0.3},
    pregnancy{"CWE", "82810-3^p^LN", "",   {"LA15173-0^P^LN", "LA26683-5^N^LN"},
              {""},  {""},           {""}, 0.2},
    progesterone{"ST", "aoe-progesterone-day^p" + rio, "", {"5", "7"}, {""}, {""}, {""}, 0.2},
    surge{"ST", "aoe-lh-plus^s" + rio, "", {"5", "7", "20250316"}, {""}, {""}, {""}, 0.2},
    egg{"CWE", "AOEEGG^e^L", "", {"Y", "N"}, {""}, {""}, {""}, 0.6};

Kind alone(Kind kind) {  // without OBX-4
  kind.sub_id = "";
  return kind;
}

Kind kept(Kind kind) {
  kind.is_kept = true;
  return kind;
}

/// More of them, from another seed: IMMUNOGATE_ORDERS=20000 IMMUNOGATE_ORDERS_SEED=7.
std::uint64_t asked(const char* name, std::uint64_t otherwise) {
  const char* said = std::getenv(name);
  return said == nullptr ? otherwise : std::strtoull(said, nullptr, 10);
}

void expect_one_state(const std::vector<Kind>& kinds, std::uint64_t scenarios,
                      std::size_t messages = 3) {
  const std::uint64_t seed = asked("IMMUNOGATE_ORDERS_SEED", 1),
                      count = asked("IMMUNOGATE_ORDERS", scenarios);
  std::uint64_t differing = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto found =
        arrivals::difference(arrivals::scenario(kinds, seed * 1'000'003 + i, messages));
    if (!found.empty() && ++differing <= 3) ADD_FAILURE() << "scenario " << i << "\n" << found;
  }
  EXPECT_EQ(differing, 0u) << "of " << count;
}

TEST(EveryOrderOfArrival, OfAResultEndsInOneState) {
  expect_one_state({nk}, 20);
}
TEST(EveryOrderOfArrival, OfABloodPressureEndsInOneState) {
  expect_one_state({systolic, diastolic}, 20);
}
TEST(EveryOrderOfArrival, OfACountAndItsComponentsEndsInOneState) {
  expect_one_state({stroma, layer, fields}, 20);
}
TEST(EveryOrderOfArrival, OfACountAndComponentsWithoutObx4EndsInOneState) {
  expect_one_state({alone(stroma), alone(layer), alone(fields)}, 20);
}
TEST(EveryOrderOfArrival, OfAnswersAndTheirResultEndsInOneState) {
  expect_one_state({nk, day, period, pregnancy, progesterone, surge}, 20);
}
TEST(EveryOrderOfArrival, OfADeclaredAllergyEndsInOneState) {
  expect_one_state({nk, egg}, 20);
}
TEST(EveryOrderOfArrival, OfAllOfThemEndsInOneState) {
  expect_one_state({nk, systolic, diastolic, kept(stroma), layer, day, period, egg}, 10);
}
std::string row(const Kind& kind, const std::string& value, const char* status) {
  return "OBX|1|" + kind.type + "|" + kind.code + "|" + kind.sub_id + "|" + value + "|" +
         kind.units.front() + "|||||" + status + "\n";
}

/// The value of a component: of its first coding, or as digits.
std::string part(const fhir::Json& result, std::string_view code) {
  for (const fhir::Json& one : result["component"].items())
    if (tests::code_of(one["code"]) == code)
      return one.has("valueInteger") ? one["valueInteger"].text()
                                     : tests::code_of(one["valueCodeableConcept"]);
  return "";
}

TEST(S14, AComponentToldWithOneOfSeveralCountsIsOfAllOfThem) {
  const std::string first = row(stroma, "6.8", "F") + row(fields, "20", "F"),
                    second = row(leukocytes, "40", "F");
  for (const bool in_order : {true, false}) {
    Laboratory laboratory;
    laboratory.say_at(in_order ? 10 : 11, in_order ? first : second);
    laboratory.say_at(in_order ? 11 : 10, in_order ? second : first);
    for (const char* code : {"unk-cd56-pct-stroma", "unk-cd56-pct-leuk"})
      EXPECT_EQ(part(laboratory.result(code), "fields-counted"), "20") << code << in_order;
    laboratory.say_at(20, row(leukocytes, "41", "C") + row(fields, "30", "C"));
    EXPECT_EQ(part(laboratory.result("unk-cd56-pct-stroma"), "fields-counted"), "30");
  }
}

TEST(S15, WhatACodeImpliesIsNotSharedWithAnotherOfItsGroup) {
  Laboratory laboratory;
  laboratory.say("OBX|1|NM|NK50^x^L|1|30|%|||||F\n");
  laboratory.say("OBX|1|NM|NK25^x^L|1|20|%|||||F\n");
  std::set<std::string> ratios;
  for (const auto& [key, body] : laboratory.bodies())
    for (const fhir::Json& one : body["component"].items())
      if (tests::code_of(one["code"]) == "et-ratio")
        ratios.insert(one["valueRatio"]["numerator"]["value"].text());
  EXPECT_EQ(ratios, (std::set<std::string>{"50", "25"}));
}

TEST(T5, AComponentGoesWithTheCountThatWasTakenBackAfterIt) {
  for (const char* status : {"W", "X"}) {
    const std::vector<std::string> said{row(stroma, "6.8", "F"), row(layer, "BAS^b^L", "F"),
                                        row(stroma, "6.8", status)};
    for (const std::vector<int>& order :
         {std::vector{0, 2, 1}, std::vector{1, 2, 0}, std::vector{2, 1, 0}, std::vector{0, 1, 2}}) {
      Laboratory laboratory;
      for (const int i : order) laboratory.say_at(10 + i, said[static_cast<std::size_t>(i)]);
      const auto alone = laboratory.result("endometrial-compartment");
      EXPECT_TRUE(!alone.is_object() || alone["status"].text() == "entered-in-error") << status;
    }
  }
}

TEST(T12, WhatWasTakenBackBeforeAnEmptyRowStaysGone) {
  for (const std::string& gone : {row(nk, "", "W"), row(nk, "\"\"", "C"), row(nk, "", "X")}) {
    const auto found = arrivals::difference({{row(nk, "14", "F")}, {gone}, {row(nk, "", "C")}});
    EXPECT_EQ(found, "") << gone;
  }
  EXPECT_EQ(arrivals::difference({{row(nk, "14", "F")}, {row(nk, "15", "C")}, {row(nk, "", "C")}}),
            "");
}

TEST(T6, ACorrectionBetweenAResultAndItsUCounts) {
  Laboratory laboratory;
  laboratory.say_at(10, row(nk, "14", "P"));
  laboratory.say_at(12, row(nk, "", "U"));
  laboratory.say_at(11, row(nk, "15", "C"));
  EXPECT_EQ(laboratory.result("8112-5")["valueQuantity"]["value"].text(), "15");
}

TEST(W5, AWithdrawalThatComesLateTakesTheTagOfTheReport) {
  for (const std::string& gone : {row(egg, "", "W"), row(egg, "\"\"", "C")}) {
    Laboratory laboratory;
    laboratory.say_at(10, row(nk, "14", "F") + row(egg, "Y", "F"));
    laboratory.say_at(12, row(nk, "15", "C"));
    EXPECT_TRUE(
        tests::has_tag(laboratory.of_type("DiagnosticReport"), "/safety", "egg-allergy-declared"));
    laboratory.say_at(11, gone);
    EXPECT_FALSE(
        tests::has_tag(laboratory.of_type("DiagnosticReport"), "/safety", "egg-allergy-declared"));
  }
}

}  // namespace
}  // namespace gateway::mapping
