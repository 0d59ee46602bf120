#include "gateway/outbox/disclosure.hpp"

#include <set>

#include "gateway/fhir/patients.hpp"

namespace gateway::outbox {

store::AuditRow disclosure(const store::Delivery& delivery, store::Settlement::State state,
                           const std::string& target, base::Instant at) {
  const bool is_dead = state == store::Settlement::State::dead;
  store::AuditRow row{"forward", at, target, "forward", is_dead ? "dead" : "delivered", {}, {}};
  row.detail = "arrival " + std::to_string(delivery.arrival.value);
  std::set<std::string> patients;
  for (const fhir::Version& version : delivery.resources) {
    row.entities.push_back(version.key.reference() + "/_history/" +
                           std::to_string(version.version));
    fhir::each_patient(version, [&](std::string_view patient) { patients.emplace(patient); });
  }
  row.count = static_cast<std::int64_t>(row.entities.size());
  row.entities.insert(row.entities.end(), patients.begin(), patients.end());
  return row;
}

}  // namespace gateway::outbox
