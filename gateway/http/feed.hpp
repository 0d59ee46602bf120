#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/time.hpp"

namespace gateway::http {

/// A body without an end: what a Response goes on with behind its own (server-sent events). Holds
/// no thread while there is nothing to say.
class Feed {
 public:
  virtual ~Feed() = default;
  /// What is to be sent now; "": nothing. nullopt: the end. Asked by one worker at a time: again at
  /// once while there is something, else at a ring and every second.
  virtual std::optional<std::string> next(const base::Clock& clock) = 0;
};

/// Says that feeds may have something to say. Outlives server and ringers; any thread.
class FeedBell {
 public:
  void ring() {
    ++rings_;
    const std::lock_guard lock(mutex_);
    if (heard_) heard_();
  }
  /// How often it rang: who has looked since knows all.
  std::uint64_t rings() const { return rings_; }
  /// Whom it wakes: the server's loop, while that stands.
  void connect(std::function<void()> heard) {
    const std::lock_guard lock(mutex_);
    heard_ = std::move(heard);
  }

 private:
  std::atomic<std::uint64_t> rings_{0};
  std::mutex mutex_;
  std::function<void()> heard_;  // guarded by mutex_
};

}  // namespace gateway::http
