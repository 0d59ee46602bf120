// What one client may ask (FHIR.md §4).
#include "gateway/http/rest/throttle.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hand_clock.hpp"

namespace {

using gateway::http::rest::Throttle;

TEST(Throttle, SoManyComeAtOnceAndThenSoManyASecond) {
  tests::HandClock clock;
  Throttle throttle({.per_second = 5, .at_once = 100}, clock);
  for (int i = 0; i < 50; ++i) {
    const auto entered = throttle.enter("a");
    EXPECT_TRUE(entered.place) << i;
    EXPECT_EQ(entered.remaining, 49 - i);
  }
  const auto refused = throttle.enter("a");
  EXPECT_FALSE(refused.place);
  EXPECT_EQ(refused.retry_after_seconds, 1);
  EXPECT_EQ(refused.reset_seconds, 10);
  EXPECT_TRUE(throttle.enter("b").place) << "another client has its own";
  clock.pass(std::chrono::milliseconds(400));  // two
  EXPECT_TRUE(throttle.enter("a").place);
  EXPECT_TRUE(throttle.enter("a").place);
  EXPECT_FALSE(throttle.enter("a").place);
  clock.pass(std::chrono::hours(1));
  EXPECT_EQ(throttle.enter("a").remaining, 49);
}

TEST(Throttle, AClientTakesNoMoreThanItsShareOfThoseWhoAnswer) {
  tests::HandClock clock;
  Throttle throttle({.per_second = 100, .at_once = 3}, clock);
  std::vector<Throttle::Entered> held;
  for (int i = 0; i < 3; ++i) held.push_back(throttle.enter("a"));
  EXPECT_FALSE(throttle.enter("a").place);
  EXPECT_TRUE(throttle.enter("b").place);
  held.pop_back();
  EXPECT_TRUE(throttle.enter("a").place);
}

TEST(Throttle, OfManyClientsThoseWhoRestedAreForgotten) {
  tests::HandClock clock;
  Throttle throttle({.per_second = 1, .at_once = 1}, clock);
  const auto held = throttle.enter("held");
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_TRUE(throttle.enter(std::to_string(i)).place);
    clock.pass(std::chrono::milliseconds(2));
  }
  EXPECT_FALSE(throttle.enter("held").place) << "still remembered: one is being answered";
}

}  // namespace
