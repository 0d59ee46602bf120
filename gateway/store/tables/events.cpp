#include "gateway/store/tables/events.hpp"

namespace gateway::store::tables {
namespace {

constexpr std::string_view last_event = "SELECT max(number) FROM event WHERE subscription = ?";

}  // namespace

void write_events(Connection& connection, std::span<const EventWrite> events,
                  std::int64_t arrival) {
  for (const EventWrite& event : events) {
    const auto last = integer_of(connection, last_event, event.subscription).value_or(0);
    run(connection, "INSERT INTO event (subscription, number, arrival, slot) VALUES (?, ?, ?, ?)",
        event.subscription, last + 1, arrival, static_cast<std::int64_t>(event.version));
  }
}

void write_told(Connection& connection, std::string_view subscription, std::int64_t number) {
  run(connection,
      "INSERT INTO told (subscription, number) VALUES (?1, ?2)"
      " ON CONFLICT (subscription) DO UPDATE SET number ="
      " CASE WHEN told.number > ?2 THEN told.number ELSE ?2 END",
      subscription, number);
}

std::vector<Event> read_events(Connection& connection, Packs& packs, std::string_view subscription,
                               std::int64_t after, std::size_t most) {
  std::vector<Event> out;
  Query query(connection,
              "SELECT e.number, e.arrival, e.slot, a.committed FROM event e"
              " JOIN arrival a ON a.number = e.arrival"
              " WHERE e.subscription = ? AND e.number > ? ORDER BY e.number LIMIT ?",
              subscription, after, static_cast<std::int64_t>(most));
  while (query.row()) {
    auto version = packs.version(query.integer(1), query.integer(2), query.integer(3));
    if (!version) {
      connection.fail(damaged);
      break;
    }
    out.push_back({query.integer(0), std::move(*version)});
  }
  return out;
}

EventCount count_events(Connection& connection, std::string_view subscription) {
  return {integer_of(connection, last_event, subscription).value_or(0),
          integer_of(connection, "SELECT number FROM told WHERE subscription = ?", subscription)
              .value_or(0)};
}

void verify_events(Connection& connection, Findings& findings) {
  if (!connection.has_table("event")) return;  // of a program that had none
  Query gaps(connection,
             "SELECT max(number) FROM event GROUP BY subscription"
             " HAVING count(*) <> max(number) OR min(number) <> 1");
  while (gaps.row())
    findings.add("event", gaps.integer(0), "a subscription's numbers up to it have a gap");
  Query loose(connection,
              "SELECT e.number FROM event e LEFT JOIN arrival a ON a.number = e.arrival"
              " WHERE a.number IS NULL");
  while (loose.row()) findings.add("event", loose.integer(0), "its arrival is missing");
}

}  // namespace gateway::store::tables
