#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/audit/event.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"

namespace gateway::audit {

/// Somebody who is handed the trail over a connection. One thread.
class Receiver {
 public:
  virtual ~Receiver() = default;
  /// Connects where it is not. Error: the connection is gone, and with it perhaps what was sent
  /// since the last yes of `has_all`.
  virtual base::Result<void> send(std::string_view octets) = 0;
  /// Has the other side's host taken over all that was sent? Error: the connection is gone.
  virtual base::Result<bool> has_all() = 0;
};

/// Hands the trail on, row by row as syslog messages, and the heads that are signed: at least once,
/// in order, beginning behind what the receiver has had. Syslog knows no answer (RFC 5425 §4.3): a
/// receiver has what its host took over, where the connection still stands a second later; what was
/// not is sent again, and the number of the row tells what came twice.
class Exporter {
 public:
  /// `name`: of the receiver in the store. What is handed to it lives as long as this.
  Exporter(store::Store& store, std::unique_ptr<Receiver> receiver, std::string name, Self self,
           const base::Clock& clock);
  ~Exporter();
  void start();

  /// One look: sends what is new, notes what was taken. How long nothing need be done.
  std::chrono::milliseconds step();
  /// For how long the oldest row that the receiver has not is written already, in seconds; 0: it
  /// has all. Any thread.
  double lag_seconds();

 private:
  bool find_place();
  base::Result<bool> send_news();
  base::Result<void> note_taken();
  std::chrono::milliseconds failed();

  store::Store& store_;
  const std::unique_ptr<Receiver> receiver_;
  const std::string name_;
  const Self self_;
  const base::Clock& clock_;

  bool knows_place_ = false;
  std::int64_t sent_ = 0, head_sent_ = 0;             // rows
  std::int64_t candidate_ = 0, candidate_since_ = 0;  // taken over, since steady microseconds
  std::atomic<std::int64_t> taken_{0};
  int failures_ = 0;  // in a row

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace gateway::audit
