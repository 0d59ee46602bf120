#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/excerpt.hpp"

namespace gateway::fhir::search {

/// `_summary` (all but `count`), `_elements`, `_elements:exclude`.
bool is_excerpt(std::string_view name);

/// Takes one of them; `false` is the whole. Errors: `search-bad-value`; two of them are
/// `duplicate-control`.
base::Result<void> read_excerpt(Excerpt& excerpt, std::string_view name, std::string_view value);

/// The excerpt that the query part of a read asks for; other parameters change nothing, but each
/// may be there once.
base::Result<Excerpt> excerpt_of(std::string_view query);

}  // namespace gateway::fhir::search
