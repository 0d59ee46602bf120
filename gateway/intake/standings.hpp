#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/intake/work.hpp"
#include "gateway/mapping/mismatch.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// What a group has to know before it can be composed: every resource a work may write, the
/// Patients it speaks of, the follow-up entries its results may have, its duplicate key, and who
/// else has its order numbers (T9).
struct Asked {
  struct Range {
    std::size_t resources = 0, patients = 0, follow_ups = 0;  // where a work's asks begin
    std::size_t arrival = 0, orders = 0;
    bool is_message = false;  // only these ask for an arrival and for orders
  };
  std::vector<store::Ask> resources;
  std::vector<store::ArrivalKey> arrivals;
  std::vector<store::OrderAsk> orders;
  std::vector<fhir::ResourceKey> reports;  // of `orders`: a report of each in its message
  std::vector<Range> works;                // by work of the group
};
Asked ask(const Works& group);

/// What stands for a group: the store's answer, and over it what earlier works of the same group
/// are about to write. One thread, one group.
class Standings {
 public:
  Standings(Asked asked, store::Known known) : asked_(std::move(asked)), known_(std::move(known)) {}

  /// Resource number `n` of work `w`, as the store or an earlier work of the group has it; nullptr:
  /// nothing stands. `same` says whether its bytes equal the ones of this work. Good until the next
  /// call.
  const store::Current* resource(std::size_t w, std::size_t n);
  /// The Patient number `n` among `Work::other_patients`.
  const store::Current* other_patient(std::size_t w, std::size_t n);
  /// Entry number `n` among `MessageWork::follow_ups`.
  const store::Current* follow_up(std::size_t w, std::size_t n);
  /// nullopt: the same arrival stands earlier in this group, so its answer is not durable yet.
  std::optional<store::SeenArrival> arrival(std::size_t w) const;

  /// Orders of which a report stands, by what their ids share: what else stands of these decides
  /// what an update says of the cycle (DOMAIN.md T3). Empty for nearly every group.
  std::vector<std::string> updated_orders(const Works& group) const;
  void learn_orders(const std::vector<std::string>& heads,
                    std::vector<std::vector<fhir::ResourceKey>> observations);
  /// Observations of an order, of the store and of earlier works of the group.
  std::vector<fhir::ResourceKey> observations(std::string_view head) const;

  /// What only the answer to `asked` could name: what stands of other patients' orders, results
  /// whose report has its status from all of them, the patient whom a write takes something from.
  /// Empty for nearly every group.
  std::vector<store::Ask> further(const Works& group) const;
  void learn(store::Known known, const std::vector<store::Ask>& asks);

  /// The orders of work `w` whose number stands under other patients too.
  struct SharedOrder {
    fhir::ResourceKey report;  // of the work
    std::string number;
    std::vector<mapping::ForeignOrder> others;
  };
  std::vector<SharedOrder> shared_orders(std::size_t w);
  /// One of `further`, or of what earlier works of the group write. Good until the next call.
  const store::Current* named(const fhir::ResourceKey& key);
  /// Any resource that work `w` may write, or one of the above. Good until the next call.
  const store::Current* before(std::size_t w, const fhir::ResourceKey& key);
  /// Identifiers of a patient some of whose resources stand.
  fhir::search::PatientIdentifiers identifiers(const std::string& patient);

  /// What work `w` needs is damaged in the store: it can be neither composed nor answered.
  bool is_unreadable(std::size_t w) const;

  /// Makes later works of the group see what this entry writes. Keeps pointers into the entry,
  /// which must stay where it is.
  void apply(const store::Entry& entry);

 private:
  const store::Current* at(std::size_t ask);
  const store::Current* timed(const store::Current* current);
  std::vector<store::ForeignResource> foreign(std::size_t order) const;
  std::size_t end_of_orders(std::size_t w) const;
  std::vector<std::string> left_by(const Work& work, std::size_t w) const;

  Asked asked_;
  store::Known known_;
  std::unordered_map<std::string, store::Current> further_;                   // by "Type/id"
  std::unordered_map<std::string, std::vector<const store::Entry*>> orders_;  // by sender, number
  std::unordered_map<std::string, const store::VersionWrite*> written_;       // by "Type/id"
  std::unordered_map<std::string, std::vector<fhir::ResourceKey>> heads_;     // Observations
  std::unordered_map<std::string, std::int64_t> later_;                       // by "Type/id"
  store::Current made_;                                                       // what at() last made
  std::unordered_map<std::string, std::vector<base::Digest>> arrivals_;  // by sender, control id
};

}  // namespace gateway::intake
