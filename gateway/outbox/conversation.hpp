#pragma once
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/batch.hpp"
#include "gateway/outbox/judge.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What is said to one target, and what its answers mean, as far as one delivery or one request of
/// several goes. Any thread.
///
/// Where the target keeps versions (CapabilityStatement `versioned-update`) and lets us read, what
/// it is known to have is written only over that version (If-Match); what it has instead is read
/// and compared: ours or an older one of ours is written over, anything else never (TRUST §6.2).
class Conversation {
 public:
  Conversation(Target& target, store::Store& store, std::string instance, bool client_ids,
               bool deletes, observe::Histogram& seconds)
      : target_(target),
        store_(store),
        instance_(std::move(instance)),
        client_ids_(client_ids),
        deletes_(deletes),
        seconds_(seconds) {}

  struct Said {
    Verdict verdict;
    std::vector<store::Sent> sent;  // with tags, if delivered
  };
  Said say(const store::Delivery& delivery);
  /// In one request; all of it or nothing. `sent` is beside the deliveries.
  struct SaidTogether {
    Verdict verdict;
    std::vector<std::vector<store::Sent>> sent;
  };
  SaidTogether say_together(std::span<const store::Delivery> deliveries);

 private:
  Said say_all(const store::Delivery& delivery);
  struct Answered {
    Verdict verdict;
    std::vector<std::string> tags;  // of the entries, in order
  };
  Answered post(const std::vector<fhir::TransactionEntry>& entries, const store::Delivery& delivery,
                const std::string& patient);
  /// nullopt: it cannot be told now.
  std::optional<bool> keeps_versions(const fhir::ResourceKey& one_of_ours);
  /// Takes conditions out where the target keeps no versions; false: it cannot be told now.
  bool settle_conditions(std::vector<fhir::TransactionEntry>& entries);
  /// What stands at the target instead of what we last saw; nullopt: all of it is ours, and the
  /// entries say what to write over now.
  std::optional<Verdict> compare(std::vector<fhir::TransactionEntry>& entries);
  std::optional<Verdict> compare(fhir::TransactionEntry& entry);
  base::Result<bool> is_ours(const fhir::TransactionEntry& entry, const fhir::Json& theirs);

  Target& target_;
  store::Store& store_;
  const std::string instance_;
  const bool client_ids_, deletes_;
  observe::Histogram& seconds_;
  std::mutex mutex_;
  std::optional<bool> keeps_versions_;  // guarded by mutex_
};

}  // namespace gateway::outbox
