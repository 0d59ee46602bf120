#pragma once
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// `not_found` "unknown-id …": the same whether there is none or it is out of scope.
base::Error unknown(const fhir::ResourceKey& key);

/// Is this resource among what the criteria leave visible? Asked of the index, so that read and
/// search can never disagree.
base::Result<bool> visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                           const std::vector<fhir::search::Criterion>& scope);

}  // namespace gateway::query
