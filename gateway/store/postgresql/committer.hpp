#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/postgresql/engine.hpp"
#include "gateway/store/postgresql/group_writer.hpp"

namespace gateway::store::postgresql {

/// The one who writes for this gateway. Whatever waits when it begins shares one transaction; other
/// gateways' transactions wait for it at the row `head`, so that commits of all of them are one
/// sequence.
class Committer {
 public:
  using Work = std::function<void(tables::Writer&, std::int64_t commit)>;

  /// `writer` is connected, the schema is there.
  Committer(GroupWriter& writer, const Options& options, const base::Clock& clock,
            observe::Metrics& metrics);
  ~Committer();  // what waits is still written

  /// As TableStore::write.
  base::Result<void> run(Work work, std::size_t messages);
  /// True: usable (again).
  bool recover();
  /// Why nothing is written at present; "" if all is well.
  std::string trouble();

 private:
  struct Job {
    Work work;
    std::size_t messages = 0;
    std::optional<base::Error> error;
    bool done = false;
  };
  void live();
  void write(const std::deque<Job*>& group);
  std::optional<base::Error> transact(const std::deque<Job*>& group);
  bool begin();
  bool connect();
  void look_after();
  void set_trouble(std::string why);

  GroupWriter& writer_;  // guarded by connection_mutex_
  const Options options_;
  const base::Clock& clock_;
  observe::Histogram& commit_seconds_;
  observe::Histogram& batch_messages_;
  observe::Gauge& available_;
  std::mutex connection_mutex_;
  std::int64_t last_connect_ = 0, last_look_ = 0;  // guarded by connection_mutex_

  std::mutex queue_mutex_;
  std::condition_variable queued_, done_;
  std::deque<Job*> queue_;  // guarded by queue_mutex_
  bool stopping_ = false;   // guarded by queue_mutex_
  std::string trouble_;     // guarded by queue_mutex_
  std::thread thread_;
};

}  // namespace gateway::store::postgresql
