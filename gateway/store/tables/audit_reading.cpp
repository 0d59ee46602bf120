#include "gateway/store/tables/audit_reading.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/fhir/bundle.hpp"
#include "gateway/store/tables/audit.hpp"

namespace gateway::store::tables {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::string_view of_patient = "Patient/";

/// Of the canonical bytes of a row. nullopt: it cannot be read.
std::optional<AuditRecord> record_of(std::int64_t number, std::string_view record, Connection& db) {
  const auto frame = frame_of(record);
  auto row = row_of(record);
  if (!frame || !row) return std::nullopt;
  AuditRecord out{number, frame->arrival, "", std::move(*row)};
  if (frame->arrival == 0) return out;
  Query patient(db,
                "SELECT p.id FROM arrival a JOIN patient p ON p.number = a.patient"
                " WHERE a.number = ? AND NOT (a.kind = ? AND a.state = ?)",
                frame->arrival, static_cast<int>(ArrivalKind::hl7v2),
                static_cast<int>(ArrivalState::rejected));
  // What is filed under no patient goes by something that is no id; so it did by the sender's name
  // before 2026-12, when what was refused was all that could look like one.
  if (patient.row() && fhir::is_id(patient.text(0))) out.patient = patient.text(0);
  return out;
}

/// Columns 0 and 1 of a query: number and record.
std::optional<AuditRecord> record_of(Query& query, Connection& db, Codec& codec) {
  const auto record = codec.decode(query.bytes(1));
  return record ? record_of(query.integer(0), *record, db) : std::nullopt;
}

base::Digest digest_of(std::string_view bytes) {
  base::Digest out{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

/// Whom a row is about, each once.
std::set<std::string> patients_of(const AuditRecord& record) {
  std::set<std::string> patients;
  if (!record.patient.empty()) patients.insert(record.patient);
  for (const std::string_view entity : record.row.entities) {
    if (!entity.starts_with(of_patient)) continue;
    const auto rest = entity.substr(of_patient.size());
    patients.emplace(rest.substr(0, rest.find('/')));
  }
  return patients;
}

void list(Connection& db, const AuditRecord& record) {
  for (const std::string& patient : patients_of(record))
    run(db, "INSERT INTO audit_patient (patient, number) VALUES (?, ?) ON CONFLICT DO NOTHING",
        patient, record.number);
  run(db,
      "INSERT INTO audit_minute (minute, first, last) VALUES (?1, ?2, ?2)"
      " ON CONFLICT (minute) DO UPDATE SET"
      " first = CASE WHEN audit_minute.first < ?2 THEN audit_minute.first ELSE ?2 END,"
      " last = CASE WHEN audit_minute.last > ?2 THEN audit_minute.last ELSE ?2 END",
      record.row.at.microseconds / minute, record.number);
}

/// Rows of these minutes lie between the two numbers.
std::pair<std::int64_t, std::int64_t> between(Connection& db, const AuditAsk& asked) {
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  std::int64_t first = 0, last = all;
  if (asked.from.microseconds > 0)
    first = integer_of(db, "SELECT min(first) FROM audit_minute WHERE minute >= ?",
                       asked.from.microseconds / minute)
                .value_or(all);
  if (asked.until.microseconds < all)
    last = integer_of(db, "SELECT max(last) FROM audit_minute WHERE minute <= ?",
                      asked.until.microseconds / minute)
               .value_or(0);
  return {first, last};
}

}  // namespace

bool list_audit(Writer& writer, std::size_t most) {
  auto& db = writer.connection;
  auto listed = integer_of(db, "SELECT number FROM audit_listed").value_or(0);
  std::size_t seen = 0;
  Query rows(db, "SELECT number, record FROM audit WHERE number > ? ORDER BY number LIMIT ?",
             listed, static_cast<std::int64_t>(most));
  for (; rows.row(); ++seen) {
    listed = rows.integer(0);
    if (const auto record = record_of(rows, db, *writer.codec)) list(db, *record);
  }
  if (seen > 0) run(db, "UPDATE audit_listed SET number = ?", listed);
  return seen == most;
}

std::optional<Listed> listed_as(Connection& connection, std::int64_t number,
                                std::string_view record) {
  const auto read = record_of(number, record, connection);
  if (!read) return std::nullopt;
  Listed out{patients_of(*read), read->row.at.microseconds / minute, {}};
  if (read->arrival == 0) return out;
  Query filed(connection,
              "SELECT p.id FROM arrival a JOIN patient p ON p.number = a.patient"
              " WHERE a.number = ?",
              read->arrival);
  if (filed.row()) out.filed_under = filed.text(0);
  return out;
}

bool is_audit_listed(Connection& connection) {
  return integer_of(connection, "SELECT number FROM audit_listed") ==
         integer_of(connection, "SELECT audit FROM head WHERE one = 1");
}

std::vector<AuditRecord> read_audit(Connection& connection, Codec& codec, const AuditAsk& asked) {
  const auto [first, last] = between(connection, asked);
  const auto most = static_cast<std::int64_t>(asked.most);
  constexpr std::string_view any =
      "SELECT number, record FROM audit WHERE number >= ?1 AND number <= ?2 AND number < ?3"
      " ORDER BY number DESC LIMIT ?4";
  constexpr std::string_view one =
      "SELECT number, a.record FROM audit_patient p JOIN audit a USING (number) WHERE number >= ?1"
      " AND number <= ?2 AND number < ?3 AND p.patient = ?5 ORDER BY number DESC LIMIT ?4";
  std::vector<AuditRecord> out;
  const auto gather = [&](Query rows) {
    while (rows.row())
      if (auto record = record_of(rows, connection, codec)) out.push_back(std::move(*record));
  };
  if (asked.patient.empty())
    gather(Query(connection, any, first, last, asked.before, most));
  else
    gather(Query(connection, one, first, last, asked.before, most, asked.patient));
  return out;
}

std::vector<ProvenAudit> read_trail(Connection& connection, Codec& codec, std::int64_t after,
                                    std::size_t most) {
  std::vector<ProvenAudit> out;
  Query rows(connection,
             "SELECT number, record, chain FROM audit WHERE number > ? ORDER BY number LIMIT ?",
             after, static_cast<std::int64_t>(most));
  while (rows.row()) {
    ProvenAudit proven;
    proven.chain = digest_of(rows.bytes(2));
    auto record = codec.decode(rows.bytes(1));
    auto audited = record ? record_of(rows.integer(0), *record, connection) : std::nullopt;
    if (audited) {
      proven.audited = *std::move(audited);
      proven.record = *std::move(record);
    }
    proven.audited.number = rows.integer(0);
    out.push_back(std::move(proven));
  }
  return out;
}

void write_handed_on(Connection& connection, std::string_view receiver, std::int64_t number) {
  run(connection,
      "INSERT INTO handed_on (receiver, number) VALUES (?, ?)"
      " ON CONFLICT (receiver) DO UPDATE SET number = excluded.number",
      receiver, number);
}

std::int64_t read_handed_on(Connection& connection, std::string_view receiver) {
  return integer_of(connection, "SELECT number FROM handed_on WHERE receiver = ?", receiver)
      .value_or(0);
}

AuditHead read_audit_head(Connection& connection) {
  AuditHead head;
  Query row(connection, "SELECT audit, chain FROM head WHERE one = 1");
  if (!row.row()) return head;
  head.number = row.integer(0);
  head.chain = digest_of(row.bytes(1));
  return head;
}

void write_signed_head(Connection& connection, const SignedHead& head) {
  run(connection,
      "INSERT INTO signed_head (number, signed, chain, public_key, signature)"
      " VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET signed = excluded.signed,"
      " chain = excluded.chain, public_key = excluded.public_key, signature = excluded.signature",
      head.head.number, head.at.microseconds, Blob{base::bytes_of(head.head.chain)},
      Blob{head.public_key}, Blob{head.signature});
}

SignedHead read_signed_head(Connection& connection) {
  SignedHead out;
  Query row(connection,
            "SELECT number, signed, chain, public_key, signature FROM signed_head"
            " ORDER BY number DESC LIMIT 1");
  if (!row.row()) return out;
  out.head.number = row.integer(0);
  out.at = {row.integer(1)};
  out.head.chain = digest_of(row.bytes(2));
  out.public_key = row.bytes(3);
  out.signature = row.bytes(4);
  return out;
}

}  // namespace gateway::store::tables
