#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::http {

/// What a ring was about: names that feeds go by, and may not be said in order.
using Subjects = std::vector<std::string>;

/// A body without an end: what a Response goes on with behind its own (server-sent events). Holds
/// no thread while there is nothing to say.
class Feed {
 public:
  /// `subject`: the rings that concern it.
  explicit Feed(std::string subject) : subject_(std::move(subject)) {}
  virtual ~Feed() = default;
  /// What is to be sent now; "": nothing. `has_more`: it is asked again at once.
  struct Said {
    std::string text = {};
    bool has_more = false;
  };
  /// nullopt: the end. Asked by one worker at a time: at a ring, though never twice within 50 ms,
  /// and every second.
  virtual std::optional<Said> next(const base::Clock& clock) = 0;

  bool is_about(const Subjects& subjects) const {
    return std::ranges::find(subjects, subject_) != subjects.end();
  }
  /// There may be something to say. Any thread.
  void note_news() { has_news_ = true; }

 protected:
  /// Since it was last asked for. (Ask before looking: what comes while one looks is news again.)
  bool take_news() { return has_news_.exchange(false); }

 private:
  const std::string subject_;
  std::atomic<bool> has_news_{false};
};

/// Says that feeds may have something to say. Outlives server and ringers; any thread.
class FeedBell {
 public:
  void ring(const Subjects& subjects) {
    const std::lock_guard lock(mutex_);
    if (heard_) heard_(subjects);
  }
  /// Whom it wakes: the server's loop, while that stands.
  void connect(std::function<void(const Subjects&)> heard) {
    const std::lock_guard lock(mutex_);
    heard_ = std::move(heard);
  }

 private:
  std::mutex mutex_;
  std::function<void(const Subjects&)> heard_;  // guarded by mutex_
};

}  // namespace gateway::http
