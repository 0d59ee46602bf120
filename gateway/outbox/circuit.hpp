#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>

#include "gateway/outbox/backoff.hpp"

namespace gateway::outbox {

/// Whether a target is worth asking (TRUST §6.2): opens at once when the target is wrong, after
/// five transient failures in a row within 30 s, and when half of the last twenty requests failed;
/// then one request tries every 5–60 s, until one succeeds. Times are steady microseconds. Not
/// thread-safe.
class Circuit {
 public:
  enum class State { closed, trying, open };

  explicit Circuit(std::uint64_t seed) : backoff_(seed) {}

  /// May a request begin now? While open that is one request only: it must be told of by one of the
  /// three below.
  bool may_begin(std::int64_t now);
  void succeeded();
  void failed(std::int64_t now);  // transient
  void target_wrong(std::int64_t now);
  /// The target named a time before which it wants nothing (429, 503 with Retry-After).
  void wants_nothing_before(std::int64_t then) { quiet_until_ = std::max(quiet_until_, then); }
  bool is_open() const { return open_; }
  /// Is it of no use to ask now, and when will it be?
  bool is_shut(std::int64_t now) const { return now < next_try(); }
  std::int64_t next_try() const { return std::max(open_ ? next_try_ : 0, quiet_until_); }
  State state() const { return !open_ ? State::closed : trying_ ? State::trying : State::open; }

 private:
  void open(std::int64_t now);
  void note(bool failed);

  Backoff backoff_;
  bool open_ = false, trying_ = false;
  int openings_ = 0;
  std::int64_t next_try_ = 0, quiet_until_ = 0;
  std::deque<std::int64_t> failures_;  // in a row
  std::deque<bool> last_;              // failed?
};

}  // namespace gateway::outbox
