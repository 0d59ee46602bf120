#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

#include "gateway/store/audit.hpp"

namespace tests {

/// Waits, as a test does, for what becomes durable without a thread of its own.
class Awaited final : public gateway::store::Awaiting {
 public:
  void hear(const gateway::base::Result<void>& outcome) override {
    const std::lock_guard lock(mutex_);
    if (heard_) throw std::logic_error("it was heard twice");
    heard_ = outcome ? "done" : outcome.error().what;
  }
  void ring() override {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  /// How it went; "" if nobody rang in time, or before it was heard.
  std::string outcome() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return rung_; });
    return rung_ && heard_ ? *heard_ : "";
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> heard_;  // guarded by mutex_
  bool rung_ = false;                 // guarded by mutex_
};

}  // namespace tests
