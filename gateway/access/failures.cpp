#include "gateway/access/failures.hpp"

namespace gateway::access {

constexpr std::size_t most_failing = 10'000;

bool Failures::too_many(const std::string& whose) {
  const auto since = clock_.steady_microseconds() - within_;
  const std::lock_guard lock(mutex_);
  const auto known = failures_.find(whose);
  if (known == failures_.end()) return false;
  std::erase_if(known->second, [since](std::int64_t at) { return at <= since; });
  return known->second.size() >= most_;
}

void Failures::count(const std::string& whose) {
  const auto now = clock_.steady_microseconds();
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= most_failing)
    std::erase_if(failures_, [&](const auto& one) {
      return one.second.empty() || one.second.back() <= now - within_;
    });
  if (failures_.size() >= most_failing) failures_.clear();  // a limit, not a memory to fill
  auto& times = failures_[whose];
  if (times.size() < most_) times.push_back(now);
}

}  // namespace gateway::access
