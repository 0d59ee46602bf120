#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/fhir/json.hpp"

/// Component rows of a result that were taken back alone (S14, T5): the component is gone, and what
/// is left of it is extension `part-taken-back`, so that an original that comes late stays away.
namespace gateway::mapping {

/// When the component of this code was taken back; absent where none stays away.
std::optional<std::int64_t> taken_back_at(const fhir::Json& observation, std::string_view code);
/// All that stay away: code, when.
std::vector<std::pair<std::string, std::int64_t>> taken_back(const fhir::Json& observation);
/// Its row was taken back then; nothing where the message has no time.
void note_taken_back(fhir::Json& observation, std::string_view code,
                     std::optional<std::int64_t> at);
/// The row was said again.
void forget_taken_back(fhir::Json& observation, std::string_view code);
/// What stands of components that the newest message says nothing of.
void keep_taken_back(fhir::Json& newest, const fhir::Json& standing);

}  // namespace gateway::mapping
