#include <algorithm>

#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/retracted.hpp"
#include "gateway/query/shown.hpp"
#include "gateway/query/stage.hpp"

namespace gateway::query {
namespace {

using fhir::search::SeveralQuery;
using security::Interaction;

/// Where the next page begins; nullopt: nowhere. Types that are not for this client are left out.
base::Result<std::optional<Stage>> fill(store::Snapshot& snapshot, const security::Principal& who,
                                        SeveralQuery asked, Stage stage, std::int64_t as_of,
                                        Page& page) {
  for (; stage.number < asked.queries.size(); ++stage.number, stage.after.clear()) {
    auto& query = asked.queries[stage.number];
    auto scope = restricted(who, Interaction::search, query.type);
    if (!scope) continue;
    const bool is_full = !asked.count_only && page.rows.size() == asked.count;
    if (!asked.count_only) query.count = is_full ? 1 : asked.count - page.rows.size();
    auto found = snapshot.search(
        {.query = &query, .scope = *std::move(scope), .as_of = as_of, .after = stage.after});
    if (!found) return found.error();
    if (is_full && !found->rows.empty()) return std::optional(Stage{stage.number, {}});
    if (found->total) page.total = page.total.value_or(0) + *found->total;
    for (auto& row : found->rows) page.rows.push_back(std::move(row.version));
    if (found->more) return std::optional(Stage{stage.number, found->after});
  }
  return std::optional<Stage>();
}

}  // namespace

base::Result<Page> Reader::several(const security::Principal& who, const std::string& place,
                                   const SeveralQuery& query) {
  const auto may_search = [&](const auto& one) {
    return static_cast<bool>(restricted(who, Interaction::search, one.type));
  };
  if (std::ranges::none_of(query.queries, may_search))
    return restricted(who, Interaction::search, query.queries.front().type).error();
  const auto bound_to = binding(who, place, query.self);
  auto cursor = resumed(query.cursor, bound_to);
  if (!cursor) return cursor.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  if (cursor->as_of == 0) cursor->as_of = (*snapshot)->commit();
  Page page;
  const auto next = fill(**snapshot, who, query, Stage::read(cursor->after).value_or(Stage{}),
                         cursor->as_of, page);
  if (!next) return next.error();
  if (*next) page.next = sealed({cursor->as_of, (*next)->text(), {}}, bound_to);
  if (cursor->as_of < (*snapshot)->commit())
    if (const auto dropped = drop_retracted(**snapshot, who, page); !dropped)
      return dropped.error();
  show(who, page.rows);
  return page;
}

}  // namespace gateway::query
