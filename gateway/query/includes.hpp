#pragma once
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// What stands beside the matches of a page.
struct Included {
  std::vector<fhir::Version> rows;  // none of the matches, each once
  bool cut = false;                 // there is more than a page may hold beside its matches
};

/// At most so many beside the matches of a page, and so many steps from a match (FHIR.md §2.2).
inline constexpr std::size_t most_included = 1000;
inline constexpr int most_steps = 4;

/// Follows the includes of a search from its matches, as the store stood at commit `as_of`; the
/// first `behind` of what it finds were told before. Types that `who` may not search are left out,
/// and of the others what is out of scope.
base::Result<Included> included(store::Snapshot& snapshot, const security::Principal& who,
                                const std::vector<fhir::search::Include>& includes,
                                const std::vector<fhir::Version>& matches, std::int64_t as_of,
                                std::size_t behind = 0);

}  // namespace gateway::query
