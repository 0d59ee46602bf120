#include "gateway/store/tables/review_count.hpp"

#include "gateway/observe/names.hpp"

namespace gateway::store::tables {

void ReviewCount::refresh(Connection& connection) {
  const std::lock_guard lock(mutex_);
  const auto last = integer_of(connection, "SELECT max(number) FROM review").value_or(last_);
  auto open = open_;
  {
    Query query(connection,
                "SELECT n.text, count(*) FROM review r JOIN name n ON n.number = r.code"
                " WHERE r.number > ? AND r.number <= ? AND r.state = 0 GROUP BY n.text",
                last_, last);
    while (query.row()) open[query.text(0)] += query.integer(1);
  }
  if (connection.failure() != no_failure) return;  // as it was; the next one begins there again
  last_ = last;
  open_ = std::move(open);
  for (const auto& [code, items] : open_)
    metrics_.gauge(observe::names::review_open, {{"kind", code}}).set(static_cast<double>(items));
}

}  // namespace gateway::store::tables
