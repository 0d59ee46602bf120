#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace gateway::outbox {

/// How long a delivery waits: full jitter, `random(0, min(300 s, 1 s·2ⁿ))`; what the target asks
/// for in Retry-After is obeyed up to an hour. One thread.
class Backoff {
 public:
  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  std::chrono::milliseconds after(int attempts, std::optional<std::chrono::seconds> retry_after);
  /// Anything from `least` to `most`.
  std::chrono::milliseconds between(std::chrono::milliseconds least,
                                    std::chrono::milliseconds most);

 private:
  std::mt19937_64 random_;
};

}  // namespace gateway::outbox
