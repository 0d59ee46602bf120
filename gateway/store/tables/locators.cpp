#include "gateway/store/tables/locators.hpp"

#include <algorithm>

#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {
namespace {

/// A row, and what a run has besides.
struct FoundRow {
  Located located;
  std::int64_t last_row = 0;
  std::string members, key;
};

constexpr std::string_view columns =
    "SELECT r.partition, r.version, r.arrival, r.slot, r.updated, r.row, r.deleted,"
    " r.source_time, n.text, r.order_number, r.content, r.last_row, r.members, r.key"
    " FROM resource r LEFT JOIN name n ON n.number = r.owner WHERE ";

template <class... Values>
std::optional<FoundRow> row_found_by(Connection& db, const std::string& sql,
                                     const Values&... values) {
  Query query(db, sql, values...);
  if (!query.row()) return std::nullopt;
  FoundRow found;
  Located& out = found.located;
  out.partition = query.integer(0);
  out.version = query.integer(1);
  out.arrival = query.integer(2);
  out.slot = query.integer(3);
  out.updated = query.integer(4);
  out.row = query.integer(5);
  out.deleted = query.integer(6) != 0;
  if (!query.is_null(7)) out.source_time = query.integer(7);
  if (!query.is_null(8)) out.owner = query.text(8);
  out.order = query.text(9);
  out.content = query.text(10);
  found.last_row = query.integer(11);
  found.members = query.text(12);
  found.key = query.text(13);
  return found;
}

std::optional<FoundRow> row_of(Connection& db, std::string_view key) {
  static const std::string sql = std::string(columns) + "r.key = ?";
  return row_found_by(db, sql, Blob{key});
}

/// With one look: the row of a locator, or the run of its head, beside which there is no other.
std::optional<FoundRow> row_or_run_of(Connection& db, std::string_view locator,
                                      std::string_view head) {
  static const std::string sql =
      std::string(columns) + "r.key >= ? AND r.key <= ? ORDER BY r.key DESC LIMIT 1";
  auto found = row_found_by(db, sql, Blob{head}, Blob{locator});
  if (found && found->key != locator && found->key != head) return std::nullopt;
  return found;
}

/// Members of a run, views into what it holds. A list that lacks some would let what stands be
/// taken for new, so that it must reach from the first row to the last.
std::vector<RunMember> members_of(Connection& db, const FoundRow& run) {
  const auto members = read_members(run.members);
  const auto by_row = [](const auto& a, const auto& b) { return a.row < b.row; };
  if (members && members->size() >= fewest_in_run) {
    const auto [first, last] = std::minmax_element(members->begin(), members->end(), by_row);
    if (first->row == run.located.row && last->row == run.last_row) return *members;
  }
  db.fail(damaged);
  return {};
}

}  // namespace

std::string write_members(std::vector<RunMember> members) {
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.rest < b.rest; });
  std::string out;
  out.reserve(members.size() * 48);
  for (const auto& member : members) {
    put_text(out, member.rest);
    put_number(out, static_cast<std::uint64_t>(member.slot));
    put_number(out, static_cast<std::uint64_t>(member.row));
  }
  return out;
}

std::optional<std::vector<RunMember>> read_members(std::string_view bytes) {
  std::vector<RunMember> members;
  while (!bytes.empty()) {
    const auto rest = take_text(bytes);
    const auto slot = take_number(bytes);
    const auto row = take_number(bytes);
    if (!rest || !slot || !row) return std::nullopt;
    members.push_back({*rest, static_cast<std::int64_t>(*slot), static_cast<std::int64_t>(*row)});
  }
  return members;
}

std::optional<Located> locate(Connection& db, std::string_view locator) {
  const auto head = shared_head(locator);
  auto found = head.empty() ? row_of(db, locator) : row_or_run_of(db, locator, head);
  if (!found || found->key == locator)
    return found ? std::optional(std::move(found->located)) : std::nullopt;
  for (const auto& member : members_of(db, *found)) {
    if (member.rest != locator.substr(head.size())) continue;
    found->located.slot = member.slot;
    found->located.row = member.row;
    return std::move(found->located);
  }
  return std::nullopt;
}

bool anything_under(Connection& db, std::string_view head) {
  return integer_of(db, "SELECT 1 FROM resource WHERE key >= ? AND key < ? LIMIT 1", Blob{head},
                    Blob{std::string(head) + '\xff'})
      .has_value();
}

std::vector<std::string> locators_under(Connection& db, std::string_view head,
                                        std::string_view next, std::size_t most) {
  std::vector<std::string> out;
  if (const auto run = row_of(db, head)) {
    for (const auto& member : members_of(db, *run))
      if (member.rest.starts_with(next) && out.size() < most)
        out.push_back(std::string(head).append(member.rest));
    return out;
  }
  const auto first = std::string(head).append(next);
  Query query(db, "SELECT key FROM resource WHERE key >= ? AND key < ? AND deleted = 0 LIMIT ?",
              Blob{first}, Blob{first + '\xff'}, static_cast<std::int64_t>(most));
  while (query.row()) out.push_back(query.text(0));
  return out;
}

void take_apart(Connection& db, std::string_view head) {
  if (head.empty()) return;
  const auto whole = row_of(db, head);
  if (!whole) return;
  const auto members = members_of(db, *whole);
  for (const auto& member : members)
    run(db,
        "INSERT INTO resource (key, partition, version, arrival, slot, updated, deleted, row,"
        " source_time, owner, order_number, content) SELECT ?1, partition, version, arrival, ?2,"
        " updated, deleted, ?3, source_time, owner, order_number, ?5 FROM resource WHERE key = ?4",
        Blob{std::string(head).append(member.rest)}, member.slot, member.row, Blob{head}, Blob{});
  run(db, "DELETE FROM resource WHERE key = ?", Blob{head});
}

void for_each_run(Connection& db, const std::function<void(const Run&)>& see) {
  Query query(db,
              "SELECT key, arrival, row, last_row, members FROM resource"
              " WHERE members IS NOT NULL");
  while (query.row())
    see({query.text(0), query.integer(1), query.integer(2), query.integer(3),
         read_members(query.bytes(4)).value_or(std::vector<RunMember>())});
}

}  // namespace gateway::store::tables
