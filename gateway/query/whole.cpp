#include "gateway/query/whole.hpp"

#include "gateway/fhir/last.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/shown.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {

using security::Interaction;

base::Result<void> no_controls(const fhir::search::Query& query) {
  if (!query.cursor.empty() || !query.sort.empty() || query.total != fhir::search::Total::none ||
      !query.includes.empty() || query.self.starts_with("_count=") ||
      query.self.find("&_count=") != std::string::npos)
    return base::Error{base::ErrorKind::malformed,
                       "search-bad-value this answer is not sorted, counted or paged",
                       "http._sort, http._count, http._total, http._summary, http._include",
                       "narrow it by date, code or another parameter of Observation"};
  return {};
}

base::Result<std::vector<fhir::Version>> whole(store::Snapshot& snapshot,
                                               const security::Principal& who,
                                               fhir::search::Query query, std::size_t most) {
  const auto scope = restricted(who, Interaction::search, query.type);
  if (!scope) return scope.error();
  if (auto linked = restrict_links(who, query.criteria); !linked) return linked.error();
  query.count = 1000;
  std::vector<fhir::Version> all;
  store::Search search{.query = &query, .scope = *scope, .as_of = snapshot.commit()};
  for (;;) {
    auto page = snapshot.search(search);
    if (!page) return page.error();
    if (all.size() + page->rows.size() > most)
      return base::Error{
          base::ErrorKind::unsupported,
          "search-too-costly there are more than " + std::to_string(most) + " results", "",
          "narrow it by patient, date, code or another parameter"};
    for (auto& row : page->rows) all.push_back(std::move(row.version));
    if (!page->more) return all;
    search.after = page->after;
  }
}

base::Result<Timeline> Reader::timeline(const security::Principal& who, const std::string& patient,
                                        const fhir::search::Query& query, std::size_t most) {
  if (auto uncut = no_controls(query); !uncut) return uncut.error();
  const fhir::ResourceKey key{"Patient", patient};
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  if (auto scope = restricted(who, Interaction::search, "Observation"); !scope)
    return scope.error();
  auto found = read_as(**snapshot, who, key);
  if (!found) return found.error();

  Timeline timeline{*std::move(found), {(*snapshot)->commit()}, {}};
  if (timeline.patient.deleted) return timeline;
  auto of_patient = fhir::search::parse("Observation", "patient=" + patient);
  if (!of_patient) return of_patient.error();
  for (const auto& criterion : query.criteria) of_patient->criteria.push_back(criterion);
  auto results = whole(**snapshot, who, *of_patient, most);
  if (!results) return results.error();
  timeline.results = *std::move(results);
  show(who, timeline.results);
  return timeline;
}

base::Result<std::vector<fhir::Version>> Reader::last(const security::Principal& who,
                                                      const fhir::search::Query& query,
                                                      std::size_t most, std::size_t looked_at) {
  if (auto uncut = no_controls(query); !uncut) return uncut.error();
  auto standing = fhir::search::parse("Observation", "status=final,amended,corrected,preliminary");
  if (!standing) return standing.error();
  for (const auto& criterion : query.criteria) standing->criteria.push_back(criterion);
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto results = whole(**snapshot, who, *standing, looked_at);
  if (!results) return results.error();
  auto last = fhir::last_of(*std::move(results), most);
  show(who, last);
  return last;
}

}  // namespace gateway::query
