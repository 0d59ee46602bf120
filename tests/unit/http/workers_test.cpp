#include "gateway/http/workers.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

using gateway::http::Workers;

namespace {

/// Whoever comes waits until all are there.
class Gate {
 public:
  explicit Gate(int all) : missing_(all) {}
  void pass() {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0) changed_.notify_all();
    changed_.wait_for(lock, patience, [this] { return missing_ <= 0; });
  }
  /// Are they, in time?
  bool opens() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return missing_ <= 0; });
  }

 private:
  static constexpr std::chrono::seconds patience{20};
  std::mutex mutex_;
  std::condition_variable changed_;
  int missing_;  // guarded by mutex_
};

int more_than_processors() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 3;
}

TEST(Workers, WhatWaitsBehindQuickWorkThatIsNotQuickIsTakenByOthers) {
  const int all = more_than_processors();
  Gate gate(all);
  Workers workers(all);
  std::vector<Workers::Work> some;
  for (int i = 0; i < all; ++i) some.push_back({[&gate] { gate.pass(); }, true});
  workers.give(std::move(some));
  EXPECT_TRUE(gate.opens());
}

TEST(Workers, WhatComesWhileQuickWorkTakesLongIsTakenByOthers) {
  const int all = more_than_processors();
  Gate gate(all);
  Workers workers(all);
  for (int i = 0; i < all; ++i) workers.give({{[&gate] { gate.pass(); }, true}});
  EXPECT_TRUE(gate.opens());
}

TEST(Workers, SlowWorkHasAThreadEach) {
  const int all = more_than_processors();
  Gate gate(all);
  Workers workers(all);
  for (int i = 0; i < all; ++i) workers.give({{[&gate] { gate.pass(); }}});
  EXPECT_TRUE(gate.opens());
}

TEST(Workers, AllThatWasGivenIsDoneBeforeTheEndAndNothingAfterIt) {
  std::atomic<int> done{0};
  Workers workers(3);
  for (int i = 0; i < 1000; ++i) {
    std::vector<Workers::Work> some;
    for (int j = 0; j < i % 7; ++j) some.push_back({[&done] { ++done; }, j % 2 == 0});
    workers.give(std::move(some));
  }
  workers.finish();
  int given = 0;
  for (int i = 0; i < 1000; ++i) given += i % 7;
  EXPECT_EQ(done, given);
  workers.give({{[&done] { ++done; }, true}});
  EXPECT_EQ(done, given);
}

}  // namespace
