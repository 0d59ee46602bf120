#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "gateway/base/result.hpp"
#include "gateway/store/audit.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// Who writes one after another, on a thread of its own: whatever waits when it begins is one
/// group. For who waits in a thread it never waits to fill one. A group of others alone (reads, by
/// their audit rows) waits up to a millisecond until as many are there as were the last time: they
/// come again as soon as they are answered, and a sync costs as much as many reads (TRUST.md §5.1
/// allows two).
class GroupQueue {
 public:
  using Work = std::function<void(Writer&, std::int64_t commit)>;
  struct Job {
    Work work;
    std::size_t messages = 0;
    std::shared_ptr<Awaiting> awaits = nullptr;  // null: a thread does, in `run`
    std::optional<base::Error> error = {};
    bool done = false;
    base::Result<void> outcome() const {
      return error ? base::Result<void>(*error) : base::Result<void>();
    }
  };
  using Group = std::deque<Job*>;
  struct Steps {
    std::function<void(Group&)> write;  // sets the errors; the group is empty where nobody came
    std::function<void()> after;        // behind the answers; may be empty
    std::chrono::milliseconds idle{0};  // 0: nobody is written for who did not come
  };

  explicit GroupQueue(Steps steps);
  ~GroupQueue();  // what waits is still written
  GroupQueue(const GroupQueue&) = delete;
  GroupQueue& operator=(const GroupQueue&) = delete;

  /// Waits until it is done; the job's error, if it has one.
  base::Result<void> run(Work work, std::size_t messages);
  /// Brings no message, and waits for nothing.
  void run(Work work, std::shared_ptr<Awaiting> awaits);

 private:
  void live();
  void gather(std::unique_lock<std::mutex>& lock);
  void tell(const Group& group);

  const Steps steps_;
  std::mutex mutex_;
  std::condition_variable queued_, done_;
  Group queue_;              // guarded by mutex_
  std::size_t hurried_ = 0;  // guarded by mutex_; of the queue, those for which a thread waits
  std::size_t last_ = 0;     // guarded by mutex_; the size of the last group, if nobody hurried it
  bool gathers_ = false;     // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  std::thread thread_;
};

}  // namespace gateway::store::tables
