#pragma once
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::query {

/// What a principal's scopes leave visible of a type: criteria that every row must meet as well
/// (empty: all of it). The one place where scope becomes a predicate (TRUST T17). Error `forbidden`
/// "scope-missing …": no scope names the interaction on the type, or several restricted ones that
/// cannot be told as one.
base::Result<std::vector<fhir::search::Criterion>> restricted(const security::Principal& who,
                                                              security::Interaction interaction,
                                                              std::string_view type);

}  // namespace gateway::query
