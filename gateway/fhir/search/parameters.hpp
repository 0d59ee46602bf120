/// Sub-room fhir/search (floor 2): the search grammar and what a resource contributes to the
/// index. Knows no SQL and no HTTP.
#pragma once
#include <span>
#include <string_view>

namespace gateway::fhir::search {

enum class Kind { token, string, reference, number, quantity, date, uri, special };

/// A search parameter that is served. The one table the parser, the index, the planner and the
/// CapabilityStatement are made from (FHIR.md §0, 4).
struct Parameter {
  std::string_view type;  // "Observation"; "*" for all types
  std::string_view
      name;  // "cycle-day"; chains that are denormalised stand as names: "patient.identifier"
  Kind kind;
  std::string_view documentation;
};

/// All parameters of a type, those of every type included.
std::span<const Parameter> parameters();
const Parameter* find_parameter(std::string_view type, std::string_view name);
/// The served name nearest to a wrong one; empty if none is near.
std::string_view nearest_parameter(std::string_view type, std::string_view wrong);

/// Resource types that can be read; those that can be searched.
std::span<const std::string_view> served_types();
bool is_served(std::string_view type);

}  // namespace gateway::fhir::search
