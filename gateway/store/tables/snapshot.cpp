#include "gateway/store/tables/snapshot.hpp"

#include <algorithm>
#include <set>

#include "gateway/store/tables/changes.hpp"
#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/criteria.hpp"
#include "gateway/store/tables/events.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"
#include "gateway/store/tables/pack.hpp"
#include "gateway/store/tables/sorting.hpp"
#include "gateway/store/tables/table_store.hpp"

namespace gateway::store::tables {
namespace {

// What a row of a page needs before its sort values.
constexpr std::string_view row_columns = "SELECT r.row, r.arrival, r.slot, r.started";
constexpr int first_sort_column = 4;

/// The rows of a search in its order, from where its page begins. What is sorted by has a name
/// there, so that it can be asked for where a page goes on.
Sql ordered_rows(const Sorting& sort, const Sql& where, std::optional<std::int64_t> end = {}) {
  Sql sql{std::string(row_columns)};
  sql.add(sort.columns).add(" FROM ").add(where);
  if (!sort.columns.empty() && !sort.beyond.empty())
    sql = Sql("SELECT * FROM (").add(sql).add(") AS r WHERE TRUE");
  sql.add(sort.beyond);
  if (end) sql.add(" AND r.row <= ?", *end);
  return sql.add(sort.order);
}

}  // namespace

TableSnapshot::TableSnapshot(Readers::Lent reading, const base::Clock& clock)
    : reading_(std::move(reading)),
      clock_(clock),
      db_(*reading_->connection),
      packs_(db_, *reading_->codec, reading_->cache) {
  reading_->bodies = {.packs = &packs_};
}

TableSnapshot::~TableSnapshot() {
  reading_->bodies = {};
  db_.clear_failure();
  run(db_, "ROLLBACK");
}

base::Result<std::unique_ptr<Snapshot>> TableSnapshot::begin(Readers::Lent reading,
                                                             const base::Clock& clock) {
  std::unique_ptr<TableSnapshot> snapshot(new TableSnapshot(std::move(reading), clock));
  snapshot->db_.begin_reading();
  // The first statement fixes what is seen until the end, whatever it reads.
  (void)integer_of(snapshot->db_, "SELECT 1 FROM head WHERE FALSE");
  auto begun = snapshot->checked(true);
  if (!begun) return begun.error();
  return std::unique_ptr<Snapshot>(std::move(snapshot));
}

std::int64_t TableSnapshot::commit() const {
  if (!commit_)
    commit_ =
        integer_of(db_, "SELECT committed FROM arrival ORDER BY number DESC LIMIT 1").value_or(0);
  return *commit_;
}

template <class T>
base::Result<T> TableSnapshot::checked(T value) const {
  if (db_.failure() == no_failure) return value;
  return unreadable(db_);
}

base::Result<std::optional<fhir::Version>> TableSnapshot::read(
    const fhir::ResourceKey& key, std::optional<std::int64_t> version) {
  return checked(read_version(db_, packs_, key, version));
}

base::Result<std::vector<fhir::Version>> TableSnapshot::history(const fhir::ResourceKey& key) {
  return checked(read_history(db_, packs_, key));
}

base::Result<SearchPage> TableSnapshot::search(const Search& search) {
  constexpr std::int64_t most_microseconds = 2'000'000, most_of_bounded = 10'000'000;
  const auto& query = *search.query;
  // To plan it may look, too.
  const auto watch = db_.watch(clock_, {search.most_steps, most_microseconds});
  const auto found = found_now(search);
  if (!found) return found.error();
  const bool is_listing = query.criteria.empty() && query.sort.empty() && search.scope.empty();
  const bool is_bounded = found->is_bounded || is_listing || search.looks_at != 0;
  if (is_bounded && db_.failure() == no_failure) watch->lift(most_of_bounded);
  const auto refusal = [&] {
    db_.clear_failure();
    return is_bounded ? took_too_long() : too_costly(query);
  };
  if (watch->has_ended_it()) return refusal();
  auto page = page_of(search, found->where);
  if (watch->has_ended_it()) return refusal();
  return page;
}

base::Result<Found> TableSnapshot::found_now(const Search& search) {
  const auto as_of = search.as_of == 0 ? commit() : search.as_of;
  return found_by(*reading_, search, as_of, clock_.now(), as_of == commit());
}

/// The last row that a page looks at which goes through rows in their order; nullopt: all.
std::optional<std::int64_t> TableSnapshot::end_of_look(const Search& search) {
  if (search.looks_at == 0) return std::nullopt;
  const std::string table(table_of(search.query->type));
  std::string_view after = search.after;
  const auto behind = static_cast<std::int64_t>(take_number(after).value_or(0));
  const auto first =
      integer_of(db_, "SELECT min(row) FROM " + table + " WHERE row > ?", behind).value_or(0);
  const auto last = integer_of(db_, "SELECT max(row) FROM " + table).value_or(0);
  const auto end = first + search.looks_at - 1;
  return end < last ? std::optional(end) : std::nullopt;
}

base::Result<SearchPage> TableSnapshot::page_of(const Search& search, const Sql& where) {
  const auto sort = sort_of(db_, search);
  if (!sort) return sort.error();
  SearchPage page;
  const auto& query = *search.query;
  if (query.count_only || query.total != fhir::search::Total::none) {
    const Sql count = Sql("SELECT count(*) FROM ").add(where);
    Query counted(db_, count.text, count.values);
    if (counted.row()) page.total = counted.integer(0);
  }
  if (query.count_only || query.count == 0) return checked(std::move(page));

  const auto end = end_of_look(search);
  const Sql sql = ordered_rows(*sort, where, end).add(" LIMIT ?", query.count + 1);
  Query rows(db_, sql.text, sql.values);
  std::size_t bytes = 0;
  while (rows.row()) {
    if (page.rows.size() == query.count || bytes >= search.most_bytes) {
      page.more = true;
      break;
    }
    auto version = packs_.version(rows.integer(1), rows.integer(2), rows.integer(3));
    if (!version) {
      db_.fail(damaged);
      break;
    }
    bytes += version->body.size();
    page.rows.push_back({std::move(*version)});
    auto place = place_after(rows, first_sort_column, query.sort.size());
    if (page.before.empty()) page.before = place;
    page.after = std::move(place);
  }
  if (end && !page.more) {
    page.more = true;
    page.after.clear();
    put_number(page.after, static_cast<std::uint64_t>(*end));
  }
  if (search.backwards) {
    std::ranges::reverse(page.rows);
    std::swap(page.before, page.after);
  }
  if (!page.more) (search.backwards ? page.before : page.after).clear();
  return checked(std::move(page));
}

base::Result<SearchPage> TableSnapshot::changes(const Changes& asked) {
  auto page = read_changes(db_, packs_, asked, commit());
  if (!page) return page.error();
  return checked(*std::move(page));
}

base::Result<std::vector<fhir::ResourceKey>> TableSnapshot::written_with(
    std::span<const fhir::ResourceKey> keys, std::string_view type) {
  std::set<std::int64_t> arrivals;
  for (const auto& key : keys) {
    const auto locator = locator_key(key);
    if (const auto current = locate(db_, locator)) arrivals.insert(current->arrival);
    Query query(db_, "SELECT arrival FROM history WHERE key = ?", Blob{locator});
    while (query.row()) arrivals.insert(query.integer(0));
  }
  std::set<fhir::ResourceKey> found;
  for (const auto arrival : arrivals) {
    const Pack* pack = packs_.find(arrival);
    if (pack == nullptr) {
      db_.fail(damaged);
      break;
    }
    for (const auto& slot : pack->slots)
      if (slot.key.type == type) found.insert(slot.key);
  }
  return checked(std::vector<fhir::ResourceKey>(found.begin(), found.end()));
}

base::Result<std::vector<Event>> TableSnapshot::events(std::string_view subscription,
                                                       std::int64_t after, std::size_t most) {
  return checked(read_events(db_, packs_, subscription, after, most));
}

base::Result<EventCount> TableSnapshot::event_count(std::string_view subscription) {
  return checked(count_events(db_, subscription));
}

base::Result<std::optional<Origin>> TableSnapshot::origin(const fhir::ResourceKey& key,
                                                          std::int64_t version) {
  return checked(read_origin(db_, *reading_->codec, key, version));
}

base::Result<std::string> TableSnapshot::explain(const Search& search) {
  const auto found = found_now(search);
  if (!found) return found.error();
  const auto sort = sort_of(db_, search);
  if (!sort) return sort.error();
  const Sql sql = ordered_rows(*sort, found->where);
  return checked(db_.explain(sql.text, sql.values));
}

}  // namespace gateway::store::tables
