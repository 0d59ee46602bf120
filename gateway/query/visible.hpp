#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
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

/// The same of several of one type at once: the ids of those that are.
base::Result<std::set<std::string>> visible(store::Snapshot& snapshot, const std::string& type,
                                            const std::set<std::string>& ids,
                                            const std::vector<fhir::search::Criterion>& scope);

/// Was what is deleted now visible until then? Told of its last version, since the index forgets.
/// False of what stands.
base::Result<bool> was_visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                               const std::vector<fhir::search::Criterion>& scope);

/// May this version be seen under the criteria? Where it is not the current one, that must be
/// visible and it must meet them itself (FHIR.md §5): what was in another category before is not
/// shown by what it is now. Of criteria that one version cannot be asked: no.
base::Result<bool> sees(store::Snapshot& snapshot,
                        const std::vector<fhir::search::Criterion>& scope,
                        const fhir::Version& version);
/// The part of it behind the current one's being visible.
base::Result<bool> obeys(store::Snapshot& snapshot,
                         const std::vector<fhir::search::Criterion>& scope,
                         const fhir::Version& version);
/// The part of it that is about the version alone; one that was deleted says nothing.
base::Result<bool> meets_itself(store::Snapshot& snapshot,
                                const std::vector<fhir::search::Criterion>& scope,
                                const fhir::Version& version);

/// The current version, or the given one, of what `who` may read; noted as shown to them. Errors:
/// `forbidden` before all else, `not_found`, `unavailable`.
base::Result<fhir::Version> read_as(store::Snapshot& snapshot, const security::Principal& who,
                                    const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version = {});

}  // namespace gateway::query
