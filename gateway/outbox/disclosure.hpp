#pragma once
#include <string>

#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What is noted down of a delivery that was made, or that its target refused: it has seen it all
/// the same (TRUST.md §5.1).
store::AuditRow disclosure(const store::Delivery& delivery, store::Settlement::State state,
                           const std::string& target, base::Instant at);

}  // namespace gateway::outbox
