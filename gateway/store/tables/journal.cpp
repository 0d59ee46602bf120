#include "gateway/store/tables/journal.hpp"

#include <algorithm>

#include "gateway/store/tables/journal_lists.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {
namespace {

/// Candidates that a page looks at where they are few among what it goes by: so many rows are read
/// in some ten milliseconds.
constexpr std::int64_t looked_at = 2'000;
/// Deliveries or review items of one arrival lie within so many numbers.
constexpr std::int64_t longest_run = 10'000;

constexpr std::string_view line_columns =
    "SELECT a.number, a.kind, a.state, s.text, a.control_id, a.received, l.text, m.text, a.size,"
    " a.repeats, a.reviews, a.answer, a.account";
constexpr std::string_view line_names =
    " JOIN name s ON s.number = a.sender JOIN name l ON l.number = a.listener"
    " JOIN name m ON m.number = a.message_type";

/// What cannot be read of one arrival is left out of its line; `store verify` names it.
ArrivalLine line_of(Query& row, Codec& codec) {
  return {{row.integer(0)},
          static_cast<ArrivalKind>(row.integer(1)),
          static_cast<ArrivalState>(row.integer(2)),
          row.text(3),
          row.text(4),
          {row.integer(5)},
          row.text(6),
          row.text(7),
          row.integer(8),
          row.integer(9),
          row.integer(10),
          codec.decode(row.bytes(11)).value_or(""),
          codec.decode(row.bytes(12)).value_or("")};
}

struct NumbersWithin {
  std::int64_t first = 0, last = std::numeric_limits<std::int64_t>::max();
};

/// Arrivals received in these minutes lie between the two.
NumbersWithin numbers_between(Connection& db, const ArrivalsAsked& asked) {
  constexpr std::int64_t minute = 60'000'000;
  NumbersWithin out;
  const auto all = out.last;
  if (asked.from.microseconds > 0)
    out.first = integer_of(db, "SELECT min(first) FROM arrival_minute WHERE minute >= ?",
                           asked.from.microseconds / minute)
                    .value_or(all);
  if (asked.until.microseconds < all)
    out.last = integer_of(db, "SELECT max(last) FROM arrival_minute WHERE minute <= ?",
                          asked.until.microseconds / minute)
                   .value_or(0);
  out.last = std::min(out.last, asked.before - 1);
  return out;
}

/// How a page is found: the numbers it looks at, each by an index and newest first, and what else
/// must hold of their rows.
class Finding {
 public:
  Finding(Connection& db, const ArrivalsAsked& asked)
      : db_(db), asked_(asked), within_(numbers_between(db, asked)) {
    if (!asked.sender.empty()) {
      sender_ = integer_of(db, "SELECT number FROM name WHERE text = ?", asked.sender);
      finds_nothing_ = !sender_;
    }
    if (asked.patients)
      by_patients();
    else if (!asked.control_id.empty())
      by_control_id();
    else if (asked.repeated)
      by_list(FoundBy::repeated, 0);
    else if (asked.state == ArrivalState::rejected)
      by_list(FoundBy::rejected, 0);
    else if (sender_)
      by_list(FoundBy::sender, *sender_);
    else
      by_number();
    further();
    candidates_.add(" ORDER BY n DESC LIMIT ?", most());
  }

  bool finds_nothing() const { return finds_nothing_; }
  bool asks_further() const { return !further_.empty(); }
  std::int64_t most() const {
    return asks_further() ? looked_at : static_cast<std::int64_t>(asked_.most) + 1;
  }
  Sql page() const {
    Sql sql(line_columns);
    sql.add(" FROM (").add(candidates_).add(") AS found CROSS JOIN arrival a").add(line_names);
    sql.add(" WHERE a.number = found.n").add(further_);
    return sql.add(" ORDER BY found.n DESC LIMIT ?", static_cast<std::int64_t>(asked_.most) + 1);
  }
  Sql looked() const {
    return Sql("SELECT count(*), min(n) FROM (").add(candidates_).add(") AS found");
  }

