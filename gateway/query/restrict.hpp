#pragma once
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::query {

/// What a principal's scopes leave visible of a type: criteria that every row must meet as well
/// (empty: all of it). The one place where scope becomes a predicate (TRUST T17). Error `forbidden`
/// "scope-missing …": no scope names the interaction on the type, or none that can be applied.
base::Result<std::vector<fhir::search::Criterion>> restricted(const security::Principal& who,
                                                              security::Interaction interaction,
                                                              std::string_view type);

/// Adds the same to all that chains and `_has` of these criteria look at. `forbidden`: a type that
/// is looked at may not be searched. (`patient.identifier` is no chain: every row carries it.)
base::Result<void> restrict_links(const security::Principal& who,
                                  std::vector<fhir::search::Criterion>& criteria);

}  // namespace gateway::query
