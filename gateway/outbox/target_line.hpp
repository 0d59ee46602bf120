#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/backoff.hpp"
#include "gateway/outbox/circuit.hpp"
#include "gateway/outbox/conversation.hpp"
#include "gateway/outbox/outbox.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// Everything that goes to one target: the deliveries leased for it, the threads that send them,
/// and whether the target is worth asking.
class TargetLine {
 public:
  TargetLine(store::Store& store, std::string instance, const base::Clock& clock,
             observe::Metrics& metrics, TargetSettings settings, std::unique_ptr<Target> target);
  ~TargetLine();

  void start();
  void look();  // there may be something new
  void stop();  // returns when the requests under way are settled

 private:
  /// What one request is to carry, and until when it is ours to send (steady microseconds).
  struct Deliveries {
    std::vector<store::Delivery> all;
    std::int64_t until = 0;
  };
  struct Leased {
    store::Delivery delivery;
    std::int64_t until = 0;  // steady microseconds
  };
  void run();
  Deliveries next();
  Deliveries take();
  void claim(std::unique_lock<std::mutex>& lock);
  void deliver(Deliveries deliveries);
  /// False: its members are to be sent each by itself.
  bool deliver_together(const std::vector<store::Delivery>& deliveries);
  bool ends_before(std::int64_t until) const;
  store::Settlement settlement(const store::Delivery& delivery, Conversation::Said said);
  void settle_waiting(const store::Delivery& delivery, const Verdict& verdict,
                      store::Settlement& settled);
  bool is_poison(const store::Delivery& delivery, const Verdict& verdict,
                 store::Settlement& settled);
  void kill(const store::Delivery& delivery, store::Settlement& settled);
  void tell_circuit(const Verdict& verdict);
  void settle(const std::vector<store::Settlement>& settlements);
  void wait(std::unique_lock<std::mutex>& lock, std::int64_t until);
  int lanes() const;
  std::chrono::seconds lease() const;

  store::Store& store_;
  const std::string instance_;
  const base::Clock& clock_;
  const TargetSettings settings_;
  const std::unique_ptr<Target> target_;
  observe::Counter &delivered_, &again_, &dead_, &superseded_;
  observe::Gauge& circuit_state_;
  Conversation conversation_;

  std::mutex mutex_;
  std::condition_variable waits_;
  std::deque<Leased> leased_;   // guarded by mutex_
  Circuit circuit_;             // guarded by mutex_
  Backoff backoff_;             // guarded by mutex_
  bool is_wrong_ = false;       // guarded by mutex_; said once, until it answers again
  bool claiming_ = false;       // guarded by mutex_; one claims for all
  bool may_be_more_ = true;     // guarded by mutex_
  std::int64_t next_look_ = 0;  // guarded by mutex_; steady microseconds
  bool stopping_ = false;       // guarded by mutex_
  std::int64_t passed_ = 0;     // guarded by mutex_; deliveries that went through
  std::map<std::int64_t, std::int64_t> crashed_at_;  // guarded by mutex_; sequence, passed_ then
  std::vector<std::thread> threads_;
};

}  // namespace gateway::outbox
