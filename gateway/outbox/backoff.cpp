#include "gateway/outbox/backoff.hpp"

#include <algorithm>

namespace gateway::outbox {

using namespace std::chrono_literals;

std::chrono::milliseconds Backoff::after(int attempts,
                                         std::optional<std::chrono::seconds> retry_after) {
  constexpr std::chrono::milliseconds longest = 300s;
  const std::chrono::milliseconds doubled(1000LL << std::clamp(attempts, 0, 20));
  const auto jittered = between(0ms, std::min(doubled, longest));
  if (!retry_after) return jittered;
  const std::chrono::milliseconds asked = std::clamp<std::chrono::seconds>(*retry_after, 0s, 1h);
  return std::max(jittered, asked);
}

std::chrono::milliseconds Backoff::between(std::chrono::milliseconds least,
                                           std::chrono::milliseconds most) {
  std::uniform_int_distribution<std::int64_t> any(least.count(), std::max(least, most).count());
  return std::chrono::milliseconds(any(random_));
}

}  // namespace gateway::outbox
