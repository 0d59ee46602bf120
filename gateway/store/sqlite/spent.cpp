#include "gateway/store/sqlite/spent.hpp"

namespace gateway::store::sqlite {

bool write_spending(Connection& connection, const Spending& spending, base::Instant now) {
  run(connection, "DELETE FROM spent WHERE until < ?", now.microseconds);
  run(connection, "INSERT OR IGNORE INTO spent (kind, name, until) VALUES (?, ?, ?)", spending.kind,
      spending.name, spending.until.microseconds);
  return integer_of(connection, "SELECT changes()") == 1;
}

std::vector<Spending> read_spendings(Connection& connection, std::string_view kind,
                                     base::Instant now) {
  std::vector<Spending> out;
  Query query(connection, "SELECT name, until FROM spent WHERE kind = ? AND until >= ?", kind,
              now.microseconds);
  while (query.row()) out.push_back({std::string(kind), query.text(0), {query.integer(1)}});
  return out;
}

}  // namespace gateway::store::sqlite
