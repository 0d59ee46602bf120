#include "gateway/store/tables/verify_versions.hpp"

#include <set>
#include <string_view>
#include <tuple>

#include "gateway/base/ids.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {
namespace {

std::string place_of_slot(std::int64_t arrival, std::int64_t slot) {
  return "arrival " + std::to_string(arrival) + " slot " + std::to_string(slot);
}

/// How many tokens the rows of an order share, of which this is one.
std::int64_t shared_tokens(std::string_view type, const fhir::search::IndexRows& rows) {
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> shared;
  for (const auto& token : rows.tokens)
    if (place_of(type, token.parameter) == Place::origin)
      shared.emplace(token.parameter, token.system, token.code);
  for (const auto& reference : rows.references)
    if (place_of(type, reference.parameter) == Place::origin)
      shared.emplace(reference.parameter, reference.type, reference.id);
  return static_cast<std::int64_t>(shared.size());
}

constexpr std::string_view of_origins =
    "t.parameter IN (SELECT number FROM name WHERE text LIKE '.%')";
constexpr std::string_view has_row =
    "(EXISTS (SELECT 1 FROM result WHERE row = t.row)"
    " OR EXISTS (SELECT 1 FROM entry WHERE row = t.row))";

}  // namespace

void VersionCheck::arrival(const Of& of, const Pack& pack) {
  for (std::size_t i = 0; i < pack.slots.size(); ++i) slot(of, i, pack.slots[i]);
  for (const LaterTime& again : pack.later) {
    const auto expected = later_.find({locator_key(again.key), again.version});
    if (expected != later_.end() && expected->second.time == again.source_time)
      later_.erase(expected);
  }
}

void VersionCheck::slot(const Of& of, std::size_t number, const Pack::Slot& slot) {
  const auto at = static_cast<std::int64_t>(number);
  const auto where = place_of_slot(of.number, at);
  const auto locator = locator_key(slot.key);
  Standing located;
  if (!current(where, locator, slot, located) && !older(where, locator, slot, located)) return;
  ++versions_;
  if (located.arrival != of.number || located.slot != at || located.updated != of.committed)
    findings_.add(where, "its locator points elsewhere");
  if (located.partition != of.partition)
    findings_.add(where, "its locator is in another partition");
  if (located.deleted != slot.body.empty()) findings_.add(where, "it is deleted in one place only");
  if (!located.content.empty() &&  // without one the seal alone speaks for it
      base::bytes_of(base::sha256(slot.body)).substr(0, 16) != located.content)
    findings_.add(where, "its body differs from its hash");
  if (!slot.body.empty()) index(where, of, at, slot, locator, located);
}

bool VersionCheck::current(const std::string& where, const std::string& locator,
                           const Pack::Slot& slot, Standing& out) {
  const auto at = locate(db_, locator);
  if (db_.is_damaged()) {
    db_.clear_failure();
    findings_.add(where, "its locator cannot be read");
    return false;
  }
  if (!at) {
    findings_.add(where, "no current version stands of it");
    return false;
  }
  if (at->version < slot.version) findings_.add(where, "an older version is given as current");
  if (at->version != slot.version) return false;
  ++resources_;
  out = {at->arrival, at->slot, at->updated, at->row, at->partition, at->deleted, at->content, 0};
  if (at->owner != slot.owner) findings_.add(where, "its owner was changed");
  if (at->order != slot.order) findings_.add(where, "its order number was changed");
  const bool is_later =
      at->source_time && (!slot.source_time || *at->source_time > *slot.source_time);
  if (is_later)  // a later arrival must have said it again then
    later_[{locator, slot.version}] = {*at->source_time, where};
  else if (slot.source_time && (!at->source_time || *at->source_time < *slot.source_time))
    findings_.add(where, "its source time was changed");
  return true;
}

bool VersionCheck::older(const std::string& where, const std::string& locator,
                         const Pack::Slot& slot, Standing& out) {
  Query row(db_,
            "SELECT h.arrival, h.slot, h.updated, h.row, h.partition, h.deleted, h.content,"
            " coalesce((SELECT n.updated FROM history n WHERE n.key = h.key AND n.version ="
            " h.version + 1), (SELECT r.updated FROM resource r WHERE r.key = h.key AND r.version ="
            " h.version + 1), -1) FROM history h WHERE h.key = ? AND h.version = ?",
            Blob{locator}, slot.version);
  if (!row.row()) {
    findings_.add(where, "neither resource nor history locates it");
    return false;
  }
  out = {row.integer(0), row.integer(1),      row.integer(2), row.integer(3),
         row.integer(4), row.integer(5) != 0, row.text(6),    row.integer(7)};
  return true;
}

void VersionCheck::index(const std::string& where, const Of& of, std::int64_t number,
                         const Pack::Slot& slot, const std::string& locator,
                         const Standing& located) {
  const bool is_current = located.ended == 0;
  if (located.row == 0 && !is_current) return;  // swept
  const auto json = fhir::JsonView::read(slot.body);
  if (!json) return findings_.add(where, "its body is no JSON");
  const auto kept = read_index(db_, slot.key.type, located.row);
  if (!kept) return findings_.add(where, "its index row is missing");
  const auto row = std::string(table_of(slot.key.type)) + ' ' + std::to_string(located.row);
  if (kept->version != slot.version || kept->started != of.committed || kept->key != locator)
    findings_.add(row, "it is of another version");
  if (kept->arrival != of.number || kept->slot != number)
    findings_.add(row, "it points at another version's place");
  if (kept->ended != located.ended) findings_.add(row, "it ends at another time than its version");
  const auto rows = fhir::search::index_rows(slot.key, *json, {});
  if (kept->partition != base::partition_of({rows.patient}))
    findings_.add(row, "it is in another partition than its patient");
  for (const auto& parameter :
       missing_postings(db_, slot.key, located.row, kept->origin, rows, postings_))
    findings_.add(row, "it lacks " + parameter);
  count_origin(row, kept->origin, located.row, shared_tokens(slot.key.type, rows));
  const auto wanted = index_lines(slot.key.type, rows);
  for (const auto& line : wanted)
    if (!kept->lines.contains(line))
      findings_.add(row, "it lacks " + line.substr(0, line.find(' ')));
  for (const auto& line : kept->lines)
    if (!wanted.contains(line)) findings_.add(row, "it says what its body does not");
}

