#include "gateway/query/visible.hpp"

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

}  // namespace gateway::query
