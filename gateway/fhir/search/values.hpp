#pragma once
#include <functional>
#include <string>
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

/// `_count` of what is paged and not counted: 1 to 1,000, more is lowered.
base::Result<std::size_t> page_size(const std::string& value);

/// `_since`: an instant, with its offset.
base::Result<base::Instant> since_instant(const std::string& value);

/// A parameter that `whose` ("a history") has not; `known` are those it has.
base::Error unknown_control(std::string_view name, std::string_view whose, std::string_view known);

/// Calls `take(name, value)` for each parameter of a query part, decoded; each may be there once.
/// What the door itself reads (`_format`, `_pretty`, `_`) is left out.
base::Result<void> each_control(
    std::string_view query,
    const std::function<base::Result<void>(const std::string&, const std::string&)>& take);

/// "search-bad-value NAME what" at "http.NAME".
base::Error bad_value(std::string_view parameter, std::string_view what, std::string remedy = "");

}  // namespace gateway::fhir::search
