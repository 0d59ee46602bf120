#pragma once
#include <string>
#include <vector>

#include "gateway/fhir/transaction.hpp"

namespace gateway::outbox {

/// A transaction for a target that gives ids itself: each resource carries an identifier of ours
/// (system `…/identifier/resource`, value Type/id) and is a conditional update by it; references
/// between the entries go by `urn:uuid:`, others by that identifier. What has no identifier in R4
/// (Provenance, Binary) is left out: sent twice it would stand twice. Weaker than ids of ours: two
/// such requests at once make duplicates on many servers (TRUST F9), so one is under way at a time.
std::string transaction_without_ids(const std::vector<fhir::TransactionEntry>& entries);

}  // namespace gateway::outbox
