#pragma once
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// `_include`, `_revinclude`, either with `:iterate`.
bool is_include(std::string_view name);

/// Reads `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*` of a search of `type`. Errors
/// are `search-bad-value` and name what there is.
base::Result<Include> read_include(std::string_view type, std::string_view name,
                                   std::string_view value);

}  // namespace gateway::fhir::search
