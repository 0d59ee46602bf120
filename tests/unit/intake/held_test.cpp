#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/intake/hold.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

bool is_answered(const std::future<Answered>& answer, std::chrono::milliseconds within = 0ms) {
  return answer.wait_for(within) == std::future_status::ready;
}

/// A message that was tried once on a store that fails so.
std::future<Answered> begun_on_failing(House& house, std::string_view sample,
                                       ErrorKind kind = ErrorKind::unavailable,
                                       bool durable = false) {
  house.store->fail_commits(kind, durable);
  auto answer = house.begin(House::sample(sample));
  if (!house.store->commits_tried(1, 60s)) throw std::runtime_error("no commit was tried");
  return answer;
}

TEST(Held, AMessageWaitsForTheStoreAndIsThenAccepted) {
  House house;
  auto answer = begun_on_failing(house, "01");
  house.clock.pass(14s);
  EXPECT_FALSE(is_answered(answer, 50ms));
  house.store->heal();
  EXPECT_EQ(msa(House::end(std::move(answer))), "MSA|AA|N1001");
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Held, AfterTheHoldTheConnectionClosesWithoutAnAnswer) {
  House house;
  auto answer = begun_on_failing(house, "01");
  house.clock.pass(15s);
  const auto answered = House::end(std::move(answer));
  EXPECT_EQ(answered.bytes, "");
  EXPECT_TRUE(answered.close);
  house.store->heal();
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001") << "it recovers by itself";
}

TEST(Held, AGatewayThatHoldsNothingTakesMessagesAgainWhenTheStoreIsBack) {
  House house;
  house.options.hold = 0s;
  EXPECT_TRUE(House::end(begun_on_failing(house, "01")).close);
  house.store->heal();
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
}

TEST(Held, AfterTheHoldTheProfileMayWantARefusal) {
  House house;
  house.open(House::catalogue(R"({"when_unavailable":"reject"})"));
  auto answer = begun_on_failing(house, "02");
  house.clock.pass(15s);
  const auto answered = House::end(std::move(answer));
  EXPECT_THAT(msa(answered), StartsWith("MSA|AR|K77"));
  EXPECT_THAT(answered.bytes, HasSubstr("207"));
  EXPECT_FALSE(answered.close);
}

TEST(Held, AnUnknownOutcomeAlwaysCloses) {
  House house;
  house.open(House::catalogue(R"({"when_unavailable":"reject"})"));
  auto answer = begun_on_failing(house, "02", ErrorKind::unknown);
  house.clock.pass(15s);
  const auto answered = House::end(std::move(answer));
  EXPECT_EQ(answered.bytes, "");
  EXPECT_TRUE(answered.close);
}

TEST(Held, WhatWasDurableAfterAllIsFoundAsADuplicateAndStoredOnce) {
  House house;
  auto answer = begun_on_failing(house, "01", ErrorKind::unknown, true);
  house.store->heal();
  EXPECT_EQ(msa(House::end(std::move(answer))), "MSA|AA|N1001");
  EXPECT_EQ(house.verified().arrivals, 1);
  EXPECT_THAT(house.found("Observation", "code=8112-5"), SizeIs(1));
}

TEST(Held, OrderIsKeptThroughAnOutage) {
  House house;
  auto first = begun_on_failing(house, "08");
  auto second = house.begin(House::sample("09"));
  house.store->heal();
  EXPECT_THAT(msa(House::end(std::move(first))), StartsWith("MSA|AA|N2001"));
  EXPECT_THAT(msa(House::end(std::move(second))), StartsWith("MSA|AA|N2002"));
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].body, HasSubstr("12.9"));
}

TEST(Held, MessagesThatComeDuringAnOutageEndByTheirOwnTime) {
  House house;
  auto first = begun_on_failing(house, "01");
  house.clock.pass(10s);
  auto second = house.begin(House::sample("02"));
  house.clock.pass(5s);
  EXPECT_TRUE(House::end(std::move(first)).close);
  EXPECT_FALSE(is_answered(second, 50ms));
  house.clock.pass(10s);
  EXPECT_TRUE(House::end(std::move(second)).close);
}

TEST(JudgeHeld, TheHoldEndsToTheMicrosecond) {
  Work work;
  mapping::SenderProfile profile;
  work.message = std::make_unique<MessageWork>();
  work.message->sender.profile = &profile;
  work.held_since = 100;
  EXPECT_EQ(judge_held(work, 100 + 15'000'000 - 1, 15s), Held::keep);
  EXPECT_EQ(judge_held(work, 100 + 15'000'000, 15s), Held::close);
  profile.reject_when_unavailable = true;
  EXPECT_EQ(judge_held(work, 100 + 15'000'000, 15s), Held::reject);
  work.outcome_unknown = true;
  EXPECT_EQ(judge_held(work, 100 + 15'000'000, 15s), Held::close);
}

}  // namespace
}  // namespace gateway::intake