 private:
  void within(std::string_view column) {
    candidates_.add(" AND ").add(column).add(" >= ?", within_.first);
    candidates_.add(" AND ").add(column).add(" <= ?", within_.last);
  }
  void by_list(FoundBy way, std::int64_t value) {
    way_ = way;
    candidates_.add("SELECT f.number AS n FROM arrival_found f WHERE f.way = ? AND f.value = ?",
                    static_cast<std::int64_t>(way), value);
    within("f.number");
  }
  void by_patients() {
    way_ = FoundBy::patient;
    candidates_.add("SELECT DISTINCT f.number AS n FROM arrival_found f WHERE f.way = 1");
    candidates_.add(" AND f.value IN (0");
    for (const auto& id : *asked_.patients)
      if (const auto number = integer_of(db_, "SELECT number FROM patient WHERE id = ?", id))
        candidates_.add(", ?", *number);
    candidates_.add(")");
    within("f.number");
  }
  /// Senders are few, and the index has them first: each is asked by itself. `+ 0`: a planner that
  /// knows nothing of the rows yet would else go through all of them in the order of the page.
  void by_control_id() {
    candidates_.add(
        "SELECT c.number + 0 AS n FROM arrival c INDEXED BY arrival_by_control WHERE c.kind = 0"
        " AND c.control_id = ?",
        asked_.control_id);
    if (sender_)
      candidates_.add(" AND c.sender = ?", *sender_);
    else
      candidates_.add(
          " AND c.sender IN (WITH RECURSIVE each_sender (one) AS (SELECT min(sender) FROM arrival"
          " WHERE kind = 0 UNION ALL SELECT (SELECT min(b.sender) FROM arrival b WHERE b.kind = 0"
          " AND b.sender > each_sender.one) FROM each_sender WHERE each_sender.one IS NOT NULL)"
          " SELECT one FROM each_sender WHERE one IS NOT NULL)");
    within("c.number + 0");
  }
  void by_number() {
    candidates_.add("SELECT c.number AS n FROM arrival c WHERE c.kind <> 2");
    within("c.number");
  }
  void further() {
    if (asked_.from.microseconds > 0)
      further_.add(" AND a.received >= ?", asked_.from.microseconds);
    if (asked_.until.microseconds < std::numeric_limits<std::int64_t>::max())
      further_.add(" AND a.received <= ?", asked_.until.microseconds);
    if (sender_ && way_ != FoundBy::sender) further_.add(" AND a.sender = ?", *sender_);
    if (!asked_.control_id.empty() && asked_.patients)
      further_.add(" AND a.control_id = ?", asked_.control_id);
    if (asked_.state && way_ != FoundBy::rejected)
      further_.add(" AND a.state = ?", static_cast<std::int64_t>(*asked_.state));
    if (asked_.repeated && way_ != FoundBy::repeated) further_.add(" AND a.repeats > 0");
  }

  Connection& db_;
  const ArrivalsAsked& asked_;
  const NumbersWithin within_;
  std::optional<std::int64_t> sender_;
  std::optional<FoundBy> way_;
  bool finds_nothing_ = false;
  Sql candidates_, further_;
};

/// The first number of a table whose rows were written in the order of arrivals, from where
/// `column` is not below `value`. Behind the last: one more than it.
std::int64_t first_from(Connection& db, std::string_view next, std::int64_t last,
                        std::int64_t value) {
  std::int64_t low = 1, high = last + 1;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    Query row(db, next, middle);
    if (!row.row() || row.integer(1) >= value)
      high = middle;
    else
      low = row.integer(0) + 1;
  }
  return low;
}

std::vector<ReviewLine> review_lines(Query& rows) {
  std::vector<ReviewLine> out;
  while (rows.row())
    out.push_back({rows.integer(0),
                   {rows.integer(1)},
                   rows.text(2),
                   {rows.integer(3)},
                   rows.text(4),
                   rows.text(5),
                   rows.text(6),
                   rows.text(7),
                   rows.text(8)});
  return out;
}

