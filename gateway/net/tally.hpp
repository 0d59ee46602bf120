#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "gateway/observe/metrics.hpp"

namespace gateway::net {

/// How many connections of a door are open, for its gauge and for who waits until none is. Any
/// thread.
class Tally {
 public:
  explicit Tally(observe::Gauge& gauge) : gauge_(gauge) {}

  void change(int by) {
    const std::lock_guard lock(mutex_);
    open_ += static_cast<std::size_t>(by);
    gauge_.set(static_cast<double>(open_));
    if (open_ == 0) none_.notify_all();
  }
  std::size_t open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  /// True when none is open, at the latest after `longest`.
  bool wait_for_none(std::chrono::milliseconds longest) const {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, longest, [this] { return open_ == 0; });
  }

 private:
  observe::Gauge& gauge_;
  mutable std::mutex mutex_;
  mutable std::condition_variable none_;
  std::size_t open_ = 0;  // guarded by mutex_
};

}  // namespace gateway::net
