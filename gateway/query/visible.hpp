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

/// May this version be seen under the criteria? Where it is not the current one, that must be
/// visible and it must meet them itself (FHIR.md §5): what was in another category before is not
/// shown by what it is now. Of criteria that one version cannot be asked: no.
base::Result<bool> sees(store::Snapshot& snapshot,
                        const std::vector<fhir::search::Criterion>& scope,
                        const fhir::Version& version);
/// The part of it that is about the version alone; one that was deleted says nothing.
bool meets_itself(const std::vector<fhir::search::Criterion>& scope, const fhir::Version& version);

/// The current version, or the given one, of what `who` may read. Errors: `forbidden` before all
/// else, `not_found`, `unavailable`.
base::Result<fhir::Version> read_as(store::Snapshot& snapshot, const security::Principal& who,
                                    const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version = {});

}  // namespace gateway::query
