#include "gateway/store/tables/outbox.hpp"

#include <algorithm>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"

namespace gateway::store::tables {
namespace {

using State = Letter::State;

// No lease and no waiting time is longer (Retry-After is obeyed up to an hour): what is due later
// was written before the clock jumped back, and is due now (TRUST P14).
constexpr std::int64_t longest_wait = 7'200'000'000;

constexpr std::size_t longest_answer = 65'536;

/// What nearly every server calls its first version; of our first one it is not kept.
constexpr std::string_view first_tag = "W/\"1\"";

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

Delivery delivery_of(Connection& db, const std::string& target, const Claimed& one) {
  Delivery delivery{one.sequence, target, {}, {one.arrival}, one.attempts, {}, {}, {}, {}, {}, 0};
  {
    Query query(db,
                "SELECT a.path, p.id, a.committed FROM arrival a LEFT JOIN patient p ON p.number = "
                "? WHERE a.number = ?",
                one.patient, one.arrival);
    if (query.row()) {
      delivery.path = query.text(0);
      delivery.patient.value = query.text(1);
      delivery.committed = {query.integer(2)};
    }
  }
  Query query(db, "SELECT fatal_since, crashes FROM trouble WHERE sequence = ?", one.sequence);
  if (query.row()) {
    if (!query.is_null(0)) delivery.fatal_since = base::Instant{query.integer(0)};
    delivery.crashes = static_cast<int>(query.integer(1));
  }
  return delivery;
}

/// Whose the other parts of the same arrival are; they stand behind the arrival's own.
std::vector<std::string> other_parts(Connection& db, const Delivery& delivery) {
  constexpr std::int64_t most_parts = 1'000;  // entries of a Bundle
  std::vector<std::string> out;
  Query query(db,
              "SELECT p.id FROM delivery d JOIN patient p ON p.number = d.patient"
              " JOIN name n ON n.number = d.target"
              " WHERE d.sequence > ?1 AND d.sequence <= ?1 + ?2 AND d.arrival = ?3 AND n.text = ?4",
              delivery.sequence, most_parts, delivery.arrival.value, delivery.target);
  while (query.row()) out.push_back(query.text(0));
  return out;
}

/// Of a part its patient's own and what is about nobody. The arrival's own patient's part has what
/// no other has as well.
void keep_part(Connection& db, Delivery& delivery, bool is_own) {
  const auto others = is_own ? other_parts(db, delivery) : std::vector<std::string>();
  std::erase_if(delivery.resources, [&](const fhir::Version& version) {
    if (version.body.empty()) return !is_own;
    const auto body = fhir::JsonView::read(version.body);
    const auto about = body ? fhir::search::patient_of(version.key, *body) : std::string();
    if (about.empty() || about == delivery.patient.value) return false;
    return !is_own || std::find(others.begin(), others.end(), about) != others.end();
  });
}

/// What is newer went by itself, or goes.
void keep_current(Connection& db, Delivery& delivery) {
  std::erase_if(delivery.resources, [&](const fhir::Version& version) {
    const auto stands = locate(db, locator_key(version.key));
    return !stands || stands->version != version.version;
  });
}

void read_tags(Connection& db, Delivery& delivery) {
  const auto target = integer_of(db, "SELECT number FROM name WHERE text = ?", delivery.target);
  for (const fhir::Version& version : delivery.resources) {
    Query query(db, "SELECT tag FROM sent_version WHERE target = ? AND key = ?", target,
                Blob{locator_key(version.key)});
    if (query.row()) {
      delivery.tags.push_back(query.text(0));
      continue;
    }
    const bool went_before =
        version.version > 1 || version.last_updated.microseconds != delivery.committed.microseconds;
    delivery.tags.emplace_back(went_before ? first_tag : "");
  }
}

void keep_trouble(Connection& db, const Settlement& settlement) {
  std::optional<std::int64_t> since;
  if (settlement.fatal_since) since = settlement.fatal_since->microseconds;
  if (since || settlement.crashes > 0)
    run(db,
        "INSERT INTO trouble (sequence, fatal_since, crashes, retried) VALUES (?1, ?2, ?3, 0)"
        " ON CONFLICT (sequence) DO UPDATE SET fatal_since = ?2, crashes = ?3",
        settlement.sequence, since, settlement.crashes);
  else
    run(db, "UPDATE trouble SET fatal_since = NULL, crashes = 0 WHERE sequence = ?",
        settlement.sequence);
}

/// How many dead letters it healed.
std::int64_t end_delivery(Writer& writer, const Settlement& settlement, std::string_view answer,
                          base::Instant now) {
  const bool dead = settlement.state == Settlement::State::dead;
  const auto state = state_of(dead ? State::dead : State::delivered);
  run(writer.connection,
      "UPDATE delivery SET state = ?, head = 0, due = 0, answer = ? WHERE sequence = ?", state,
      answer, settlement.sequence);
  run(writer.connection, "DELETE FROM trouble WHERE sequence = ?", settlement.sequence);
  std::vector<std::int64_t> superseded;
  if (dead)
    note_owed(writer, settlement);
  else
    superseded = note_given(writer, settlement);
  std::vector<StateChange> changes{{StateChange::Of::delivery, settlement.sequence, state}};
  for (const auto sequence : superseded)
    changes.push_back({StateChange::Of::delivery, sequence, state_of(State::superseded)});
  const AuditRow unnamed{"delivery", now, {}, {}, {}, {}, {}};  // the changes need a row to ride on
  write_audit(writer,
              settlement.audit.empty() ? std::span(&unnamed, 1) : std::span(settlement.audit), 0,
              {}, changes);
  return static_cast<std::int64_t>(superseded.size());
}

}  // namespace

void queue_deliveries(Writer& writer, const Entry& entry, std::int64_t patient, int partition) {
  if (entry.versions.empty()) return;  // nothing new: nothing leaves (TRUST.md §6.2, idempotence)
  for (const auto& delivery : entry.deliveries) {
    const auto target = writer.interned.name(delivery.target);
    const bool is_part = !delivery.part_of.empty();
    const auto whose = is_part ? writer.interned.patient(delivery.part_of).number : patient;
    const bool first =
        !integer_of(writer.connection,
                    "SELECT 1 FROM delivery WHERE target = ? AND patient = ? AND state < 3 LIMIT 1",
                    target, whose);
    run(writer.connection,
        "INSERT INTO delivery (sequence, partition, target, patient, arrival, state, head, due, "
        "attempts, answer)"
        " VALUES (?, ?, ?, ?, ?, 0, ?, 0, 0, '')",
        ++writer.numbers.delivery, partition, target, whose, writer.numbers.arrival, first);
    if (is_part)
      run(writer.connection, "INSERT INTO part (sequence, own) VALUES (?, ?)",
          writer.numbers.delivery, whose == patient);
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
        state_of(State::sending), until, one.sequence);
    out.push_back(delivery_of(db, target, one));
  }
  return out;
}

