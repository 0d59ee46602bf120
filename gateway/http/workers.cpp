#include "gateway/http/workers.hpp"

#include <utility>

namespace gateway::http {

Workers::Workers(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  finish();
}

void Workers::give(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(work));
  given_.notify_one();
}

void Workers::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishes_ = true;
    given_.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Workers::work() {
  for (;;) {
    std::function<void()> next;
    {
      std::unique_lock lock(mutex_);
      given_.wait(lock, [this] { return finishes_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next();
  }
}

}  // namespace gateway::http
