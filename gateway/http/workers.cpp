#include "gateway/http/workers.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gateway::http {
namespace {

constexpr std::chrono::milliseconds watch{1};

}  // namespace

Workers::Workers(int threads)
    : at_once_(static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { live(); });
}

Workers::~Workers() {
  finish();
}

void Workers::give(std::vector<Work> some) {
  const std::lock_guard lock(mutex_);
  if (finishes_) return;
  int slow = 0;
  for (Work& work : some) {
    if (!work.is_quick) ++slow;
    (work.is_quick ? quick_ : slow_).push_back(std::move(work.run));
  }
  const int waiting = static_cast<int>(quick_.size());
  const int room = std::max(0, at_once_ - busy_ - wakes_);
  const bool is_to_be_watched = waiting > room && !has_watch_ && wakes_ == 0;
  wake(slow + std::min(room, waiting) + (is_to_be_watched ? 1 : 0));
}

void Workers::wake(int threads) {
  for (threads = std::min(threads, asleep_ - wakes_); threads > 0; --threads) {
    ++wakes_;
    woken_.notify_one();
  }
}

void Workers::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishes_ = true;
    woken_.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Workers::live() {
  std::unique_lock lock(mutex_);
  const auto run_first = [&lock](Queue& queue) {
    {
      const auto run = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      run();
    }  // and what it held is gone
    lock.lock();
  };
  bool lends_a_hand = false;
  for (;;) {
    if (!slow_.empty()) {
      if (!quick_.empty() && !has_watch_ && wakes_ == 0) wake(1);  // it was the one that watches
      run_first(slow_);
    } else if (!quick_.empty() && (busy_ < at_once_ || lends_a_hand || finishes_)) {
      lends_a_hand = false;
      ++busy_;
      ++taken_;
      if (quick_.size() > 1 && !has_watch_ && wakes_ == 0) wake(1);
      run_first(quick_);
      --busy_;
    } else if (finishes_) {
      return;
    } else {
      lends_a_hand = sleep(lock);
    }
  }
}

/// True: what waits has waited long enough.
bool Workers::sleep(std::unique_lock<std::mutex>& lock) {
  const auto is_called = [this] { return wakes_ > 0 || finishes_; };
  const bool is_lively = busy_ > 0 || !quick_.empty() || taken_ != watched_;
  const bool watches = !has_watch_ && is_lively;
  ++asleep_;
  if (watches) {
    has_watch_ = true;
    watched_ = taken_;
    woken_.wait_for(lock, watch, is_called);
    has_watch_ = false;
  } else {
    woken_.wait(lock, is_called);
  }
  --asleep_;
  if (wakes_ > 0) --wakes_;
  return watches && taken_ == watched_ && !quick_.empty();
}

}  // namespace gateway::http
