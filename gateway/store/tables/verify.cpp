#include "gateway/store/tables/verify.hpp"

#include <algorithm>

#include "gateway/store/tables/events.hpp"
#include "gateway/store/tables/findings.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/seal.hpp"
#include "gateway/store/tables/verify_schema.hpp"
#include "gateway/store/tables/verify_states.hpp"
#include "gateway/store/tables/verify_terms.hpp"
#include "gateway/store/tables/verify_trail.hpp"
#include "gateway/store/tables/verify_versions.hpp"

namespace gateway::store::tables {
namespace {

constexpr std::int64_t arrivals_a_step = 256;  // between two words of progress

constexpr std::string_view all_arrivals =
    "SELECT a.number, a.partition, a.kind, a.state, s.text, a.control_id, a.mark, a.hash, a.kept,"
    " a.size, a.received, a.committed, l.text, t.text, a.path, a.patient, p.id, a.deliveries,"
    " a.reviews, a.answer, a.account, a.raw, a.pack FROM arrival a"
    " LEFT JOIN name s ON s.number = a.sender LEFT JOIN name l ON l.number = a.listener"
    " LEFT JOIN name t ON t.number = a.message_type LEFT JOIN patient p ON p.number = a.patient"
    " ORDER BY a.number";
/// `part` is absent in the store of a program that had none.
std::string_view all_deliveries(Connection& db) {
  if (!db.has_table("part"))
    return "SELECT d.arrival, d.sequence, d.partition, n.text, d.patient, d.state, d.head,"
           " (SELECT min(o.sequence) FROM delivery o WHERE o.target = d.target"
           " AND o.patient = d.patient AND o.state < 3), 0"
           " FROM delivery d LEFT JOIN name n ON n.number = d.target ORDER BY d.sequence";
  return "SELECT d.arrival, d.sequence, d.partition, n.text, d.patient, d.state, d.head,"
         " (SELECT min(o.sequence) FROM delivery o WHERE o.target = d.target"
         " AND o.patient = d.patient AND o.state < 3),"
         " (SELECT count(*) FROM part p WHERE p.sequence = d.sequence)"
         " FROM delivery d LEFT JOIN name n ON n.number = d.target ORDER BY d.sequence";
}
constexpr std::string_view all_reviews =
    "SELECT r.arrival, r.number, r.partition, c.text, s.text, r.place, r.resource, r.text"
    " FROM review r LEFT JOIN name c ON c.number = r.code"
    " LEFT JOIN name s ON s.number = r.severity ORDER BY r.number";

/// Rows of a table that were numbered in the order of their arrivals (column 0; column 1 is their
/// own number), met arrival by arrival.
class Followers {
 public:
  Followers(Connection& db, const char* table, std::string_view sql, Findings& findings)
      : table_(table), findings_(findings), query_(db, sql), there_(query_.row()) {}

  /// Calls `each` with every row of an arrival; how many there were.
  template <class Each>
  std::int64_t of(std::int64_t arrival, Each each) {
    std::int64_t count = 0;
    for (; there_ && query_.integer(0) <= arrival; there_ = query_.row()) {
      if (query_.integer(0) < arrival) {
        findings_.add(table_, query_.integer(1), "its arrival is another or missing");
        continue;
      }
      ++count;
      each(query_);
    }
    return count;
  }
  void rest() {
    for (; there_; there_ = query_.row())
      findings_.add(table_, query_.integer(1), "its arrival is another or missing");
  }

 private:
  const char* table_;
  Findings& findings_;
  Query query_;
  bool there_;
};

/// Reading that failed is a finding too.
void add_failure(Connection& db, Findings& findings) {
  if (db.failure() == no_failure) return;
  findings.add("store", "reading failed: " + db.failure_words());
  db.clear_failure();
}

class Verifying {
 public:
  Verifying(Connection& db, Codec& codec, const VerifyProgress& progress)
      : db_(db), codec_(codec), progress_(progress), versions_(db, codec, findings_) {}

