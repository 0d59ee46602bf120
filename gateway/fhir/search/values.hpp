#pragma once
#include <string_view>
#include <vector>

#include "gateway/fhir/search/modifiers.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// Splits at `separator`; one behind a backslash does not count. Escapes stay in the parts.
std::vector<std::string_view> split_escaped(std::string_view text, char separator);

/// Reads one value (one side of an OR, decoded, escapes still in it) as the parameter's kind and
/// the modifier say. Errors are `search-bad-value`; they do not repeat the value.
base::Result<Match> match_of(const Parameter& parameter, std::string_view value,
                             const Modifier& modifier = {});

/// "search-bad-value NAME what" at "http.NAME".
base::Error bad_value(std::string_view parameter, std::string_view what, std::string remedy = "");

}  // namespace gateway::fhir::search
