#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "gateway/observe/metrics.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// How many items of the review list wait for a decision, by their code. Kept beside the store:
/// each `refresh` reads what came since the last one, the first all of it, so that no index has to
/// be written with every message.
class ReviewCount {
 public:
  explicit ReviewCount(observe::Metrics& metrics) : metrics_(metrics) {}
  /// Sets the gauges. Any thread, on a connection for reading.
  void refresh(Connection& connection);

 private:
  observe::Metrics& metrics_;
  std::mutex mutex_;
  std::int64_t last_ = 0;  // number of the last item looked at; guarded by mutex_
  std::map<std::string, std::int64_t> open_;  // by code; guarded by mutex_
};

}  // namespace gateway::store::tables
