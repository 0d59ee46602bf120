#pragma once
#include <cstddef>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// What is read whole is neither sorted, counted, paged nor widened: else `malformed`
/// "search-bad-value …".
base::Result<void> no_controls(const fhir::search::Query& query);

/// All that `who` may search of what meets `query`, in the order it was written. More than `most`:
/// `unsupported` "search-too-costly …", never a part.
base::Result<std::vector<fhir::Version>> whole(store::Snapshot& snapshot,
                                               const security::Principal& who,
                                               fhir::search::Query query, std::size_t most);

}  // namespace gateway::query
