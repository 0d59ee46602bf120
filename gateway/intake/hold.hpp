#pragma once
#include <chrono>
#include <cstdint>

#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// What to do with a work the store did not take (INTERFACE.md §4, TRUST §6.1, R2).
enum class Held { keep, close, reject };

/// Kept until it has been here for `hold`; then as the sender's profile says, but an unknown
/// outcome always ends in `close`: who is told "refused" about something durable would file it
/// twice.
Held judge_held(const Work& work, std::int64_t now_steady, std::chrono::seconds hold);

/// How long to wait before the next try, doubling from 10 ms to half a second.
class Pause {
 public:
  std::chrono::milliseconds next() {
    const auto now = next_;
    next_ = std::min(next_ * 2, longest);
    return now;
  }
  void reset() { next_ = shortest; }

 private:
  static constexpr std::chrono::milliseconds shortest{10}, longest{500};
  std::chrono::milliseconds next_ = shortest;
};

}  // namespace gateway::intake
