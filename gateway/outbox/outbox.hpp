#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/bell.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

struct TargetSettings {
  std::string name;
  int lanes = 8;           // requests at once
  int batch_messages = 1;  // of different patients in one request
  /// Does the target take ids of ours? Else it gets conditional updates, one request at a time.
  bool client_ids = true;
  std::chrono::seconds timeout{30};  // of a request as a whole
  /// Does it delete what is deleted here? Else it is told that it was entered in error.
  bool deletes = true;
};

/// Delivers what the commits queued: in order per patient, at least once, with back-off and full
/// jitter; threads of its own. Stops (finishing the requests under way) when destroyed.
class Outbox {
 public:
  Outbox(store::Store& store, std::string instance, const base::Clock& clock,
         observe::Metrics& metrics, base::Bell& bell);
  ~Outbox();
  void add(TargetSettings settings, std::unique_ptr<Target> target);
  void start();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::outbox
