#include "gateway/store/tables/group_queue.hpp"

namespace gateway::store::tables {

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
  Job job{std::move(work), messages, {}, false};
  std::unique_lock lock(mutex_);
  queue_.push_back(&job);
  queued_.notify_one();
  done_.wait(lock, [&job] { return job.done; });
  if (job.error) return *job.error;
  return {};
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
      group.swap(queue_);
    }
    steps_.write(group);
    {
      const std::lock_guard lock(mutex_);
      for (Job* job : group) job->done = true;  // the last touch: its owner may be gone after it
    }
    done_.notify_all();
    group.clear();
    if (steps_.after) steps_.after();
  }
}

}  // namespace gateway::store::tables
