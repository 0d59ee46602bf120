#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/visible.hpp"
#include "gateway/query/whole.hpp"

namespace gateway::query {

using security::Interaction;

base::Result<std::vector<fhir::Version>> Reader::matching(const security::Principal& who,
                                                          Interaction interaction,
                                                          const fhir::search::Query& query,
                                                          std::size_t most) {
  auto asked = query;
  if (auto uncut = no_controls(query); !uncut) return uncut.error();
  if (asked.criteria.empty())
    return base::Error{base::ErrorKind::malformed,
                       "search-bad-value a condition names no parameter", "",
                       "name what the resource must be, as in identifier=system|value"};
  const auto scope = restricted(who, interaction, query.type);
  if (!scope) return scope.error();
  if (auto linked = restrict_links(who, asked.criteria); !linked) return linked.error();
  asked.count = most;
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto page = (*snapshot)->search({.query = &asked, .scope = *scope});
  if (!page) return page.error();
  std::vector<fhir::Version> found;
  for (auto& row : page->rows) found.push_back(std::move(row.version));
  return found;
}

base::Result<std::optional<fhir::Version>> Reader::standing(const security::Principal& who,
                                                            Interaction interaction,
                                                            const fhir::ResourceKey& key) {
  const auto scope = restricted(who, interaction, key.type);
  if (!scope) return scope.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto found = (*snapshot)->read(key, {});
  if (!found || !*found) return found;
  const auto seen = visible(**snapshot, key, *scope);
  if (!seen) return seen.error();
  if (!*seen) return std::optional<fhir::Version>();
  return found;
}

}  // namespace gateway::query
