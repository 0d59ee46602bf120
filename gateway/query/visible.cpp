#include "gateway/query/visible.hpp"

#include <algorithm>

#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/query/restrict.hpp"

namespace gateway::query {

base::Error unknown(const fhir::ResourceKey& key) {
  return {base::ErrorKind::not_found, "unknown-id there is no such " + key.type, "", ""};
}

base::Result<bool> visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                           const std::vector<fhir::search::Criterion>& scope) {
  if (scope.empty()) return true;
  auto query = fhir::search::parse(key.type, "_id=" + key.id);
  if (!query) return query.error();
  auto page = snapshot.search({.query = &*query, .scope = scope});
  if (!page) return page.error();
  return !page->rows.empty();
}

bool meets_itself(const std::vector<fhir::search::Criterion>& scope, const fhir::Version& version) {
  if (scope.empty() || version.deleted) return true;
  const auto body = fhir::JsonView::read(version.body);
  if (!body) return false;
  const auto rows = fhir::search::index_rows(version.key, *body, {});
  return std::ranges::all_of(scope, [&rows](const auto& criterion) {
    return fhir::search::can_be_told(criterion) && fhir::search::meets(criterion, rows);
  });
}

base::Result<bool> sees(store::Snapshot& snapshot,
                        const std::vector<fhir::search::Criterion>& scope,
                        const fhir::Version& version) {
  if (scope.empty()) return true;
  const auto seen = visible(snapshot, version.key, scope);
  if (!seen || !*seen) return seen;
  const auto current = snapshot.read(version.key, {});
  if (!current) return current.error();
  const bool is_current = *current && (*current)->version == version.version;
  return is_current || meets_itself(scope, version);
}

base::Result<fhir::Version> read_as(store::Snapshot& snapshot, const security::Principal& who,
                                    const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version) {
  const auto scope = restricted(who, security::Interaction::read, key.type);
  if (!scope) return scope.error();
  auto found = snapshot.read(key, version);
  if (!found) return found.error();
  if (!*found) return unknown(key);
  const auto seen = version ? sees(snapshot, *scope, **found) : visible(snapshot, key, *scope);
  if (!seen) return seen.error();
  if (!*seen) return unknown(key);
  return std::move(**found);
}

}  // namespace gateway::query
