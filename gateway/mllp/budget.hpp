#pragma once
#include <atomic>
#include <cstddef>

namespace gateway::mllp {

/// The bytes that all connections may hold between a frame's first byte and its answer. An eighth
/// of it serves only frames under 1 MiB, so that frames that never end cannot hold everybody up
/// (TRUST T2). Any thread.
class Budget {
 public:
  explicit Budget(std::size_t bytes) : bytes_(bytes) {}

  /// May somebody who holds `held` bytes read on?
  bool has_room(std::size_t held) const {
    const auto open = held < small_frame ? bytes_ : bytes_ - bytes_ / 8;
    return used_.load(std::memory_order_relaxed) < open;
  }
  void change(std::size_t from, std::size_t to) {
    if (to > from) used_.fetch_add(to - from, std::memory_order_relaxed);
    if (from > to) used_.fetch_sub(from - to, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t small_frame = 1024 * 1024;
  std::size_t bytes_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace gateway::mllp
