#include <algorithm>

#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {
namespace {

constexpr int state_sending = 1, state_waiting = 2, state_delivered = 3, state_dead = 4;

// No lease and no waiting time is longer (Retry-After is obeyed up to an hour): what is due later
// was written before the clock jumped back, and is due now (TRUST P14).
constexpr std::int64_t longest_wait = 7'200'000'000;

constexpr std::size_t longest_answer = 65'536;

struct Claimed {
  std::int64_t sequence, patient, arrival;
  int attempts;
};

void take_due(Connection& db, std::string_view sql, std::int64_t target, std::size_t limit,
              std::int64_t from, std::int64_t to, std::vector<Claimed>& out) {
  if (out.size() >= limit) return;
  Query query(db, sql, target, from, to, static_cast<std::int64_t>(limit - out.size()));
  while (query.row())
    out.push_back(
        {query.integer(0), query.integer(1), query.integer(2), static_cast<int>(query.integer(3))});
}

}  // namespace

void queue_deliveries(Writer& writer, const Entry& entry, std::int64_t patient, int partition) {
  if (entry.versions.empty()) return;  // nothing new: nothing leaves (TRUST.md §6.2, idempotence)
  for (const auto& delivery : entry.deliveries) {
    const auto target = writer.interned.name(delivery.target);
    const bool first =
        !integer_of(writer.connection,
                    "SELECT 1 FROM delivery WHERE target = ? AND patient = ? AND state < 3 LIMIT 1",
                    target, patient);
    run(writer.connection,
        "INSERT INTO delivery (sequence, partition, target, patient, arrival, state, head, due, "
        "attempts, answer)"
        " VALUES (?, ?, ?, ?, ?, 0, ?, 0, 0, '')",
        ++writer.numbers.delivery, partition, target, patient, writer.numbers.arrival, first);
  }
}

std::vector<Delivery> claim_deliveries(Writer& writer, const std::string& target, std::size_t limit,
                                       base::Instant now, std::chrono::seconds lease) {
  auto& db = writer.connection;
  const auto number = integer_of(db, "SELECT number FROM name WHERE text = ?", target);
  if (!number) return {};
  std::vector<Claimed> claimed;
  static constexpr std::string_view due =
      "SELECT sequence, patient, arrival, attempts FROM delivery"
      " WHERE head = 1 AND target = ? AND due > ? AND due <= ? ORDER BY due, sequence LIMIT ?";
  // What has waited goes first, or a steady stream of new messages would starve it.
  take_due(db, due, *number, limit, 0, now.microseconds, claimed);
  take_due(db, due, *number, limit, now.microseconds + longest_wait, INT64_MAX, claimed);
  take_due(db, due, *number, limit, -1, 0, claimed);
  std::sort(claimed.begin(), claimed.end(),
            [](auto& a, auto& b) { return a.sequence < b.sequence; });
  const auto until = now.microseconds + std::chrono::microseconds(lease).count();
  std::vector<Delivery> out;
  for (const Claimed& one : claimed) {
    run(db, "UPDATE delivery SET state = ?, due = ?, attempts = attempts + 1 WHERE sequence = ?",
        state_sending, until, one.sequence);
    Delivery delivery{one.sequence, target, {}, {one.arrival}, one.attempts, {}, {}};
    {
      Query query(db,
                  "SELECT a.path, p.id FROM arrival a LEFT JOIN patient p ON p.number = ? WHERE "
                  "a.number = ?",
                  one.patient, one.arrival);
      if (query.row()) {
        delivery.path = query.text(0);
        delivery.patient.value = query.text(1);
      }
    }
    out.push_back(std::move(delivery));
  }
  return out;
}

void settle_deliveries(Writer& writer, std::span<const Settlement> settlements) {
  auto& db = writer.connection;
  for (const Settlement& settlement : settlements) {
    const auto answer = std::string_view(settlement.answer).substr(0, longest_answer);
    if (settlement.state == Settlement::State::waiting) {
      run(db, "UPDATE delivery SET state = ?, due = ?, answer = ? WHERE sequence = ? AND state < 3",
          state_waiting, std::max<std::int64_t>(1, settlement.next_attempt.microseconds), answer,
          settlement.sequence);
      continue;
    }
    const int state = settlement.state == Settlement::State::dead ? state_dead : state_delivered;
    run(db,
        "UPDATE delivery SET state = ?, head = 0, due = 0, answer = ? WHERE sequence = ? AND state "
        "< 3",
        state, answer, settlement.sequence);
    // The patient's next one may go. Only if none is at the head: a late second settlement of the
    // same lease must not let two of them out.
    run(db,
        "UPDATE delivery SET head = 1 WHERE sequence = ("
        " SELECT min(n.sequence) FROM delivery d JOIN delivery n"
        " ON n.target = d.target AND n.patient = d.patient AND n.state < 3 WHERE d.sequence = ?)",
        settlement.sequence);
  }
}

void end_leases(Writer& writer) {
  run(writer.connection, "UPDATE delivery SET state = 0, due = 0 WHERE head = 1 AND state = ?",
      state_sending);
}

}  // namespace gateway::store::tables
