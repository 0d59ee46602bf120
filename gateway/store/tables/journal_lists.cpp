#include "gateway/store/tables/journal_lists.hpp"

#include <algorithm>

namespace gateway::store::tables {
namespace {

// Set by set, not row by row: a batch is five statements, so that a message that waits for the
// writer waits for milliseconds.
constexpr const char* batches[] = {
    "INSERT INTO arrival_found (way, value, number) SELECT 0, sender, number FROM arrival"
    " WHERE number > ? AND number <= ? AND kind <> 2",
    "INSERT INTO arrival_found (way, value, number) SELECT 1, a.patient, CASE a.kind WHEN 2 THEN"
    " (SELECT max(b.number) FROM arrival b WHERE b.number < a.number AND b.kind <> 2)"
    " ELSE a.number END FROM arrival a WHERE a.number > ? AND a.number <= ? AND a.patient <> 0"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO arrival_found (way, value, number) SELECT 2, 0, number FROM arrival"
    " WHERE number > ? AND number <= ? AND kind <> 2 AND state = 1",
    "INSERT INTO arrival_found (way, value, number) SELECT 3, 0, number FROM arrival"
    " WHERE number > ? AND number <= ? AND repeats > 0 ON CONFLICT DO NOTHING",
    "INSERT INTO sender_total (sender, messages, last) SELECT sender, count(*), max(number)"
    " FROM arrival WHERE number > ? AND number <= ? AND kind <> 2 GROUP BY sender"
    " ON CONFLICT (sender) DO UPDATE SET messages = sender_total.messages + excluded.messages,"
    " last = excluded.last",
    "INSERT INTO arrival_minute (minute, first, last)"
    " SELECT received / 60000000, min(number), max(number) FROM arrival"
    " WHERE number > ? AND number <= ? AND kind <> 2 GROUP BY received / 60000000"
    " ON CONFLICT (minute) DO UPDATE SET last = excluded.last"};

}  // namespace

bool list_arrivals(Writer& writer, std::int64_t most) {
  auto& db = writer.connection;
  const auto listed = integer_of(db, "SELECT number FROM arrival_listed").value_or(0);
  const auto end = std::min(listed + most, writer.numbers.arrival);
  if (end <= listed) return false;
  for (const char* const batch : batches) run(db, batch, listed, end);
  run(db, "UPDATE arrival_listed SET number = ?", end);
  return end < writer.numbers.arrival;
}

bool are_arrivals_listed(Connection& connection) {
  return integer_of(connection, "SELECT number FROM arrival_listed") >=
         integer_of(connection, "SELECT max(number) FROM arrival").value_or(0);
}

void list_repeated(Connection& connection, std::int64_t number) {
  run(connection,
      "INSERT INTO arrival_found (way, value, number) VALUES (3, 0, ?) ON CONFLICT DO NOTHING",
      number);
}

}  // namespace gateway::store::tables
