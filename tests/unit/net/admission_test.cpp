#include "gateway/net/admission.hpp"

#include <gtest/gtest.h>

using namespace gateway::net;

namespace {

constexpr std::int64_t second = 1'000'000;

TEST(Pace, ASecondsWorthMayComeAtOnceAndTheRestWaits) {
  Pace pace(3);
  EXPECT_TRUE(pace.take(second) && pace.take(second) && pace.take(second));
  EXPECT_FALSE(pace.take(second));
  EXPECT_FALSE(pace.take(second + second / 3 - 1000));
  EXPECT_TRUE(pace.take(second + second / 3 + 1000));
  EXPECT_FALSE(pace.take(second + second / 3 + 1000));
}

TEST(Pace, AQuietHourSavesUpNoMoreThanASecond) {
  Pace pace(2);
  EXPECT_TRUE(pace.take(second));
  EXPECT_TRUE(pace.take(3600 * second) && pace.take(3600 * second));
  EXPECT_FALSE(pace.take(3600 * second));
}

TEST(Addresses, OneHasItsShareAndGetsRoomWhenAConnectionEnds) {
  const auto addresses = std::make_shared<Addresses>(2);
  auto first = addresses->admit("10.0.0.1");
  const auto second_one = addresses->admit("10.0.0.1");
  EXPECT_TRUE(first && second_one);
  EXPECT_FALSE(addresses->admit("10.0.0.1"));
  EXPECT_TRUE(addresses->admit("10.0.0.2"));
  first.reset();
  EXPECT_TRUE(addresses->admit("10.0.0.1"));
}

}  // namespace
