#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace gateway::forward {

/// Ends requests that take too long as a whole. A time-out on each read does not: a target that
/// drips one byte at a time meets every one of them. The socket is shut down, which wakes whoever
/// reads or writes it.
class Watch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  struct Watched {
    int descriptor;
    Time until;
    bool ran_out = false;
  };

  /// Watches one socket until it goes out of scope.
  class Guard {
   public:
    Guard(Watch& watch, int descriptor, Time until);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    bool ran_out() const;

   private:
    Watch& watch_;
    std::list<Watched>::iterator entry_;
  };

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watched> watched_;  // guarded by mutex_
  bool ends_ = false;           // guarded by mutex_
  std::thread thread_;          // last: runs on the members above
};

}  // namespace gateway::forward
