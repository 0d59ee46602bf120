#include "gateway/store/tables/kept.hpp"

#include <algorithm>

namespace gateway::store::tables {
namespace {

bool stands_as_read(Connection& connection, const Keeping& change) {
  const auto version = integer_of(
      connection, "SELECT version FROM kept WHERE kind = ? AND name = ?", change.kind, change.name);
  return version.value_or(0) == change.follows;
}

void write(Connection& connection, const Keeping& change) {
  if (change.is_gone)
    run(connection, "DELETE FROM kept WHERE kind = ? AND name = ?", change.kind, change.name);
  else if (change.follows == 0)
    run(connection, "INSERT INTO kept (kind, name, version, until, text) VALUES (?, ?, 1, ?, ?)",
        change.kind, change.name, change.until.microseconds, change.text);
  else
    run(connection,
        "UPDATE kept SET version = version + 1, until = ?, text = ? WHERE kind = ? AND name = ?",
        change.until.microseconds, change.text, change.kind, change.name);
}

}  // namespace

bool write_kept(Connection& connection, std::span<const Keeping> changes, base::Instant now) {
  run(connection, "DELETE FROM kept WHERE until < ?", now.microseconds);
  const auto stands = [&](const Keeping& change) { return stands_as_read(connection, change); };
  if (!std::ranges::all_of(changes, stands)) return false;
  for (const Keeping& change : changes) write(connection, change);
  return true;
}

std::optional<Kept> read_kept(Connection& connection, std::string_view kind, std::string_view name,
                              base::Instant now) {
  Query query(connection,
              "SELECT version, until, text FROM kept WHERE kind = ? AND name = ? AND until >= ?",
              kind, name, now.microseconds);
  if (!query.row()) return std::nullopt;
  return Kept{
      std::string(kind), std::string(name), query.text(2), query.integer(0), {query.integer(1)}};
}

std::vector<Kept> read_all_kept(Connection& connection, std::string_view kind, base::Instant now) {
  std::vector<Kept> out;
  Query query(connection,
              "SELECT name, version, until, text FROM kept WHERE kind = ? AND until >= ? "
              "ORDER BY name",
              kind, now.microseconds);
  while (query.row())
    out.push_back(
        {std::string(kind), query.text(0), query.text(3), query.integer(1), {query.integer(2)}});
  return out;
}

}  // namespace gateway::store::tables
