#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// `not_found` "unknown-id …": the same whether there is none or it is out of scope.
base::Error unknown(const fhir::ResourceKey& key);

/// Is this resource among what the criteria leave visible? Asked of the index, so that read and
/// search can never disagree.
base::Result<bool> visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                           const std::vector<fhir::search::Criterion>& scope);

/// The current version, or the given one, of what `who` may read; noted as shown to them. Errors:
/// `forbidden` before all else, `not_found`, `unavailable`.
base::Result<fhir::Version> read_as(store::Snapshot& snapshot, const security::Principal& who,
                                    const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version = {});

}  // namespace gateway::query
