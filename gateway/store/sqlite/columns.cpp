#include "gateway/store/sqlite/columns.hpp"

#include <array>

namespace gateway::store::sqlite {
namespace {

struct Row {
  std::string_view type;  // "" = any
  std::string_view parameter;
  Place place;
};

// First match wins. A token belongs to `facet` if a whole laboratory shows few combinations of it;
// what is unique to an order or a person (identifiers, references) must not go there.
constexpr std::array<Row, 42> places = {{
    {"", "_id", Place::id},
    {"", "_lastUpdated", Place::last_updated},
    {"", "patient.identifier", Place::patient_identifier},
    {"", "patient", Place::patient},
    {"", "subject", Place::patient},
    {"", "order", Place::origin},
    {"", "based-on", Place::origin},
    {"", "specimen", Place::origin},
    {"", "_tag", Place::facet},
    {"", "_profile", Place::facet},
    {"", "_security", Place::facet},
    {"Observation", "code", Place::code},
    {"Observation", "combo-code", Place::code},
    {"Observation", "date", Place::date},
    {"Observation", "value-quantity", Place::value},
    {"Observation", "cycle-day", Place::cycle_day},
    {"Observation", "cycle-offset", Place::cycle_offset},
    {"", "code", Place::facet},
    {"", "status", Place::facet},
    {"", "category", Place::facet},
    {"", "type", Place::facet},
    {"", "method", Place::facet},
    {"", "class", Place::facet},
    {"", "intent", Place::facet},
    {"", "priority", Place::facet},
    {"", "gender", Place::facet},
    {"", "active", Place::facet},
    {"", "sender", Place::facet},
    {"", "sample-type", Place::facet},
    {"", "compartment", Place::facet},
    {"", "interpretation", Place::facet},
    {"", "data-absent-reason", Place::facet},
    {"", "cycle-anchor", Place::facet},
    {"", "cycle-phase", Place::facet},
    {"", "cycle-type", Place::facet},
    {"", "cycle-source", Place::facet},
    {"", "cycle-confidence", Place::facet},
    {"DiagnosticReport", "date", Place::date},
    {"Specimen", "collected", Place::date},
    {"ServiceRequest", "authored", Place::date},
    {"Task", "authored-on", Place::date},
    {"Task", "group-identifier", Place::facet},
}};

}  // namespace

Place place_of(std::string_view type, std::string_view parameter) {
  for (const Row& row : places)
    if (row.parameter == parameter && (row.type.empty() || row.type == type)) return row.place;
  return Place::rows;
}

}  // namespace gateway::store::sqlite
