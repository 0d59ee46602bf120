/// Room audit (floor 5): what is noted down of reads and refusals and when it is durable, who
/// vouches for the trail, how it is shown. Knows no HTTP, and nothing of what a result means.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/audit/refusals.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/signing.hpp"
#include "gateway/store/store.hpp"

namespace gateway::audit {

/// When a read is durable in the trail: before its answer leaves, or soon (a kill can then lose the
/// last 50 ms of reads; TRUST.md §5.1 calls it unsafe).
enum class Reads { before_answer, queued };

struct Settings {
  std::string instance;
  Reads reads = Reads::before_answer;
  security::SigningKey key;        // signs where the trail ends
  std::size_t most_queued = 8192;  // rows; beyond it nothing is shown
};

/// Writes rows that belong to no commit of their own. Any thread.
class Recorder {
 public:
  Recorder(store::Store& store, Settings settings, const base::Clock& clock,
           observe::Metrics& metrics);
  ~Recorder();

  /// The start, durable on return, with where the trail of the process before ended; from then on
  /// heads are signed. Error `unavailable`: nothing may begin that cannot be audited.
  base::Result<void> begin();
  /// The end: what waits is written, the head is signed.
  void end();

  /// What is shown: durable on return, or, of queued reads, taken. Error `unavailable`
  /// "audit-unavailable …": it must not be shown.
  base::Result<void> shown(store::AuditRow row);
  /// The same, without holding a thread: who awaits it hears of it, and rings, once it is so.
  void shown(store::AuditRow row, std::shared_ptr<store::Awaiting> awaits);
  /// What was refused and so shows nothing: soon, and in a flood only counted.
  void refused(store::AuditRow row);
  /// What somebody did to the gateway: durable on return. Error `unavailable`.
  base::Result<void> done(store::AuditRow row);

  const std::string& instance() const { return settings_.instance; }

 private:
  using Rows = std::deque<store::AuditRow>;
  void live();
  bool queue(store::AuditRow row);
  bool write(const Rows& rows);
  void sign(bool at_once);
  store::AuditRow own(std::string event, std::string detail) const;

  store::Store& store_;
  const Settings settings_;
  const base::Clock& clock_;
  observe::Counter& records_;
  observe::Counter& lost_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Rows queue_;                 // guarded by mutex_
  Refusals refusals_;          // guarded by mutex_
  std::int64_t left_out_ = 0;  // guarded by mutex_; refusals for which there was no room
  bool stopping_ = false;      // guarded by mutex_
  std::int64_t signed_at_ = 0, signed_up_to_ = 0;  // of the thread
  std::thread thread_;
};

}  // namespace gateway::audit
