#pragma once
#include <string_view>

#include "gateway/fhir/search/parameters.hpp"

namespace gateway::store::tables {

/// Where the index keeps the values of a search parameter. Writer, search and verification all ask
/// here, so they cannot disagree.
enum class Place {
  rows,     // the generic table of its kind
  code,     // term set of the wide row
  facet,    // term set of the wide row: tokens with few distinct values
  origin,   // term set of the wide row: what all results of an order share; any type's alike
  patient,  // wide row; a reference to the row's own patient
  listed,   // what shares the head of the row's id is not written; the body lists it. Else as rows
  cycle_day,
  cycle_offset,  // wide row, one value; several values of one row all lie in the generic table
  date,          // wide row, likewise
  value,         // wide row, likewise
  patient_identifier,  // the Patient's own identifiers; nothing is written
  id,
  last_updated  // the version itself
};

Place place_of(std::string_view type, std::string_view parameter);

/// "result" for Observations, "entry" for all else.
inline std::string_view table_of(std::string_view type) {
  return type == "Observation" ? "result" : "entry";
}

/// A facet holds the type as a token of this name with an empty code.
inline constexpr std::string_view type_marker = "_type";

/// The type under which the name of a parameter is kept: sets of `origin` are shared by all types.
inline std::string_view owner_of(std::string_view type, Place place) {
  return place == Place::origin ? std::string_view() : type;
}

}  // namespace gateway::store::tables
