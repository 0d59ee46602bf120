#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/names.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

/// A blob that names the first dictionary and holds no frame of it.
constexpr const char* break_first_pack = "UPDATE arrival SET pack = x'01deadbeef' WHERE number = 1";

std::int64_t refused_for_damage(House& house) {
  return house.metrics.counter(observe::names::unreadable).value();
}

TEST(Unreadable, ADamagedRowRefusesOnlyWhatWouldChangeIt) {
  House house;
  EXPECT_EQ(msa(house.say(House::sample("08"))), "MSA|AA|N2001");
  house.damage(break_first_pack);
  house.store->hold();
  auto opens_the_group = house.begin(House::sample("02"));
  ASSERT_TRUE(house.store->somebody_waits(60s));
  auto needs_it = house.begin(House::sample("09"));  // the correction of 08
  auto other = house.begin(House::sample("01"));     // another patient
  house.store->release();
  EXPECT_EQ(House::end(std::move(opens_the_group)).close, false);
  const auto refused = House::end(std::move(needs_it));
  EXPECT_THAT(msa(refused), StartsWith("MSA|AR|N2002"));
  EXPECT_THAT(refused.bytes, HasSubstr("207"));
  EXPECT_FALSE(refused.close);
  EXPECT_EQ(msa(House::end(std::move(other))), "MSA|AA|N1001");
  EXPECT_EQ(refused_for_damage(house), 1);
}

TEST(Unreadable, AnotherBodyInItsPlaceIsDamageAsWell) {
  House house;
  EXPECT_EQ(msa(house.say(House::sample("08"))), "MSA|AA|N2001");
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
  house.damage(
      "UPDATE arrival SET pack = (SELECT pack FROM arrival WHERE number = 2) WHERE number = 1");
  EXPECT_THAT(msa(house.say(House::sample("09"))), StartsWith("MSA|AR|N2002"));
  EXPECT_EQ(refused_for_damage(house), 1);
}

TEST(Unreadable, AnAnswerThatCannotBeReadIsNotMadeUp) {
  House house;
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
  house.damage("UPDATE arrival SET answer = x'01deadbeef' WHERE number = 1");
  EXPECT_THAT(msa(house.say(House::sample("01"))), StartsWith("MSA|AR|N1001"));
  EXPECT_EQ(msa(house.say(House::sample("08"))), "MSA|AA|N2001");
}

TEST(Unreadable, ADuplicateNeedsNothingButItsFirstAnswer) {
  House house;
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
  house.damage(break_first_pack);
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
  EXPECT_EQ(refused_for_damage(house), 0);
}

TEST(Unreadable, ABundleIsRefusedWithoutHoldingUpAMessage) {
  House house;
  EXPECT_EQ(msa(house.say(House::sample("08"))), "MSA|AA|N2001");
  const auto standing = house.found("Observation", "code=http://loinc.org|8112-5");
  ASSERT_THAT(standing, SizeIs(1));
  house.damage(break_first_pack);
  ReceivedBundle bundle;
  bundle.writes.push_back({standing[0].key, with(standing[0].body, "11.9", "99.9"), "", 0});
  const auto refused = house.say(std::move(bundle));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, StartsWith("internal "));
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
}

}  // namespace
}  // namespace gateway::intake
