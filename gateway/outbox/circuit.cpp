#include "gateway/outbox/circuit.hpp"

#include <algorithm>

namespace gateway::outbox {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_failures = 5;
constexpr std::size_t looked_at = 20;  // half of them may not fail
constexpr std::int64_t failure_window = std::chrono::microseconds(30s).count();
constexpr std::chrono::milliseconds shortest_pause = 5s, longest_pause = 60s;

}  // namespace

bool Circuit::may_begin(std::int64_t now) {
  if (is_shut(now)) return false;
  if (!open_) return true;
  if (trying_) return false;
  trying_ = true;
  return true;
}

void Circuit::succeeded() {
  if (open_) last_.clear();
  open_ = trying_ = false;
  openings_ = 0;
  failures_.clear();
  note(false);
}

void Circuit::failed(std::int64_t now) {
  if (open_) return open(now);
  while (!failures_.empty() && now - failures_.front() > failure_window) failures_.pop_front();
  failures_.push_back(now);
  note(true);
  const auto failed = std::count(last_.begin(), last_.end(), true);
  const bool half = last_.size() == looked_at && failed * 2 >= static_cast<long>(looked_at);
  if (failures_.size() >= most_failures || half) open(now);
}

void Circuit::target_wrong(std::int64_t now) {
  open(now);
}

void Circuit::note(bool failed) {
  last_.push_back(failed);
  if (last_.size() > looked_at) last_.pop_front();
}

void Circuit::open(std::int64_t now) {
  // Answers of requests that began before it opened do not push the next try away.
  if (open_ && !trying_) return;
  open_ = true;
  trying_ = false;
  const auto most = std::min(longest_pause, shortest_pause * (1 << std::min(openings_, 4)));
  ++openings_;
  next_try_ = now + std::chrono::microseconds(backoff_.between(shortest_pause, most)).count();
}

}  // namespace gateway::outbox
