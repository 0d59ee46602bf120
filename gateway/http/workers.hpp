#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::http {

/// A few threads that do what they are given, quick and slow work each in the order given. What
/// waits is bounded by who gives: a connection has one request under way.
///
/// To wake a thread costs more than most reads do. So quick work has as many threads as there are
/// processors, and one more that watches: where something waits and nothing was taken for a
/// millisecond, it lends a hand, since the others must be waiting themselves. Slow work has a
/// thread each, as long as there are any.
class Workers {
 public:
  struct Work {
    std::function<void()> run;
    bool is_quick = false;  // does not wait for others, as far as is known: a read
  };
  explicit Workers(int threads);
  ~Workers();

  /// Dropped, where `finish` has begun.
  void give(std::vector<Work> some);
  /// Does what was given, then ends the threads.
  void finish();

 private:
  using Queue = std::deque<std::function<void()>>;
  void live();
  bool sleep(std::unique_lock<std::mutex>& lock);
  void wake(int threads);

  const int at_once_;  // threads of quick work
  std::mutex mutex_;
  std::condition_variable woken_;
  Queue quick_, slow_;          // guarded by mutex_
  std::int64_t taken_ = 0;      // guarded by mutex_; of quick work, ever
  std::int64_t watched_ = 0;    // guarded by mutex_; of it, when the watch last looked
  int busy_ = 0;                // guarded by mutex_; threads with quick work
  int asleep_ = 0, wakes_ = 0;  // guarded by mutex_; threads; how many of them are called
  bool has_watch_ = false;      // guarded by mutex_; one of those asleep
  bool finishes_ = false;       // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace gateway::http
