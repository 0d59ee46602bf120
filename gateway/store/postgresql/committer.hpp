#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/postgresql/engine.hpp"
#include "gateway/store/postgresql/group_writer.hpp"
#include "gateway/store/tables/group_queue.hpp"

namespace gateway::store::postgresql {

using tables::GroupQueue;

/// The one who writes for this gateway. Whatever waits when it begins shares one transaction; other
/// gateways' transactions wait for it at the row `head`, so that commits of all of them are one
/// sequence.
class Committer {
 public:
  using Work = GroupQueue::Work;

  /// `writer` is connected, the schema is there. `on_new_server`: this may be another server from
  /// here on, and what reads must not go on asking the one before (TRUST.md §7.3).
  Committer(GroupWriter& writer, const Options& options, std::function<void()> on_new_server,
            const base::Clock& clock, observe::Metrics& metrics);

  /// As TableStore::write.
  base::Result<void> run(Work work, std::size_t messages) {
    return queue_->run(std::move(work), messages);
  }
  void run(Work work, std::shared_ptr<Awaiting> awaits) {
    queue_->run(std::move(work), std::move(awaits));
  }
  /// True: usable (again).
  bool recover();
  /// Why nothing is written at present; "" if all is well.
  std::string trouble();

 private:
  void write(const GroupQueue::Group& group);
  std::optional<base::Error> transact(const GroupQueue::Group& group);
  bool begin();
  bool connect();
  void look_after();
  void set_trouble(std::string why);

  GroupWriter& writer_;  // guarded by connection_mutex_
  const Options options_;
  const std::function<void()> on_new_server_;
  const base::Clock& clock_;
  observe::Histogram& commit_seconds_;
  observe::Histogram& batch_messages_;
  observe::Gauge& available_;
  std::mutex connection_mutex_;
  std::int64_t last_connect_ = 0, last_look_ = 0;  // guarded by connection_mutex_

  std::mutex trouble_mutex_;
  std::string trouble_;              // guarded by trouble_mutex_
  std::optional<GroupQueue> queue_;  // last, so that it is still served by all the others
};

}  // namespace gateway::store::postgresql
