#pragma once
#include <atomic>
#include <chrono>

#include "gateway/base/time.hpp"

namespace tests {

/// Time that moves when the test says so. Any thread.
class HandClock final : public gateway::base::Clock {
 public:
  gateway::base::Instant now() const override { return {beginning + passed_}; }
  std::int64_t steady_microseconds() const override { return passed_; }
  void pass(std::chrono::microseconds time) { passed_ += time.count(); }

 private:
  static constexpr std::int64_t beginning = 1'742'829'300'000'000;  // 2025-03-24T15:15:00Z
  std::atomic<std::int64_t> passed_{0};
};

}  // namespace tests
