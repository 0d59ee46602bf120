#include "gateway/store/tables/spent.hpp"

namespace gateway::store::tables {

bool write_spending(Connection& connection, const Spending& spending, base::Instant now) {
  run(connection, "DELETE FROM spent WHERE until < ?", now.microseconds);
  if (integer_of(connection, "SELECT 1 FROM spent WHERE kind = ? AND name = ?", spending.kind,
                 spending.name))
    return false;
  run(connection, "INSERT INTO spent (kind, name, until) VALUES (?, ?, ?)", spending.kind,
      spending.name, spending.until.microseconds);
  return true;
}

std::vector<Spending> read_spendings(Connection& connection, std::string_view kind,
                                     base::Instant now) {
  std::vector<Spending> out;
  Query query(connection, "SELECT name, until FROM spent WHERE kind = ? AND until >= ?", kind,
              now.microseconds);
  while (query.row()) out.push_back({std::string(kind), query.text(0), {query.integer(1)}});
  return out;
}

}  // namespace gateway::store::tables
