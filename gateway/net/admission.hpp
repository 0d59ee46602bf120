#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace gateway::net {

/// So many a second, a second's worth at once; what is above waits in the accept queue: a storm of
/// reconnecting senders is slowed, not refused (TRUST T3). On the acceptor's thread.
class Pace {
 public:
  explicit Pace(int a_second) : a_second_(a_second), left_(a_second) {}

  bool take(std::int64_t steady_microseconds) {
    if (last_ != 0)
      left_ = std::min<double>(
          a_second_, left_ + static_cast<double>(steady_microseconds - last_) * a_second_ / 1e6);
    last_ = steady_microseconds;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  const int a_second_;
  double left_;
  std::int64_t last_ = 0;
};

/// How many connections each address has, so that one cannot have them all. Any thread.
class Addresses : public std::enable_shared_from_this<Addresses> {
 public:
  explicit Addresses(std::size_t most) : most_(most) {}

  /// Held while the connection lives; null: the address has as many as it may.
  std::shared_ptr<void> admit(const std::string& address) {
    const std::lock_guard lock(mutex_);
    auto& count = open_[address];
    if (count >= most_) return nullptr;
    ++count;
    return {this, [self = shared_from_this(), address](void*) { self->leave(address); }};
  }

 private:
  void leave(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(address);
    if (--found->second == 0) open_.erase(found);
  }

  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> open_;  // guarded by mutex_
};

}  // namespace gateway::net
