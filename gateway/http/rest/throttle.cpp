#include "gateway/http/rest/throttle.hpp"

#include <algorithm>
#include <cmath>

namespace gateway::http::rest {
namespace {

constexpr std::size_t most_remembered = 10'000;  // clients; who rested is as one never seen

}  // namespace

Throttle::Place::~Place() {
  if (taken_ == nullptr) return;
  const std::lock_guard lock(*mutex_);
  --*taken_;
}

Throttle::Entered Throttle::enter(const std::string& client) {
  const double full = static_cast<double>(limits_.per_second) * Limits::burst_seconds;
  const auto now = clock_.steady_microseconds();
  const std::lock_guard lock(mutex_);
  if (clients_.size() >= most_remembered) forget_rested(now);
  const auto [at, is_new] = clients_.try_emplace(client, Client{full, now, 0});
  Client& one = at->second;
  const double passed = static_cast<double>(now - one.filled_at) / base::microseconds_a_second;
  one.tokens = std::min(full, one.tokens + passed * limits_.per_second);
  one.filled_at = now;
  Entered entered;
  const bool may = one.tokens >= 1 && one.being_answered < limits_.at_once;
  if (may) {
    one.tokens -= 1;
    ++one.being_answered;
    entered.place.emplace(one.being_answered, mutex_);
  } else {
    entered.retry_after_seconds =
        std::max(1, static_cast<int>(std::ceil((1 - one.tokens) / limits_.per_second)));
  }
  entered.remaining = static_cast<int>(one.tokens);
  entered.reset_seconds = static_cast<int>(std::ceil((full - one.tokens) / limits_.per_second));
  return entered;
}

/// Whoever may ask all there is again.
void Throttle::forget_rested(std::int64_t now) {
  std::erase_if(clients_, [&](const auto& client) {
    return client.second.being_answered == 0 &&
           static_cast<double>(now - client.second.filled_at) >=
               base::microseconds_a_second * Limits::burst_seconds;
  });
}

}  // namespace gateway::http::rest
