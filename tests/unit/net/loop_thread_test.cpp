#include "gateway/net/loop_thread.hpp"

#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "gateway/net/tally.hpp"
#include "gateway/observe/names.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;
constexpr auto patience = 10s;

TEST(LoopThread, LooksAgainAndAgainOnItsOwnThread) {
  net::LoopThread loop;
  std::promise<std::thread::id> third;
  int looks = 0;
  loop.start(1ms, [&] {
    if (++looks == 3) third.set_value(std::this_thread::get_id());
  });
  auto where = third.get_future();
  ASSERT_EQ(where.wait_for(patience), std::future_status::ready);
  EXPECT_NE(where.get(), std::this_thread::get_id());
  loop.stop();
  EXPECT_FALSE(loop.is_running());
}

TEST(LoopThread, WhatIsPostedIsDoneInOrder) {
  net::LoopThread loop;
  std::promise<std::string> done;
  std::string order;
  loop.post([&] { order += "a"; });
  loop.post([&] { done.set_value(order + "b"); });
  loop.start(500ms, [] {});
  auto said = done.get_future();
  ASSERT_EQ(said.wait_for(patience), std::future_status::ready);
  EXPECT_EQ(said.get(), "ab");
  loop.stop();
}

TEST(LoopThread, LooksFourTimesWithinTheShortestDeadlineButNeverWithoutRest) {
  EXPECT_EQ(net::often_enough_for(400ms), 100ms);
  EXPECT_EQ(net::often_enough_for(1ms), 5ms);
  EXPECT_EQ(net::often_enough_for(60s), 500ms);
}

TEST(Tally, TellsWhoWaitsThatNoneIsOpen) {
  observe::Metrics metrics;
  net::Tally open(metrics.gauge(observe::names::connections, {{"door", "test"}}));
  EXPECT_TRUE(open.wait_for_none(0ms));
  open.change(+1);
  open.change(+1);
  EXPECT_EQ(open.open(), 2U);
  EXPECT_FALSE(open.wait_for_none(1ms));
  // It waits for longer than the test does, so that being told is all that can end it in time.
  std::promise<void> begins;
  auto waits = std::async(std::launch::async, [&] {
    begins.set_value();
    return open.wait_for_none(2 * patience);
  });
  begins.get_future().wait();
  open.change(-1);
  open.change(-1);
  ASSERT_EQ(waits.wait_for(patience), std::future_status::ready);
  EXPECT_TRUE(waits.get());
}

}  // namespace
}  // namespace gateway
