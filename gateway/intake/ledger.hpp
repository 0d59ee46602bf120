#pragma once
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "gateway/intake/work.hpp"
#include "gateway/mapping/kept_account.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::intake {

/// Counts what became of messages. References into the registry are looked up once.
class Ledger {
 public:
  explicit Ledger(observe::Metrics& metrics);

  /// `result` is AA, AE, AR, duplicate or closed; of a FHIR write stored, refused or unavailable.
  void answered(const Work& work, const char* result);
  void converted(const mapping::Fates& fates);
  void held(std::size_t works);
  void unreadable();  // a work refused because what it would change is damaged in the store

 private:
  observe::Metrics& metrics_;
  observe::Counter& duplicates_;
  observe::Gauge& held_;
  observe::Counter& unreadable_;
  observe::Counter& mapped_;
  observe::Counter& set_aside_;
  observe::Counter& unmapped_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, observe::Counter*> received_;  // guarded by mutex_
};

}  // namespace gateway::intake
