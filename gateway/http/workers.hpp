#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::http {

/// A few threads that do what they are given, in the order given. What waits is bounded by who
/// gives: a connection has one request under way.
class Workers {
 public:
  explicit Workers(int threads);
  ~Workers();

  void give(std::function<void()> work);
  /// Does what was given, then ends the threads.
  void finish();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable given_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool finishes_ = false;                      // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace gateway::http
