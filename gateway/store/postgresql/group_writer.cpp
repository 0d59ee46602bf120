#include "gateway/store/postgresql/group_writer.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/store/postgresql/said.hpp"

namespace gateway::store::postgresql {

bool GroupWriter::begin(std::int64_t now) {
  is_stale = false;
  tables::run(database, "BEGIN");
  std::int64_t timeline = 0, system = 0;
  {
    Query head(database,
               "SELECT arrival, audit, chain, row_number, delivery, review, committed, timeline,"
               " system FROM head WHERE one = 1 FOR UPDATE");
    if (!head.row()) return false;
    const auto chain = head.bytes(2);
    numbers.arrival = head.integer(0);
    numbers.audit = head.integer(1);
    numbers.chain = {};
    std::copy_n(chain.begin(), std::min(chain.size(), numbers.chain.size()), numbers.chain.begin());
    numbers.row = head.integer(3);
    numbers.delivery = head.integer(4);
    numbers.review = head.integer(5);
    numbers.commit = std::max(head.integer(6) + 1, now);  // wall time, but it never goes back
    timeline = head.integer(7);
    system = head.integer(8);
  }
  before_ = numbers;
  return is_current_timeline(timeline, system);
}

bool GroupWriter::is_current_timeline(std::int64_t known, std::int64_t system) {
  std::int64_t here = 0, cluster = 0;
  {
    Query server(database,
                 "SELECT pg_walfile_name(pg_current_wal_lsn()), system_identifier"
                 " FROM pg_control_system()");
    if (!server.row()) return false;
    const auto name = server.bytes(0).substr(0, 8);
    std::from_chars(name.data(), name.data() + name.size(), here, 16);
    cluster = server.integer(1);
  }
  if (system != 0 && (system != cluster || here < std::max(known, timeline_))) {
    is_stale = true;
    return false;
  }
  timeline_ = std::max({timeline_, known, here});
  if (here != known || system == 0)
    tables::run(database, "UPDATE head SET timeline = ?, system = ? WHERE one = 1", here, cluster);
  return true;
}

void GroupWriter::write_numbers() {
  if (numbers.arrival == before_.arrival && numbers.audit == before_.audit &&
      numbers.row == before_.row && numbers.delivery == before_.delivery &&
      numbers.review == before_.review)
    return;
  tables::write_head(*this);
  tables::run(database,
              "UPDATE head SET row_number = ?, delivery = ?, review = ?, committed = ?"
              " WHERE one = 1",
              numbers.row, numbers.delivery, numbers.review, numbers.commit);
}

Ending GroupWriter::end() {
  const auto committed = database.commit();
  if (committed.ending != Ending::committed || committed.timeline == timeline_)
    return committed.ending;
  return Ending::unknown;
}

void GroupWriter::write_beside(const Entry& entry, std::int64_t arrival) {
  if (const auto what = said_by(entry); !what.empty())
    tables::run(database, "INSERT INTO said (arrival, what) VALUES (?, CAST(? AS jsonb))", arrival,
                what);
}

}  // namespace gateway::store::postgresql
