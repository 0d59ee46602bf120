#include "gateway/store/tables/columns.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/search/index.hpp"

namespace gateway::store::tables {
namespace {

struct Row {
  std::string_view type;  // "" = any
  std::string_view parameter;
  Place place;
};

// First match wins.
constexpr auto places = std::to_array<Row>({
    {"", "_id", Place::id},
    {"", "_lastUpdated", Place::last_updated},
    {"", "patient.identifier", Place::patient_identifier},
    {"", "patient", Place::patient},
    {"", "subject", Place::patient},
    {"", "order", Place::origin},
    {"", "based-on", Place::origin},
    {"", "specimen", Place::origin},
    {"", "encounter", Place::origin},
    {"DiagnosticReport", "result", Place::listed},
    {"Observation", "code", Place::code},
    {"Observation", "combo-code", Place::code},
    {"Observation", "component-code", Place::code},
    {"Observation", "date", Place::date},
    {"Observation", "value-quantity", Place::value},
    {"Observation", "cycle-day", Place::cycle_day},
    {"Observation", "cycle-offset", Place::cycle_offset},
    {"DiagnosticReport", "date", Place::date},
    {"Specimen", "collected", Place::date},
    {"ServiceRequest", "authored", Place::date},
    {"Encounter", "date", Place::date},
    {"DocumentReference", "date", Place::date},
    {"Provenance", "recorded", Place::date},
    {"Task", "authored-on", Place::date},
    {"Task", "group-identifier", Place::facet},
    {"Task", "performer", Place::facet},
});

// Tokens belong to `facet` if a whole laboratory shows few combinations of them; what is unique to
// an order or a person (identifiers, references) must not go there. Sorted.
constexpr auto facets = std::to_array<std::string_view>({
    "_profile",
    "_security",
    "_source",
    "_tag",
    "active",
    "agent-role",
    "agent-type",
    "body-site",
    "bodysite",
    "business-status",
    "category",
    "class",
    "code",
    "communication",
    "compartment",
    "component-code-value-concept",
    "component-data-absent-reason",
    "component-value-concept",
    "conclusion",
    "container",
    "contenttype",
    "cycle-anchor",
    "cycle-confidence",
    "cycle-phase",
    "cycle-source",
    "cycle-type",
    "data-absent-reason",
    "deceased",
    "destination-uri",
    "event",
    "facility",
    "format",
    "gender",
    "intent",
    "interpretation",
    "language",
    "method",
    "operational-status",
    "order-detail",
    "participant-type",
    "performer-type",
    "priority",
    "reason-code",
    "relation",
    "relationship",
    "role",
    "sample-type",
    "security-label",
    "sender",
    "setting",
    "signature-type",
    "source-uri",
    "special-arrangement",
    "specialty",
    "status",
    "type",
});
static_assert(std::is_sorted(facets.begin(), facets.end()));

}  // namespace

Place place_of(std::string_view type, std::string_view parameter) {
  parameter = parameter.substr(0, parameter.find(fhir::search::pair_mark));
  for (const Row& row : places)
    if (row.parameter == parameter && (row.type.empty() || row.type == type)) return row.place;
  return std::binary_search(facets.begin(), facets.end(), parameter) ? Place::facet : Place::rows;
}

}  // namespace gateway::store::tables