  Verification run();

 private:
  void pages();
  void arrivals();
  void arrival(Query& row);
  void columns(Query& row, const std::string& raw);
  void deliveries(Query& row, Seal& seal);
  void reviews(Query& row, Seal& seal);
  void compare(std::int64_t number, const base::Digest& seal);
  void missing(std::int64_t from, std::int64_t to);
  void say(const char* what, std::int64_t done, std::int64_t total) {
    if (progress_) progress_(what, done, total);
  }

  Connection& db_;
  Codec& codec_;
  const VerifyProgress& progress_;
  Findings findings_;
  VersionCheck versions_;
  StateCheck states_{db_, findings_};
  AuditTrail trail_{db_, codec_, findings_,
                    [this](std::int64_t, std::string_view record) { states_.told(record); }};
  Followers deliveries_{db_, "delivery", all_deliveries(db_), findings_};
  Followers reviews_{db_, "review", all_reviews, findings_};
  std::optional<AuditTrail::Told> told_ = trail_.next();
  std::int64_t compared_ = 0;  // the last arrival held against its seal
  Verification out_;
};

Verification Verifying::run() {
  pages();
  arrivals();
  say("what belongs to no arrival", 0, 0);
  deliveries_.rest();
  reviews_.rest();
  trail_.compare_with_head();
  states_.compare();
  versions_.strays();
  verify_events(db_, findings_);
  verify_terms(db_, findings_);
  verify_schema(db_, findings_);
  trail_.tell(out_);
  out_.resources = versions_.resources();
  out_.versions = versions_.versions();
  add_failure(db_, findings_);
  out_.problems = findings_.take();
  return std::move(out_);
}

void Verifying::pages() {
  say("pages of the file", 0, 0);
  if (const auto wrong = db_.count_wrong_places(); wrong != 0)
    findings_.add("file", "the engine finds " + std::to_string(wrong) + " places wrong");
}

void Verifying::arrivals() {
  const auto head = integer_of(db_, "SELECT arrival FROM head WHERE one = 1").value_or(0);
  const auto total = integer_of(db_, "SELECT count(*) FROM arrival").value_or(0);
  std::int64_t last = 0;
  Query row(db_, all_arrivals);
  while (row.row()) {
    if (out_.arrivals++ % arrivals_a_step == 0) say("arrivals", out_.arrivals - 1, total);
    const auto number = row.integer(0);
    if (number > last + 1) missing(last + 1, number - 1);
    last = number;
    arrival(row);
  }
  std::int64_t end = head;  // whichever knows of more: the head or the trail
  for (; told_; told_ = trail_.next()) {
    if (told_->arrival <= last)
      findings_.add("audit", told_->row, "it tells of an arrival out of turn");
    end = std::max(end, told_->arrival);
  }
  if (end > last) missing(last + 1, end);
  if (head < last) findings_.add("head", 1, "it does not know of the last arrival");
}

void Verifying::missing(std::int64_t from, std::int64_t to) {
  findings_.add(
      "arrival", from,
      from == to ? "it is missing" : "it and all up to " + std::to_string(to) + " are missing");
}

void Verifying::arrival(Query& row) {
  const auto number = row.integer(0);
  const auto raw = codec_.decode(row.bytes(21));
  if (!raw) findings_.add("arrival", number, "its bytes cannot be read");
  if (raw) columns(row, *raw);
  if (!codec_.decode(row.bytes(19))) findings_.add("arrival", number, "its answer cannot be read");
  if (!codec_.decode(row.bytes(20)))
    findings_.add("arrival", number, "its loss account cannot be read");
  Seal seal({number, row.integer(1), row.integer(2), row.integer(3), row.integer(9),
             row.integer(10), row.integer(11), row.bytes(4), row.bytes(5), row.bytes(7),
             row.bytes(8), row.bytes(12), row.bytes(13), row.bytes(14), row.bytes(16),
             row.bytes(19), row.bytes(20), row.bytes(22)});
  deliveries(row, seal);
  reviews(row, seal);
  compare(number, seal.digest());
  const auto bytes = codec_.decode(row.bytes(22));
  const auto pack = bytes ? read_pack(std::string_view(*bytes)) : std::nullopt;
  if (!pack) return findings_.add("arrival", number, "its resources cannot be read");
  versions_.arrival({number, row.integer(1), row.integer(11)}, *pack);
}

void Verifying::columns(Query& row, const std::string& raw) {
  const auto number = row.integer(0);
  const auto digest = base::sha256(raw);
  if (base::bytes_of(digest) != (row.is_null(8) ? row.bytes(7) : row.bytes(8)))
    findings_.add("arrival", number, "its bytes differ from their hash");
  base::Digest hash{};
  const auto kept = row.bytes(7);
  std::copy_n(kept.begin(), std::min(kept.size(), hash.size()), hash.begin());
  if (row.integer(6) != mark_of(hash))
    findings_.add("arrival", number, "its mark differs from its hash");
}

void Verifying::deliveries(Query& row, Seal& seal) {
  const auto number = row.integer(0);
  const auto there = deliveries_.of(number, [&](Query& delivery) {
    ++out_.deliveries;
    const auto sequence = delivery.integer(1);
    seal.target(delivery.bytes(3));
    const bool is_part = delivery.integer(8) != 0;
    if (!is_part && delivery.integer(4) != row.integer(15))
      findings_.add("delivery", sequence, "it is of another patient than its arrival");
    if (delivery.integer(2) != row.integer(1))
      findings_.add("delivery", sequence, "it is in another partition than its arrival");
    const bool first = delivery.integer(5) < 3 && delivery.integer(7) == sequence;
    if (first != (delivery.integer(6) != 0))
      findings_.add("delivery", sequence, "the patient's next delivery is not the one marked");
  });
  if (there != row.integer(17))
    findings_.add("arrival", number,
                  std::to_string(row.integer(17)) + " deliveries were queued, " +
                      std::to_string(there) + " are there");
}

void Verifying::reviews(Query& row, Seal& seal) {
  const auto number = row.integer(0);
  const auto there = reviews_.of(number, [&](Query& item) {
    seal.review(item.bytes(3), item.bytes(4), item.bytes(5), item.bytes(6), item.bytes(7));
    if (item.integer(2) != row.integer(1))
      findings_.add("review", item.integer(1), "it is in another partition than its arrival");
  });
  if (there != row.integer(18))
    findings_.add("arrival", number,
                  std::to_string(row.integer(18)) + " review items were kept, " +
                      std::to_string(there) + " are there");
}

/// The audit tells of each arrival once, in the order of their numbers.
void Verifying::compare(std::int64_t number, const base::Digest& seal) {
  for (; told_ && told_->arrival < number; told_ = trail_.next())
    if (told_->arrival <= compared_)
      findings_.add("audit", told_->row, "it tells of an arrival out of turn");
  compared_ = number;
  if (!told_ || told_->arrival != number)
    return findings_.add("arrival", number, "the audit does not tell of it");
  if (told_->seal != seal)
    findings_.add("arrival", number,
                  "it, its deliveries or its review items are not what the audit sealed");
  told_ = trail_.next();
}

}  // namespace

Verification verify_audit(Connection& connection, Codec& codec, const VerifyProgress& progress) {
  if (progress) progress("the audit trail", 0, 0);
  Findings findings;
  Verification out;
  {
    AuditTrail trail(connection, codec, findings, [](std::int64_t, std::string_view) {});
    while (trail.next()) {
    }
    trail.compare_with_head();
    trail.tell(out);
  }
  add_failure(connection, findings);
  out.problems = findings.take();
  return out;
}

Verification verify_store(Connection& connection, Codec& codec, const VerifyProgress& progress) {
  return Verifying(connection, codec, progress).run();
}

}  // namespace gateway::store::tables