void VersionCheck::strays() {
  for (const auto& [version, later] : later_)
    findings_.add(later.where, "its source time was changed");
  for (const auto* table : {"result", "entry"}) {
    Query query(db_, std::string("SELECT x.row, x.key FROM ") + table +
                         " x LEFT JOIN resource r ON r.key = x.key AND r.row = x.row"
                         " LEFT JOIN history h ON h.key = x.key AND h.row = x.row"
                         " WHERE r.key IS NULL AND h.key IS NULL");
    while (query.row()) {
      const auto at = locate(db_, query.bytes(1));  // it may lie in a run
      db_.clear_failure();                          // a damaged run was told where it is current
      if (!at || at->row != query.integer(0))
        findings_.add(table, query.integer(0), "no version stands behind it");
    }
  }
  stray_locators();
  stray_postings();
}

/// Each version was located once; so there must be no more locators than these.
void VersionCheck::stray_locators() {
  auto there = integer_of(db_,
                          "SELECT (SELECT count(*) FROM resource WHERE members IS NULL) +"
                          " (SELECT count(*) FROM history)")
                   .value_or(0);
  for_each_run(db_, [&](const Run& run) {
    there += static_cast<std::int64_t>(run.members.size());
    for (const auto& member : run.members)
      if (member.row < run.first_row || member.row > run.last_row)
        findings_.add(place_of_slot(run.arrival, member.slot), "its run does not reach to its row");
  });
  if (there == versions_) return;
  findings_.add("resource and history", "they hold " + std::to_string(there) + " of " +
                                            std::to_string(versions_) + " rows");
  Packs packs(db_, codec_);
  const auto hold = [&](const char* table, std::int64_t arrival, std::int64_t slot,
                        std::int64_t number, std::string_view locator) {
    const auto version = packs.version(arrival, slot, 0);
    const auto key = resource_key(locator);
    if (!version || !key || version->key != *key || version->version != number)
      findings_.add(table, "a row names " + place_of_slot(arrival, slot) +
                               ", where its version does not lie");
  };
  for_each_run(db_, [&](const Run& run) {
    for (const RunMember& member : run.members)
      hold("resource", run.arrival, member.slot, 1, std::string(run.head).append(member.rest));
  });
  for (const auto* table : {"resource", "history"}) {
    Query query(db_, std::string("SELECT arrival, slot, version, key FROM ") + table +
                         (table[0] == 'r' ? " WHERE members IS NULL" : "") +
                         " ORDER BY arrival, slot");
    while (query.row())
      hold(table, query.integer(0), query.integer(1), query.integer(2), query.bytes(3));
  }
}

/// An order's tokens lie under the number of its first row, and outlive it: there they are counted,
/// or, where that row is swept, at any other.
void VersionCheck::count_origin(const std::string& where, std::int64_t origin, std::int64_t row,
                                std::int64_t shared) {
  if (shared != 0 && origin == 0) findings_.add(where, "it is under no order");
  if (origin == row) {
    origin_tokens_ += shared;
  } else if (origin != 0 && !integer_of(db_,
                                        "SELECT 1 FROM result WHERE row = ?1"
                                        " UNION ALL SELECT 1 FROM entry WHERE row = ?1",
                                        origin)) {
    left_over_[origin] = shared;
  }
}

/// Tokens and references that should be there were looked up; there must be no more than these.
void VersionCheck::stray_postings() {
  const auto holds = [this](const char* table, std::int64_t there, std::int64_t wanted) {
    if (there != wanted)
      findings_.add(
          table, "it holds " + std::to_string(there) + " of " + std::to_string(wanted) + " rows");
  };
  const auto count = [this](std::string_view table, std::string_view which) {
    return integer_of(db_,
                      Sql("SELECT count(*) FROM ").add(table).add(" AS t WHERE ").add(which).text)
        .value_or(0);
  };
  const std::string no_origin = "NOT " + std::string(of_origins);
  for (const auto* table : {"token", "reference", "string", "number", "quantity", "date"}) {
    Query query(db_, Sql("SELECT t.row FROM ")
                         .add(table)
                         .add(" AS t WHERE ")
                         .add(no_origin)
                         .add(" AND NOT ")
                         .add(has_row)
                         .text);
    while (query.row())
      findings_.add(table, query.integer(0), "it belongs to no row of result or entry");
  }
  holds("token", count("token", no_origin), postings_.tokens);
  holds("reference", count("reference", "TRUE"), postings_.references);
  holds("token", count("token", std::string(of_origins) + " AND " + std::string(has_row)),
        origin_tokens_);
  Query left(db_, Sql("SELECT t.row, count(*) FROM token AS t WHERE ")
                      .add(of_origins)
                      .add(" AND NOT ")
                      .add(has_row)
                      .add(" GROUP BY t.row")
                      .text);
  while (left.row())  // of which no row is left nobody is shown
    if (const auto known = left_over_.find(left.integer(0)); known != left_over_.end())
      holds("token", left.integer(1), known->second);
}

}  // namespace gateway::store::tables
