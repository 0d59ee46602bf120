#include "gateway/query/visible.hpp"

#include <algorithm>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/shown.hpp"

namespace gateway::query {

base::Error unknown(const fhir::ResourceKey& key) {
  return {base::ErrorKind::not_found, "unknown-id there is no such " + key.type, "", ""};
}

base::Result<bool> visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                           const std::vector<fhir::search::Criterion>& scope) {
  const auto shown = visible(snapshot, key.type, {key.id}, scope);
  if (!shown) return shown.error();
  return !shown->empty();
}

base::Result<std::set<std::string>> visible(store::Snapshot& snapshot, const std::string& type,
                                            const std::set<std::string>& ids,
                                            const std::vector<fhir::search::Criterion>& scope) {
  if (scope.empty() || ids.empty()) return ids;
  std::string text = "_count=" + std::to_string(ids.size()) + "&_id=";
  for (const std::string& id : ids) text += id + ',';
  text.pop_back();
  const auto query = fhir::search::parse(type, text);
  if (!query) return query.error();
  const auto page = snapshot.search({.query = &*query, .scope = scope});
  if (!page) return page.error();
  std::set<std::string> shown;
  for (const auto& row : page->rows) shown.insert(row.version.key.id);
  return shown;
}

base::Result<bool> was_visible(store::Snapshot& snapshot, const fhir::ResourceKey& key,
                               const std::vector<fhir::search::Criterion>& scope) {
  const auto current = snapshot.read(key, {});
  if (!current) return current.error();
  if (!*current || !(*current)->deleted || (*current)->version < 2) return false;
  if (scope.empty()) return true;
  const auto last = snapshot.read(key, (*current)->version - 1);
  if (!last) return last.error();
  return *last ? meets_itself(snapshot, scope, **last) : base::Result<bool>(false);
}

base::Result<bool> meets_itself(store::Snapshot& snapshot,
                                const std::vector<fhir::search::Criterion>& scope,
                                const fhir::Version& version) {
  if (scope.empty() || version.deleted) return true;
  const auto body = fhir::JsonView::read(version.body);
  if (!body) return false;
  const auto patient = snapshot.read({"Patient", fhir::search::patient_of(version.key, *body)}, {});
  if (!patient) return patient.error();
  const auto who = *patient ? fhir::JsonView::read((*patient)->body) : std::nullopt;
  const auto rows = fhir::search::index_rows(
      version.key, *body,
      who ? fhir::search::patient_identifiers(*who) : fhir::search::PatientIdentifiers{});
  return std::ranges::all_of(
      scope, [&rows](const auto& criterion) { return fhir::search::meets(criterion, rows); });
}

base::Result<bool> sees(store::Snapshot& snapshot,
                        const std::vector<fhir::search::Criterion>& scope,
                        const fhir::Version& version) {
  if (scope.empty()) return true;
  const auto seen = visible(snapshot, version.key, scope);
  return !seen || !*seen ? seen : obeys(snapshot, scope, version);
}

base::Result<bool> obeys(store::Snapshot& snapshot,
                         const std::vector<fhir::search::Criterion>& scope,
                         const fhir::Version& version) {
  if (scope.empty()) return true;
  const auto current = snapshot.read(version.key, {});
  if (!current) return current.error();
  const bool is_current = *current && (*current)->version == version.version;
  return is_current ? base::Result<bool>(true) : meets_itself(snapshot, scope, version);
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
  show(who, **found);
  return std::move(**found);
}

}  // namespace gateway::query
