#include "gateway/query/visible.hpp"

#include "gateway/query/restrict.hpp"
#include "gateway/query/shown.hpp"

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

base::Result<fhir::Version> read_as(store::Snapshot& snapshot, const security::Principal& who,
                                    const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version) {
  const auto scope = restricted(who, security::Interaction::read, key.type);
  if (!scope) return scope.error();
  auto found = snapshot.read(key, version);
  if (!found) return found.error();
  if (!*found) return unknown(key);
  const auto seen = visible(snapshot, key, *scope);
  if (!seen) return seen.error();
  if (!*seen) return unknown(key);
  show(who, **found);
  return std::move(**found);
}

}  // namespace gateway::query