constexpr std::string_view review_columns =
    "SELECT r.number, r.arrival, s.text, a.received, c.text, v.text, r.place, r.resource, r.text"
    " FROM review r JOIN arrival a ON a.number = r.arrival JOIN name s ON s.number = a.sender"
    " JOIN name c ON c.number = r.code JOIN name v ON v.number = r.severity WHERE ";

std::vector<ReviewLine> reviews_of(Connection& db, std::int64_t first, std::int64_t last) {
  const auto begin =
      first_from(db, "SELECT number, arrival FROM review WHERE number >= ? ORDER BY number LIMIT 1",
                 integer_of(db, "SELECT max(number) FROM review").value_or(0), first);
  const auto sql = Sql(review_columns)
                       .add("r.number >= ? AND r.number < ?", begin, begin + longest_run)
                       .add(" AND r.arrival >= ? AND r.arrival <= ?", first, last)
                       .add(" ORDER BY r.number");
  Query rows(db, sql.text, sql.values);
  return review_lines(rows);
}

std::vector<Letter> letters_of(Connection& db, const ArrivalLine& line, std::int64_t last) {
  const auto first = line.number.value;
  const auto begin = first_from(
      db, "SELECT sequence, arrival FROM delivery WHERE sequence >= ? ORDER BY sequence LIMIT 1",
      integer_of(db, "SELECT max(sequence) FROM delivery").value_or(0), first);
  Query rows(db,
             "SELECT d.sequence, t.text, d.arrival, d.state, d.attempts, d.answer FROM delivery d"
             " JOIN name t ON t.number = d.target WHERE d.sequence >= ? AND d.sequence < ?"
             " AND d.arrival >= ? AND d.arrival <= ? ORDER BY d.sequence",
             begin, begin + longest_run, first, last);
  std::vector<Letter> out;
  while (rows.row())
    out.push_back({rows.integer(0),
                   rows.text(1),
                   {rows.integer(2)},
                   line.sender,
                   line.message_type,
                   line.received,
                   static_cast<Letter::State>(rows.integer(3)),
                   static_cast<int>(rows.integer(4)),
                   rows.text(5)});
  return out;
}

/// What one arrival wrote, added to the whole; false where it cannot be read.
bool add_versions(Connection& db, Packs& packs, std::int64_t number, ArrivalWhole& out) {
  const auto committed =
      integer_of(db, "SELECT committed FROM arrival WHERE number = ?", number).value_or(0);
  const Pack* pack = packs.find(number);
  if (pack == nullptr) return false;
  for (std::size_t slot = 0; slot < pack->slots.size(); ++slot) {
    auto version = packs.version(number, static_cast<std::int64_t>(slot), committed);
    if (!version) return false;
    out.versions.push_back(*std::move(version));
  }
  out.unchanged.insert(out.unchanged.end(), pack->unchanged.begin(), pack->unchanged.end());
  return true;
}

/// The last of the consequences that were written with an arrival; itself where there are none.
std::int64_t last_with(Connection& db, std::int64_t number) {
  auto last = number;
  Query rows(db, "SELECT number, kind FROM arrival WHERE number > ? ORDER BY number LIMIT 1000",
             number);
  while (rows.row() && rows.integer(1) == static_cast<std::int64_t>(ArrivalKind::consequence))
    last = rows.integer(0);
  return last;
}

}  // namespace

bool goes_by_lists(const ArrivalsAsked& asked) {
  const bool by_time = asked.from.microseconds > 0 ||
                       asked.until.microseconds < std::numeric_limits<std::int64_t>::max();
  const bool by_list =
      asked.repeated || asked.state == ArrivalState::rejected || !asked.sender.empty();
  return by_time || asked.patients || (by_list && asked.control_id.empty());
}

