#pragma once
#include <chrono>
#include <cstdint>
#include <deque>

#include "gateway/outbox/backoff.hpp"

namespace gateway::outbox {

/// Whether a target is worth asking (TRUST §6.2): opens at once when the target is wrong, and after
/// five transient failures in 30 s; then one request tries every 5–60 s, until one succeeds. Times
/// are steady microseconds. Not thread-safe.
class Circuit {
 public:
  explicit Circuit(std::uint64_t seed) : backoff_(seed) {}

  /// May a request begin now? While open that is one request only: it must be told of by one of the
  /// three below.
  bool may_begin(std::int64_t now);
  void succeeded();
  void failed(std::int64_t now);  // transient
  void target_wrong(std::int64_t now);
  bool is_open() const { return open_; }
  /// When to ask again; only while open.
  std::int64_t next_try() const { return next_try_; }

 private:
  void open(std::int64_t now);

  Backoff backoff_;
  bool open_ = false, trying_ = false;
  int openings_ = 0;
  std::int64_t next_try_ = 0;
  std::deque<std::int64_t> failures_;
};

}  // namespace gateway::outbox
