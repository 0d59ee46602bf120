#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/tables/group_queue.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::sqlite {

using tables::GroupQueue;

/// The one who writes. Whatever waits when it begins shares one transaction and one sync; it never
/// waits to fill a group.
class WriterThread {
 public:
  struct Settings {
    std::filesystem::path file;
    std::int64_t min_free_bytes = 0;
    std::function<void()> close_readers;  // before the file is opened anew
    int checkpoint_pages = 8192;
    std::int64_t reserve_bytes = 0;
  };
  /// `connection` is open; `writer` is over it, its numbers loaded.
  WriterThread(Connection& connection, tables::Writer& writer, Settings settings,
               const base::Clock& clock, observe::Metrics& metrics);

  /// Runs `work` within a transaction; on return it is durable, or (error) refused (`unavailable`)
  /// or `unknown` (TRUST R2). `work` gets the number of the commit; it may run only once.
  /// `messages`: how many it brings; 0 for what goes on while the volume is nearly full.
  using Work = GroupQueue::Work;
  base::Result<void> run(Work work, std::size_t messages) {
    return queue_->run(std::move(work), messages);
  }
  void run(Work work, std::shared_ptr<Awaiting> awaits) {
    queue_->run(std::move(work), std::move(awaits));
  }
  /// Of the free space, what is not for messages: the reserve, while it is given up.
  std::int64_t owed() const { return owed_; }

  /// Closes and opens the file, rewrites and syncs the log. True: usable again.
  bool recover();
  /// Why nothing is written at present; "" if all is well.
  std::string trouble();

  /// The connection, if it is idle: its cache is warm. No transaction may be left open in it.
  std::unique_lock<std::mutex> try_idle() {
    return std::unique_lock(connection_mutex_, std::try_to_lock);
  }

 private:
  void write(GroupQueue::Group& group);
  std::optional<base::Error> transact(const GroupQueue::Group& group);
  base::Error refuse(int code);
  bool heal();
  void checkpoint();
  void set_trouble(std::string why);
  void watch_log();

  Connection& connection_;  // guarded by connection_mutex_
  tables::Writer& writer_;  // guarded by connection_mutex_
  const Settings settings_;
  const base::Clock& clock_;
  observe::Histogram& commit_seconds_;
  observe::Histogram& batch_messages_;
  observe::Gauge& available_;
  std::mutex connection_mutex_;
  std::int64_t last_heal_ = 0;  // guarded by connection_mutex_
  int log_pages_ = 0;           // guarded by connection_mutex_
  Reserve reserve_;             // guarded by connection_mutex_
  std::atomic<std::int64_t> owed_{0};

  std::mutex trouble_mutex_;
  std::string trouble_;              // guarded by trouble_mutex_
  std::optional<GroupQueue> queue_;  // last, so that it is still served by all the others
};

}  // namespace gateway::store::sqlite
