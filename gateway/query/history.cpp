#include <map>

#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/shown.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

using fhir::search::HistoryQuery;
using security::Interaction;

/// What a client sees of a history, type by type. Asks each resource of a restricted type once.
class Sight {
 public:
  Sight(store::Snapshot& snapshot, const security::Principal& who)
      : snapshot_(snapshot), who_(who) {}

  base::Result<bool> sees(const fhir::Version& version) {
    const auto& key = version.key;
    const auto known = by_type_.find(key.type);
    const auto& scope =
        known != by_type_.end()
            ? known->second
            : by_type_.emplace(key.type, restricted(who_, Interaction::read, key.type))
                  .first->second;
    if (!scope) return false;
    if (scope->empty()) return true;
    auto known_key = by_key_.find(key);
    if (known_key == by_key_.end()) {
      const auto seen = shown_now(key, *scope);
      if (!seen) return seen.error();
      known_key = by_key_.emplace(key, *seen).first;
    }
    const std::int64_t current = known_key->second;
    if (current == 0 || current == version.version) return current != 0;
    return meets_itself(snapshot_, *scope, version);
  }

 private:
  /// Number of the version that is visible now; 0: none is.
  base::Result<std::int64_t> shown_now(const fhir::ResourceKey& key,
                                       const std::vector<fhir::search::Criterion>& scope) {
    const auto seen = visible(snapshot_, key, scope);
    if (!seen) return seen.error();
    const auto current = snapshot_.read(key, {});
    if (!current) return current.error();
    return *seen && *current ? (*current)->version : 0;
  }

  store::Snapshot& snapshot_;
  const security::Principal& who_;
  std::map<std::string, base::Result<std::vector<fhir::search::Criterion>>> by_type_;
  std::map<fhir::ResourceKey, std::int64_t> by_key_;
};

bool may_read_something(const security::Principal& who) {
  for (const auto type : fhir::search::served_types())
    if (restricted(who, Interaction::read, type)) return true;
  return false;
}

base::Result<void> may_read(const security::Principal& who, const std::string& type) {
  if (!type.empty()) {
    if (auto scope = restricted(who, Interaction::read, type); !scope) return scope.error();
  } else if (!may_read_something(who)) {
    return restricted(who, Interaction::read, "anything").error();
  }
  return {};
}

/// Of what was written, what the client may see.
base::Result<void> add_seen(store::Snapshot& snapshot, const security::Principal& who,
                            std::vector<store::SearchRow> found, std::vector<fhir::Version>& rows) {
  Sight sight(snapshot, who);
  for (auto& row : found) {
    auto seen = sight.sees(row.version);
    if (!seen) return seen.error();
    if (*seen) rows.push_back(std::move(row.version));
  }
  return {};
}

}  // namespace

base::Result<Page> Reader::onwards(const security::Principal& who, const std::string& type,
                                   const HistoryQuery& query) {
  if (auto may = may_read(who, type); !may) return may.error();
  // It is a place alone: as good as the store is old, and whatever the client may see by then.
  constexpr base::Instant no_time{0};
  const auto bound_to = binding({.name = who.name}, "_history/" + type, "_after");
  Cursor cursor;
  if (query.after && !query.after->empty()) {
    auto read = read_cursor(*query.after, no_time, cursor_key_, bound_to);
    if (!read) {
      auto error = read.error();
      error.where = "http._after";
      return error;
    }
    cursor = *std::move(read);
  }
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto found = (*snapshot)->changes(
      {.type = type, .count = query.count, .after = cursor.after, .oldest_first = true});
  if (!found) return found.error();
  Page page;
  page.has_more = found->more;
  page.next = write_cursor({0, std::move(found->after), {}}, no_time, cursor_key_, bound_to);
  if (auto added = add_seen(**snapshot, who, std::move(found->rows), page.rows); !added)
    return added.error();
  show(who, page.rows);
  return page;
}

base::Result<Page> Reader::changes(const security::Principal& who, const std::string& type,
                                   const HistoryQuery& query) {
  if (auto may = may_read(who, type); !may) return may.error();
  const auto bound_to = binding(who, "_history/" + type, query.self);
  auto cursor = resumed(query.cursor, bound_to);
  if (!cursor) return cursor.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  if (cursor->as_of == 0) cursor->as_of = (*snapshot)->commit();
  auto found = (*snapshot)->changes({.type = type,
                                     .since = query.since ? query.since->microseconds : 0,
                                     .as_of = cursor->as_of,
                                     .count = query.count,
                                     .after = cursor->after});
  if (!found) return found.error();
  Page page;
  if (auto added = add_seen(**snapshot, who, std::move(found->rows), page.rows); !added)
    return added.error();
  if (found->more) page.next = sealed({cursor->as_of, found->after, {}}, bound_to);
  show(who, page.rows);
  return page;
}

base::Result<Page> Reader::history(const security::Principal& who, const fhir::ResourceKey& key,
                                   const HistoryQuery& query) {
  auto scope = restricted(who, Interaction::read, key.type);
  if (!scope) return scope.error();
  const auto bound_to = binding(who, "_history/" + key.reference(), query.self);
  auto cursor = resumed(query.cursor, bound_to);
  if (!cursor) return cursor.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto seen = visible(**snapshot, key, *scope);
  if (!seen) return seen.error();
  if (!*seen) return unknown(key);
  auto versions = (*snapshot)->history(key);
  if (!versions) return versions.error();
  if (versions->empty()) return unknown(key);
  const auto current = versions->front().version;
  // Its versions are few: all are read, and a page begins behind the version its cursor names.
  if (cursor->as_of == 0) cursor->as_of = versions->front().version;
  const std::int64_t below = cursor->after.empty() ? cursor->as_of + 1 : std::stoll(cursor->after);
  Page page;
  page.total = 0;
  for (auto& version : *versions) {
    const auto is_inside = version.version == current ? base::Result<bool>(true)
                                                      : meets_itself(**snapshot, *scope, version);
    if (!is_inside) return is_inside.error();
    const bool is_asked = *is_inside && version.version <= cursor->as_of &&
                          (!query.since || version.last_updated >= *query.since);
    if (!is_asked) continue;
    ++*page.total;
    if (version.version >= below) continue;
    if (page.rows.size() < query.count)
      page.rows.push_back(std::move(version));
    else if (page.next.empty())
      page.next = sealed({cursor->as_of, std::to_string(page.rows.back().version), {}}, bound_to);
  }
  show(who, page.rows);
  return page;
}

}  // namespace gateway::query
