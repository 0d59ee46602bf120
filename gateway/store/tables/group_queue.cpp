#include "gateway/store/tables/group_queue.hpp"

#include <utility>
#include <vector>

namespace gateway::store::tables {
namespace {

constexpr std::chrono::milliseconds longest_gathering{1};

}  // namespace

GroupQueue::GroupQueue(Steps steps) : steps_(std::move(steps)), thread_([this] { live(); }) {}

GroupQueue::~GroupQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

base::Result<void> GroupQueue::run(Work work, std::size_t messages) {
  Job job{std::move(work), messages};
  std::unique_lock lock(mutex_);
  queue_.push_back(&job);
  ++hurried_;
  queued_.notify_one();
  done_.wait(lock, [&job] { return job.done; });
  return job.outcome();
}

void GroupQueue::run(Work work, std::shared_ptr<Awaiting> awaits) {
  auto job = std::make_unique<Job>(Job{std::move(work), 0, std::move(awaits)});
  const std::lock_guard lock(mutex_);
  queue_.push_back(job.get());
  (void)job.release();  // `tell` ends it
  if (!gathers_ || queue_.size() >= last_) queued_.notify_one();
}

void GroupQueue::gather(std::unique_lock<std::mutex>& lock) {
  if (hurried_ == 0 && queue_.size() < last_) {
    gathers_ = true;
    queued_.wait_for(lock, longest_gathering,
                     [this] { return stopping_ || hurried_ > 0 || queue_.size() >= last_; });
    gathers_ = false;
  }
  last_ = hurried_ == 0 ? queue_.size() : 0;
  hurried_ = 0;
}

/// Each that waits hears of it; then each is woken, so that who wakes up finds all of its own.
void GroupQueue::tell(const Group& group) {
  std::vector<std::unique_ptr<Job>> own;
  bool somebody_waits = false;
  {
    const std::lock_guard lock(mutex_);
    for (Job* job : group) {
      if (job->awaits) {
        own.emplace_back(job);
      } else {
        somebody_waits = true;
        job->done = true;  // the last touch: its owner may be gone after it
      }
    }
  }
  if (somebody_waits) done_.notify_all();
  for (const auto& job : own) job->awaits->hear(job->outcome());
  for (const auto& job : own) job->awaits->ring();
}

void GroupQueue::live() {
  Group group;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      const auto is_awaited = [this] { return stopping_ || !queue_.empty(); };
      if (steps_.idle.count() == 0)
        queued_.wait(lock, is_awaited);
      else
        queued_.wait_for(lock, steps_.idle, is_awaited);
      if (queue_.empty() && stopping_) return;
      gather(lock);
      group.swap(queue_);
    }
    steps_.write(group);
    tell(group);
    group.clear();
    if (steps_.after) steps_.after();
  }
}

}  // namespace gateway::store::tables
