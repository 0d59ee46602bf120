#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/conversion.hpp"

/// The value of a row and its time (T7, T12): an empty row is newer than its value, which an older
/// message may still say, correct or take back.
namespace gateway::mapping {

/// T6, T12: value[x] as it stands, and the components of a row that has none.
void keep_value(fhir::Json& newest, const fhir::Json& standing);
/// What belongs to a value that stays: issues found in it, what it declares, its code where the
/// unit withheld it (S13), its unit where it is text (N4).
void keep_with_value(fhir::Json& newest, const fhir::Json& standing);
/// F7, T12: flag and range of another unit speak of another measurement than the value that stays.
bool speaks_of_other_unit(const ResultFacts& facts, const fhir::Json& standing);
/// Then the value keeps its own, and what was sent beside the empty field is a note.
void keep_measurement(fhir::Json& newest, const fhir::Json& standing, const std::string& unit);
/// Takes the unit of a row without value away, and says it.
std::string take_lone_unit(fhir::Json& observation);

/// When the value that stands, or why there is none, was said: extension `said-at`, else `at`. An
/// empty row says nothing of a value. Absent: nobody has.
std::optional<std::int64_t> value_said_at(const fhir::Json& standing,
                                          std::optional<std::int64_t> at);
/// What a late row says of the value, where the newer one that stands has an empty field: a value,
/// or that there is none (T4, T5, T10). False: somebody has said it since, or the late row is empty
/// as well.
bool fill_open_value(fhir::Json& standing, const ConvertedResource& late);

}  // namespace gateway::mapping
