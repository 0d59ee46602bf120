#include "gateway/query/reader.hpp"

#include "gateway/query/includes.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/retracted.hpp"
#include "gateway/query/shown.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {

using security::Interaction;

Reader::Reader(store::Store& store, const base::Clock& clock) : store_(store), clock_(clock) {
  auto key = store_.secret("cursor");
  base::invariant(static_cast<bool>(key), "a store that was opened keeps its secrets");
  cursor_key_ = *key;
}

base::Result<fhir::Version> Reader::read(const security::Principal& who,
                                         const fhir::ResourceKey& key,
                                         std::optional<std::int64_t> version) {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  return read_as(**snapshot, who, key, version);
}

base::Result<Cursor> Reader::resumed(const std::string& sealed, std::string_view bound_to) const {
  if (sealed.empty()) return Cursor{};
  return read_cursor(sealed, clock_.now(), cursor_key_, bound_to);
}

std::string Reader::sealed(const Cursor& cursor, std::string_view bound_to) const {
  return write_cursor(cursor, clock_.now(), cursor_key_, bound_to);
}

namespace {

/// To two digits, so that nobody takes an estimate for a count (FHIR.md §2.2).
std::int64_t rounded(std::int64_t total) {
  std::int64_t unit = 1;
  while (total / unit >= 100) unit *= 10;
  return (total + unit / 2) / unit * unit;
}

}  // namespace

base::Result<Page> Reader::search(const security::Principal& who,
                                  const fhir::search::Query& query) {
  auto scope = restricted(who, Interaction::search, query.type);
  if (!scope) return scope.error();
  auto asked = query;
  if (auto linked = restrict_links(who, asked.criteria); !linked) return linked.error();
  const std::string bound_to = binding(who, query.type, query.self);
  auto cursor = resumed(query.cursor, bound_to);
  if (!cursor) return cursor.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  if (cursor->as_of == 0) cursor->as_of = (*snapshot)->commit();
  const store::Search search{.query = &asked,
                             .scope = *scope,
                             .as_of = cursor->as_of,
                             .after = cursor->after,
                             .backwards = cursor->backwards};
  auto found = (*snapshot)->search(search);
  if (!found) return found.error();
  Page page;
  if (query.explain) {
    const auto plan = (*snapshot)->explain(search);
    if (!plan) return plan.error();
    page.notes.push_back("this page of " + std::to_string(found->rows.size()) +
                         " rows was found so:\n" + *plan);
  }
  for (auto& row : found->rows) page.rows.push_back(std::move(row.version));
  page.total = query.cursor.empty() ? found->total : cursor->total;
  if (page.total && query.total == fhir::search::Total::estimate) page.total = rounded(*page.total);
  if (!query.includes.empty() && !page.rows.empty()) {
    auto beside =
        included(**snapshot, who, query.includes, page.rows, cursor->as_of, cursor->included);
    if (!beside) return beside.error();
    page.included = std::move(beside->rows);
    if (beside->cut) {
      page.notes.push_back("more than " + std::to_string(most_included) +
                           " resources are included: these are not all, `related` has the rest");
      page.related = sealed({cursor->as_of, cursor->after, page.total, cursor->backwards,
                             cursor->included + most_included},
                            bound_to);
    }
  }
  if (cursor->included != 0) {  // its matches were told, and lead on
    page.rows.clear();
    found->after.clear();
    found->before.clear();
  }
  if (!found->after.empty())
    page.next = sealed({cursor->as_of, found->after, page.total, false}, bound_to);
  if (!query.cursor.empty() && !found->before.empty())
    page.previous = sealed({cursor->as_of, found->before, page.total, true}, bound_to);
  if (cursor->as_of < (*snapshot)->commit()) {
    const auto dropped = drop_retracted(**snapshot, who, page);
    if (!dropped) return dropped.error();
  }
  for (const std::string& name : query.ignored)
    page.notes.push_back("the parameter " + name + " is not known and was left out");
  show(who, page.rows);
  show(who, page.included);
  return page;
}

}  // namespace gateway::query
