#pragma once
#include <string_view>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// `:text` (FHIR R4, search, token): does a word of what the elements of this parameter say in
/// words – text, displays, the type of an identifier – begin so? `folded`: as of folded().
bool says(const JsonView& body, const Parameter& parameter, std::string_view folded);
/// `:code-text`: does one of their codes, or values?
bool has_code_like(const JsonView& body, const Parameter& parameter, std::string_view folded);

}  // namespace gateway::fhir::search
