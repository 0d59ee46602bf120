// T3 from the wire to the store: an order told in several messages, and what a search then finds.
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

}  // namespace
}  // namespace gateway::intake