void read_resources(Connection& connection, Codec& codec, Delivery& delivery) {
  delivery.resources = resources_of_arrival(connection, codec, delivery.arrival.value);
  if (const auto own =
          integer_of(connection, "SELECT own FROM part WHERE sequence = ?", delivery.sequence))
    keep_part(connection, delivery, *own != 0);
  if (integer_of(connection, "SELECT 1 FROM trouble WHERE sequence = ? AND retried = 1",
                 delivery.sequence))
    keep_current(connection, delivery);
  read_tags(connection, delivery);
}

Settled settle_deliveries(Writer& writer, std::span<const Settlement> settlements,
                          base::Instant now) {
  auto& db = writer.connection;
  Settled settled;
  for (const Settlement& settlement : settlements) {
    // A second settlement of one lease changes nothing.
    if (!integer_of(db, "SELECT 1 FROM delivery WHERE sequence = ? AND state < 3",
                    settlement.sequence))
      continue;
    const auto answer = std::string_view(settlement.answer).substr(0, longest_answer);
    if (settlement.state == Settlement::State::waiting) {
      run(db, "UPDATE delivery SET state = ?, due = ?, answer = ? WHERE sequence = ?",
          state_of(State::waiting), std::max<std::int64_t>(1, settlement.next_attempt.microseconds),
          answer, settlement.sequence);
      keep_trouble(db, settlement);
      write_audit(writer, settlement.audit, 0);
    } else {
      settled.superseded += end_delivery(writer, settlement, answer, now);
    }
    let_next_go(db, settlement.sequence);
  }
  return settled;
}

void shorten_leases(Writer& writer, base::Instant now) {
  constexpr std::int64_t request = 30'000'000;
  run(writer.connection, "UPDATE delivery SET due = ?1 WHERE head = 1 AND state = 1 AND due > ?1",
      now.microseconds + request);
  // What is sent once more went before what was under way of its patient.
  run(writer.connection,
      "UPDATE delivery SET due = ?1 WHERE state < 2 AND state < 3 AND due > ?1"
      " AND (target, patient) IN"
      " (SELECT d.target, d.patient FROM trouble t JOIN delivery d ON d.sequence = t.sequence"
      " WHERE t.retried = 1)",
      now.microseconds + request);
}

}  // namespace gateway::store::tables
