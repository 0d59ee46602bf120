#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace gateway::base {

/// Wakes somebody who sleeps. Ringing before the wait is remembered; many rings are one.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    heard_.notify_all();
  }

  /// Waits for a ring, at most `longest`; true if it rang.
  bool wait_for(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    const bool rang = heard_.wait_for(lock, longest, [this] { return rung_; });
    rung_ = false;
    return rang;
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;  // guarded by mutex_
};

}  // namespace gateway::base
