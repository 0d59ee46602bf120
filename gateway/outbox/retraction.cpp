#include "gateway/outbox/retraction.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/json.hpp"

namespace gateway::outbox {
namespace {

/// R4: types whose `status` knows entered-in-error, and those that have `active`.
constexpr auto with_status = std::to_array<std::string_view>(
    {"Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "DocumentReference",
     "MedicationStatement", "Encounter", "Device", "Immunization", "Media"});
constexpr auto with_active = std::to_array<std::string_view>(
    {"Patient", "Practitioner", "Organization", "PractitionerRole"});

bool is_deletion(const fhir::Version& version) {
  return version.body.empty();
}

}  // namespace

std::string entered_in_error(std::string_view type, const std::string& last_body) {
  const bool has_status = std::ranges::find(with_status, type) != with_status.end();
  const bool has_active = std::ranges::find(with_active, type) != with_active.end();
  if (!has_status && !has_active) return "";
  auto json = fhir::parse_json(last_body);
  if (!json) return "";
  if (has_status)
    json->set("status", fhir::Json::string("entered-in-error"));
  else
    json->set("active", fhir::Json::boolean(false));
  return json->write();
}

bool has_deletion(const store::Delivery& delivery) {
  return std::ranges::any_of(delivery.resources, is_deletion);
}

base::Result<store::Delivery> without_deletions(const store::Delivery& delivery,
                                                store::Store& store) {
  auto snapshot = store.snapshot();
  if (!snapshot) return snapshot.error();
  store::Delivery out = delivery;
  for (auto& resource : out.resources) {
    if (!is_deletion(resource)) continue;
    const auto history = (*snapshot)->history(resource.key);
    if (!history) return history.error();
    const auto last = std::ranges::find_if(
        *history, [](const fhir::Version& version) { return !version.body.empty(); });
    if (last != history->end()) resource.body = entered_in_error(resource.key.type, last->body);
  }
  // What can say neither stays there; what is left of it here is told by nobody.
  out.tags.resize(out.resources.size());
  for (std::size_t i = out.resources.size(); i-- > 0;) {
    if (!is_deletion(out.resources[i])) continue;
    out.resources.erase(out.resources.begin() + static_cast<std::ptrdiff_t>(i));
    out.tags.erase(out.tags.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return out;
}

}  // namespace gateway::outbox
