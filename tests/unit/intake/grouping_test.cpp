#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/names.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string observation(House& house) {
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5");
  return found.size() == 1 ? found[0].body : "";
}

TEST(Grouping, ACorrectionUpdatesTheResultItCorrects) {
  House house;
  house.say(House::sample("08"));
  EXPECT_THAT(observation(house), HasSubstr("11.9"));
  house.say(House::sample("09"));
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].version, 2);
  EXPECT_THAT(found[0].body, HasSubstr("12.9"));
  EXPECT_THAT(found[0].body, HasSubstr("\"corrected\""));
}

TEST(Grouping, ACorrectionInTheSameGroupSeesWhatItCorrects) {
  House apart, together;
  apart.say(House::sample("08"));
  apart.say(House::sample("09"));
  for (const auto& answered :
       say_in_one_group(together, {House::sample("08"), House::sample("09")})) {
    EXPECT_THAT(msa(answered), StartsWith("MSA|AA|"));
  }
  EXPECT_EQ(observation(together), observation(apart));
  EXPECT_THAT(observation(together), HasSubstr("12.9"));
  EXPECT_EQ(together.found("Observation", "code=8112-5").at(0).version, 2);
}

TEST(Grouping, TheSameMessageTwiceInOneGroupIsStoredOnce) {
  House house;
  const auto said = say_in_one_group(house, {House::sample("01"), House::sample("01")});
  EXPECT_EQ(msa(said[0]), "MSA|AA|N1001");
  EXPECT_EQ(msa(said[1]), "MSA|AA|N1001");
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Grouping, AControlIdReusedInOneGroupIsNamed) {
  House house;
  const auto said = say_in_one_group(
      house, {House::sample("01"), with(House::sample("01"), "||14.2|", "||14.3|")});
  EXPECT_EQ(err(said[0]), "");
  EXPECT_THAT(err(said[1]), HasSubstr("control-id-reused"));
}

TEST(Grouping, MessagesOfOnePatientStayInOrderWithManyLanes) {
  House house;
  house.options.lanes = 4;
  std::vector<std::future<Answered>> answers;
  const auto base = House::sample("01");
  constexpr int patients = 6, rounds = 5;
  for (int round = 0; round < rounds; ++round) {
    for (int p = 0; p < patients; ++p) {
      auto message = with(base, "P0001^", "PX" + std::to_string(p) + "^");
      message = with(message, "|F1|", "|F" + std::to_string(p) + "|");
      message =
          with(message, "|N1001|", "|M" + std::to_string(p) + "-" + std::to_string(round) + "|");
      message = with(message, "20250324100000-0500",
                     "202503241000" + std::to_string(10 + round) + "-0500");
      answers.push_back(
          house.begin(with(message, "||14.2|", "||" + std::to_string(100 + round) + "|")));
    }
  }
  for (auto& answer : answers)
    EXPECT_THAT(msa(House::end(std::move(answer))), StartsWith("MSA|AA|"));
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5&_count=100");
  ASSERT_THAT(found, SizeIs(patients));
  for (const auto& one : found) {
    EXPECT_THAT(one.body, HasSubstr(":" + std::to_string(100 + rounds - 1)));
    EXPECT_EQ(one.version, rounds);
  }
  EXPECT_EQ(house.verified().arrivals, patients * rounds);
}

/// Sample 01 about a patient, or about somebody else and then that patient, as one of a series.
std::string in_series(int number, bool with_another) {
  auto message = with(House::sample("01"), "|N1001|", "|S" + std::to_string(number) + "|");
  message =
      with(message, "20250324100000-0500", "20250324100" + std::to_string(100 + number) + "-0500");
  message = with(message, "||14.2|", "||" + std::to_string(100 + number) + "|");
  if (!with_another) return message;
  const auto pid = message.find("PID|");
  auto other = with(message.substr(pid), "P0001^", "PY" + std::to_string(number) + "^");
  other = with(other, "|F1|", "|G" + std::to_string(number) + "|");
  if (other.back() != '\r' && other.back() != '\n') other += '\r';
  return message.insert(pid, other);
}

TEST(Grouping, APatientWhoIsSecondInAMessageStaysInOrderToo) {
  House house;
  house.options.lanes = 4;
  constexpr int count = 40;
  std::vector<std::future<Answered>> answers;
  for (int i = 0; i < count; ++i) answers.push_back(house.begin(in_series(i, i % 2 == 1)));
  for (auto& answer : answers)
    EXPECT_THAT(msa(House::end(std::move(answer))), StartsWith("MSA|AA|"));
  const auto found =
      house.found("Observation", "code=http://loinc.org|8112-5&patient.identifier=P0001");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].body, HasSubstr(":" + std::to_string(100 + count - 1)));
  EXPECT_EQ(found[0].version, count);
}

TEST(Grouping, WhatAnotherWriterMovedInBetweenIsComposedAgain) {
  House house;
  house.say(House::sample("08"));
  // Another intake on the same store corrects the same result between reading and writing.
  Intake other(*house.engine, House::catalogue(), {}, house.clock, house.metrics, house.bell);
  house.store->before_next_commit([&] {
    std::promise<void> done;
    other.receive({base::Buffer(std::string_view(House::sample("09"))),
                   &house.listener,
                   {},
                   house.clock.now()},
                  [&](Answered) { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(60s), std::future_status::ready);
  });
  auto later = with(House::sample("09"), "|N2002|", "|N2003|");
  later = with(later, "20250820112000-0500", "20250821112000-0500");
  EXPECT_THAT(msa(house.say(with(later, "||12.9|", "||13.1|"))), StartsWith("MSA|AA|N2003"));
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].version, 3);
  EXPECT_THAT(found[0].body, HasSubstr("13.1"));
}

TEST(Grouping, LanesThatAreFullStopTheDoorUntilThereIsRoom) {
  House house;
  house.options.lanes = 1;
  house.options.lane_depth = 2;
  house.open();
  house.store->hold();
  auto first = house.begin(House::sample("01"));
  EXPECT_TRUE(house.intake->has_room());
  auto second = house.begin(House::sample("02"));
  EXPECT_FALSE(house.intake->has_room());
  std::promise<void> room;
  house.intake->when_room([&] { room.set_value(); });
  house.store->release();
  EXPECT_EQ(room.get_future().wait_for(60s), std::future_status::ready);
  House::end(std::move(first));
  House::end(std::move(second));
  house.intake->drain();
  EXPECT_TRUE(house.intake->has_room());
}

}  // namespace
}  // namespace gateway::intake
