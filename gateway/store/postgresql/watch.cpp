#include "gateway/store/postgresql/watch.hpp"

#include <algorithm>

namespace gateway::store::postgresql {
namespace {

constexpr std::int64_t steps_a_row = 20;   // of SQLite, which the limit is told in
constexpr std::chrono::seconds beyond(5);  // so that the server's own word comes first

}  // namespace

Watch::Watch(Connection& connection, Limits limits)
    : connection_(connection), steps_(limits.steps) {
  tables::run(connection_, "SAVEPOINT watched");
  limit(limits.microseconds);
}

Watch::~Watch() {
  tables::run(connection_, "ROLLBACK TO SAVEPOINT watched");  // its limit goes with it
}

void Watch::lift(std::int64_t microseconds) {
  steps_ = 0;
  limit(microseconds);
}

bool Watch::has_ended_it() const {
  if (connection_.failure() == failed_ended) return true;
  if (steps_ == 0 || connection_.failure() != tables::no_failure) return false;
  const auto rows = integer_of(connection_, "SELECT row_number FROM head WHERE one = 1");
  return rows.value_or(0) > steps_ / steps_a_row;
}

void Watch::limit(std::int64_t microseconds) {
  const auto milliseconds = std::max<std::int64_t>(1, microseconds / 1000);
  tables::run(connection_, "SELECT set_config('statement_timeout', ?, true)",
              std::to_string(milliseconds));
  connection_.expire_in(std::chrono::milliseconds(milliseconds) + beyond);
}

}  // namespace gateway::store::postgresql
