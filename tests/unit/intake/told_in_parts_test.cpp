// T3 from the wire to the store: an order told in several messages, and what a search then finds.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::string_view long_ago = "OBX|2|DT|8665-2^LMP^LN||20241203||||||F\r",
                           pregnant = "OBX|2|CWE|82810-3^P^LN||77386006^Pregnant^SCT||||||F\r";

constexpr std::string_view result = "OBX|1|NM|8112-5^NK^LN||5|%|||||F\r";

std::string message(int number, std::string_view rows, std::string_view results = result) {
  const std::string minute = std::to_string(10 + number);
  return "MSH|^~\\&|LABQ|SITE|GW|CL|202503221" + minute + "00-0500||ORU^R01|M" + minute +
         "|P|2.5.1\rPID|1||P1^^^CLINIC^MR||Test||19900101|F\r" +
         "OBR|1||F1|NKP^NK^L|||20250322093000-0500|||||||||||||||||F\r" + std::string(results) +
         std::string(rows);
}

std::vector<fhir::Version> tagged(House& house, const std::string& system_and_code) {
  return house.found(
      "Observation",
      "category=laboratory&_tag=https://immunogate.example/fhir/CodeSystem/" + system_and_code);
}

std::size_t on_day_21(House& house) {
  return house.found("Observation", "code=8112-5&cycle-day=21").size();
}

void expect_pregnant_since_long_ago(House& house) {
  EXPECT_THAT(tagged(house, "gestation|ga-15w4d"), SizeIs(1));
  EXPECT_THAT(tagged(house, "gateway-issue|cycle-day-implausible"), IsEmpty())
      << "no issue of the pregnancy's period";
  house.verified();
}

TEST(T3, APeriodOfTheFirstMessageCountsForThePregnancyOfTheSecond) {
  for (const auto& [first, second] :
       {std::pair(long_ago, pregnant), std::pair(pregnant, long_ago)}) {
    House house;
    EXPECT_THAT(msa(house.say(message(1, first))), StartsWith("MSA|AA"));
    EXPECT_THAT(msa(house.say(message(2, second))), StartsWith("MSA|AA"));
    expect_pregnant_since_long_ago(house);
  }
}

TEST(T3, MessagesOfOneGroupSeeEachOthersAnswers) {
  House house;
  house.open();
  house.store->hold();
  auto before = house.begin(message(0, ""));
  ASSERT_TRUE(house.store->somebody_waits(60s));
  std::vector<std::future<Answered>> answers;
  answers.push_back(house.begin(message(1, long_ago)));
  answers.push_back(house.begin(message(2, pregnant)));
  house.store->release();
  House::end(std::move(before));
  for (auto& answer : answers)
    EXPECT_THAT(msa(House::end(std::move(answer))), StartsWith("MSA|AA"));
  expect_pregnant_since_long_ago(house);
}

TEST(T2, NoSearchFindsAResultByADayWhoseSourceWasWithdrawn) {
  constexpr std::string_view lmp = "OBX|2|DT|8665-2^LMP^LN||20250302||||||F\r",
                             withdrawn = "OBX|2|DT|8665-2^LMP^LN||20250302||||||W\r";
  House house;
  house.say(message(1, lmp));
  EXPECT_EQ(on_day_21(house), 1u);
  EXPECT_THAT(msa(house.say(message(2, withdrawn, ""))), StartsWith("MSA|AA"));
  EXPECT_EQ(on_day_21(house), 0u);
  house.verified();
}

TEST(T7, ASearchFindsAResultByTheAnswerOfAnOlderMessage) {
  constexpr std::string_view lmp = "OBX|2|DT|8665-2^LMP^LN||20250302||||||F\r";
  House house;
  house.say(message(2, ""));
  EXPECT_EQ(on_day_21(house), 0u);
  EXPECT_THAT(msa(house.say(message(1, lmp))), StartsWith("MSA|AA"));
  EXPECT_EQ(on_day_21(house), 1u);
  house.verified();
}

/// Active blood pressures that bear this value.
std::size_t pressures_with(House& house, const std::string& value) {
  const auto all = house.found("Observation", "status=final&code=85354-9");
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& one) {
    return one.body.find("\"value\":" + value) != std::string::npos;
  }));
}

TEST(T7, ASearchFindsBothHalvesWhicheverMessageCameFirst) {
  constexpr std::string_view systolic = "OBX|1|NM|8480-6^S^LN||138|mm[Hg]|||||F\r",
                             diastolic = "OBX|1|NM|8462-4^D^LN||98|mm[Hg]|||||F\r";
  for (const auto& [first, second] : {std::pair(1, 2), std::pair(2, 1)}) {
    House house;
    house.say(message(first, "", first == 1 ? diastolic : systolic));
    EXPECT_THAT(msa(house.say(message(second, "", second == 1 ? diastolic : systolic))),
                StartsWith("MSA|AA"));
    EXPECT_EQ(pressures_with(house, "138"), 1U);
    EXPECT_EQ(pressures_with(house, "98"), 1U);
    house.verified();
  }
}

TEST(S14, ASearchFindsACountByACompartmentThatWasToldBeforeIt) {
  constexpr std::string_view layer = "OBX|1|CWE|UNKLAYER^c^L|1|BAS^bas^L||||||F\r",
                             count = "OBX|1|NM|UNKPCT^u^L|1|6.8|%|||||F\r";
  for (const bool late : {false, true}) {
    House house;
    house.say(message(late ? 2 : 1, "", layer));
    EXPECT_THAT(msa(house.say(message(late ? 1 : 2, "", count))), StartsWith("MSA|AA"));
    EXPECT_THAT(house.found("Observation", "compartment=basalis"), SizeIs(1)) << late;
    EXPECT_THAT(house.found("Observation", "code=endometrial-compartment&status=final"), IsEmpty());
    house.verified();
  }
}

TEST(S13, NoHalfIsFoundTwiceOnceItsUnitIsCorrected) {
  constexpr std::string_view both =
      "OBX|1|NM|8480-6^S^LN||138|mm[Hg]|||||F\rOBX|2|NM|8462-4^D^LN||88|";
  House house;
  const auto said = [&](int number, std::string_view unit) {
    return message(number, "", std::string(both) + std::string(unit) + "|||||F\r");
  };
  const auto active = [&](std::string_view code) {
    return house.found("Observation", "status=final&code=" + std::string(code)).size();
  };
  house.say(said(1, "%"));
  EXPECT_EQ(active("result-code-withheld"), 1U);
  house.say(said(2, "mm[Hg]"));
  EXPECT_EQ(active("result-code-withheld"), 0U);
  EXPECT_EQ(pressures_with(house, "88"), 1U);
  house.say(said(3, "%"));
  EXPECT_EQ(active("result-code-withheld"), 1U);
  EXPECT_EQ(pressures_with(house, "88"), 0U);
  house.verified();
}

}  // namespace
}  // namespace gateway::intake