ArrivalsPage read_arrivals(Connection& db, Codec& codec, const ArrivalsAsked& asked) {
  const Finding finding(db, asked);
  ArrivalsPage out;
  if (finding.finds_nothing()) return out;
  {
    const Sql sql = finding.page();
    Query rows(db, sql.text, sql.values);
    while (rows.row()) out.lines.push_back(line_of(rows, codec));
  }
  if (out.lines.size() > asked.most) {
    out.lines.pop_back();
    out.before = out.lines.back().number.value;
  } else if (finding.asks_further()) {
    const Sql sql = finding.looked();
    Query looked(db, sql.text, sql.values);
    if (looked.row() && looked.integer(0) == finding.most()) out.before = looked.integer(1);
  }
  return out;
}

std::string explain_arrivals(Connection& db, const ArrivalsAsked& asked) {
  const Finding finding(db, asked);
  const Sql page = finding.page();
  return db.explain(page.text, page.values);
}

std::optional<ArrivalWhole> read_arrival(Connection& db, Codec& codec, std::int64_t number) {
  ArrivalWhole out;
  {
    Query row(db,
              std::string(line_columns) + ", a.raw, p.id FROM arrival a" + std::string(line_names) +
                  " LEFT JOIN patient p ON p.number = a.patient WHERE a.number = ?",
              number);
    if (!row.row()) return std::nullopt;
    out.line = line_of(row, codec);
    auto bytes = codec.decode(row.bytes(13));
    if (!bytes) db.fail(damaged);
    out.bytes = std::move(bytes).value_or("");
    out.patient = row.text(14);
  }
  const auto last = last_with(db, number);
  Packs packs(db, codec);
  for (auto one = number; one <= last; ++one)
    if (db.failure() == no_failure && !add_versions(db, packs, one, out)) db.fail(damaged);
  out.letters = letters_of(db, out.line, last);
  out.reviews = reviews_of(db, number, last);
  return out;
}

std::int64_t count_arrived_since(Connection& db, base::Instant since) {
  const auto last = integer_of(db, "SELECT max(number) FROM arrival").value_or(0);
  return last + 1 -
         first_from(
             db, "SELECT number, received FROM arrival WHERE number >= ? ORDER BY number LIMIT 1",
             last, since.microseconds);
}

std::vector<ReviewLine> read_open_reviews(Connection& db, std::int64_t before, std::size_t most) {
  const auto sql = Sql(review_columns)
                       .add("r.state = 0 AND r.number < ?", before)
                       .add(" ORDER BY r.number DESC LIMIT ?", static_cast<std::int64_t>(most));
  Query rows(db, sql.text, sql.values);
  return review_lines(rows);
}

std::vector<SenderLine> read_senders(Connection& db) {
  std::vector<SenderLine> out;
  Query rows(db,
             "SELECT n.text, t.messages, t.last, a.received FROM sender_total t"
             " JOIN name n ON n.number = t.sender JOIN arrival a ON a.number = t.last"
             " ORDER BY n.text LIMIT 1000");
  while (rows.row())
    out.push_back({rows.text(0), rows.integer(1), {rows.integer(2)}, {rows.integer(3)}});
  return out;
}

std::string read_last_trouble(Connection& db, const std::string& target) {
  const auto number = integer_of(db, "SELECT number FROM name WHERE text = ?", target);
  if (!number) return {};
  {
    Query waiting(db,
                  "SELECT answer FROM delivery WHERE head = 1 AND target = ? AND due > 0"
                  " AND state = 2 ORDER BY due DESC LIMIT 1",
                  *number);
    if (waiting.row()) return waiting.text(0);
  }
  Query dead(db,
             "SELECT answer FROM delivery WHERE state = 4 AND target = ?"
             " ORDER BY sequence DESC LIMIT 1",
             *number);
  return dead.row() ? dead.text(0) : std::string();
}

}  // namespace gateway::store::tables
