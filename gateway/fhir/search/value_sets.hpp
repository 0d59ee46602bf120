#pragma once
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// What a ValueSet of ours holds, asked by its canonical URL, with its version or not: codes, or
/// all of a system. Errors: "search-bad-value" where there is no such ValueSet here.
base::Result<std::vector<Match>> value_set(const Parameter& parameter, std::string_view url);

}  // namespace gateway::fhir::search
