#include "gateway/forward/watch.hpp"

#include <algorithm>

#include <sys/socket.h>
#include <unistd.h>

namespace gateway::forward {

Watch::Watch() : thread_([this] { run(); }) {}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Watch::Guard::Guard(Watch& watch, int descriptor, Time until) : watch_(watch) {
  // A descriptor of our own: the library may close its one first, and the number be somebody
  // else's when the time runs out.
  const int own = dup(descriptor);
  {
    const std::lock_guard lock(watch_.mutex_);
    watch_.watched_.push_back({own, until, false});
    entry_ = std::prev(watch_.watched_.end());
  }
  watch_.changed_.notify_all();
}

Watch::Guard::~Guard() {
  const std::lock_guard lock(watch_.mutex_);
  if (entry_->descriptor >= 0) close(entry_->descriptor);
  watch_.watched_.erase(entry_);
}

bool Watch::Guard::ran_out() const {
  const std::lock_guard lock(watch_.mutex_);
  return entry_->ran_out;
}

void Watch::run() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    const auto now = std::chrono::steady_clock::now();
    auto next = now + std::chrono::hours(1);
    for (Watched& one : watched_) {
      if (one.ran_out) continue;
      if (one.until <= now) {
        one.ran_out = true;
        shutdown(one.descriptor, SHUT_RDWR);
      } else {
        next = std::min(next, one.until);
      }
    }
    changed_.wait_until(lock, next);
  }
}

}  // namespace gateway::forward
