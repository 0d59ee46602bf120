// What becomes of deliveries that were given up: who heals them, and what people decide.
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/outbox.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {
namespace {

using State = Letter::State;

struct Whose {
  std::int64_t target = 0, patient = 0;
};
Whose whose(Connection& db, std::int64_t sequence) {
  Query query(db, "SELECT target, patient FROM delivery WHERE sequence = ?", sequence);
  if (!query.row()) return {};
  return {query.integer(0), query.integer(1)};
}

bool is_dead(Connection& db, std::int64_t sequence) {
  return integer_of(db, "SELECT 1 FROM delivery WHERE sequence = ? AND state = ?", sequence,
                    state_of(State::dead))
      .has_value();
}

void forget_owed(Connection& db, const Whose& of, std::int64_t sequence) {
  run(db, "DELETE FROM owed WHERE target = ? AND patient = ? AND sequence = ?", of.target,
      of.patient, sequence);
}

void keep_tag(Connection& db, std::int64_t target, const Sent& sent) {
  if (sent.tag.empty()) return;
  const std::string key = locator_key(sent.key);
  if (sent.version == 1 && sent.tag == "W/\"1\"")  // what is thought of it without a row
    return run(db, "DELETE FROM sent_version WHERE target = ? AND key = ?", target, Blob{key});
  run(db,
      "INSERT INTO sent_version (target, key, version, tag) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (target, key) DO UPDATE SET version = ?3, tag = ?4"
      " WHERE sent_version.version <> ?3 OR sent_version.tag <> ?4",
      target, Blob{key}, sent.version, sent.tag);
}

/// Sent once more, before what waits of its patient. What of him is under way is let end first: it
/// ends the wait, or its lease does.
void send_once_more(Connection& db, const Whose& of, std::int64_t sequence) {
  const auto under_way = integer_of(
      db,
      "SELECT max(due) FROM delivery WHERE target = ? AND patient = ? AND state < 3 AND state = ?",
      of.target, of.patient, state_of(State::sending));
  run(db, "UPDATE delivery SET state = 0, attempts = 0, due = ? WHERE sequence = ?",
      under_way.value_or(0), sequence);
  run(db,
      "INSERT INTO trouble (sequence, fatal_since, crashes, retried) VALUES (?, NULL, 0, 1)"
      " ON CONFLICT (sequence) DO UPDATE SET fatal_since = NULL, crashes = 0, retried = 1",
      sequence);
  run(db,
      "UPDATE delivery SET head = CASE sequence WHEN (SELECT min(n.sequence) FROM delivery n"
      " WHERE n.target = ?1 AND n.patient = ?2 AND n.state < 3) THEN 1 ELSE 0 END"
      " WHERE target = ?1 AND patient = ?2 AND state < 3",
      of.target, of.patient);
}

}  // namespace

void let_next_go(Connection& connection, std::int64_t sequence) {
  // Only if none is at the head: a late second settlement of the same lease must not let two of
  // them out.
  run(connection,
      "UPDATE delivery SET head = 1, due = CASE state WHEN 0 THEN 0 ELSE due END WHERE sequence = ("
      " SELECT min(n.sequence) FROM delivery d JOIN delivery n"
      " ON n.target = d.target AND n.patient = d.patient AND n.state < 3 WHERE d.sequence = ?)",
      sequence);
}

void note_owed(Writer& writer, const Settlement& dead) {
  auto& db = writer.connection;
  const auto of = whose(db, dead.sequence);
  forget_owed(db, of, dead.sequence);
  for (const Sent& sent : dead.sent)
    run(db,
        "INSERT INTO owed (target, patient, sequence, key, version) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (target, patient, sequence, key) DO UPDATE SET version = excluded.version",
        of.target, of.patient, dead.sequence, Blob{locator_key(sent.key)}, sent.version);
}

std::vector<std::int64_t> note_given(Writer& writer, const Settlement& delivered) {
  auto& db = writer.connection;
  const auto of = whose(db, delivered.sequence);
  for (const Sent& sent : delivered.sent) keep_tag(db, of.target, sent);
  std::vector<std::int64_t> dead;
  {
    Query query(db, "SELECT DISTINCT sequence FROM owed WHERE target = ? AND patient = ?",
                of.target, of.patient);
    while (query.row()) dead.push_back(query.integer(0));
  }
  if (dead.empty()) return {};
  forget_owed(db, of, delivered.sequence);
  for (const Sent& sent : delivered.sent)
    run(db, "DELETE FROM owed WHERE target = ? AND patient = ? AND key = ? AND version <= ?",
        of.target, of.patient, Blob{locator_key(sent.key)}, sent.version);
  std::vector<std::int64_t> superseded;
  for (const auto sequence : dead) {
    if (sequence == delivered.sequence) continue;
    if (integer_of(db, "SELECT 1 FROM owed WHERE target = ? AND patient = ? AND sequence = ?",
                   of.target, of.patient, sequence))
      continue;
    if (!is_dead(db, sequence)) continue;
    run(db, "UPDATE delivery SET state = ? WHERE sequence = ?", state_of(State::superseded),
        sequence);
    superseded.push_back(sequence);
  }
  return superseded;
}

std::vector<Letter> read_letters(Connection& connection, const LettersAsked& asked) {
  Sql sql(
      "SELECT d.sequence, t.text, d.arrival, s.text, m.text, a.received, d.state, d.attempts, "
      "d.answer FROM delivery d JOIN arrival a ON a.number = d.arrival JOIN name t ON t.number = "
      "d.target JOIN name s ON s.number = a.sender JOIN name m ON m.number = a.message_type "
      "WHERE ");
  sql.add(asked.dead ? "d.state = 4" : "d.state < 3").add(" AND d.sequence > ?", asked.after);
  if (!asked.target.empty()) sql.add(" AND t.text = ?", asked.target);
  if (asked.since) sql.add(" AND a.received >= ?", asked.since->microseconds);
  sql.add(" ORDER BY d.sequence LIMIT ?", static_cast<std::int64_t>(asked.most));
  std::vector<Letter> out;
  Query query(connection, sql.text, sql.values);
  while (query.row())
    out.push_back({query.integer(0),
                   query.text(1),
                   {query.integer(2)},
                   query.text(3),
                   query.text(4),
                   {query.integer(5)},
                   static_cast<State>(query.integer(6)),
                   static_cast<int>(query.integer(7)),
                   query.text(8)});
  return out;
}

std::vector<StateChange> decide_letters(Writer& writer, std::span<const std::int64_t> sequences,
                                        LetterDecision decision) {
  auto& db = writer.connection;
  const auto becomes = decision == LetterDecision::retry ? State::queued : State::discarded;
  std::vector<StateChange> decided;
  for (const auto sequence : sequences) {
    if (!is_dead(db, sequence)) continue;
    decided.push_back({StateChange::Of::delivery, sequence, state_of(becomes)});
    const auto of = whose(db, sequence);
    if (decision == LetterDecision::retry) {
      send_once_more(db, of, sequence);
      continue;
    }
    run(db, "UPDATE delivery SET state = ? WHERE sequence = ?", state_of(becomes), sequence);
    forget_owed(db, of, sequence);
  }
  return decided;
}

}  // namespace gateway::store::tables
