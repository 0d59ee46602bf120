#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "gateway/store/tables/events.hpp"
#include "gateway/store/tables/index_writer.hpp"
#include "gateway/store/tables/journal_lists.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"
#include "gateway/store/tables/outbox.hpp"
#include "gateway/store/tables/pack.hpp"
#include "gateway/store/tables/seal.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {
namespace {

/// One entry on its way into the tables: what stands is asked first, then all is written.
class EntryWriting {
 public:
  EntryWriting(Writer& writer, const Entry& entry, std::int64_t commit)
      : writer_(writer),
        entry_(entry),
        commit_(commit),
        partition_(base::partition_of(entry.patient)) {
    for (const auto& version : entry_.versions) locators_.push_back(locator_key(version.key));
    count_earlier();
  }

  Outcome write();
  bool follows();                             // false: somebody else moved a resource in between
  std::optional<base::ArrivalNumber> seen();  // the same message is there already

 private:
  void count_earlier();
  SealedArrival write_arrival(const Pack& pack, std::int64_t patient);
  WrittenVersion write_version(const VersionWrite& version, std::int64_t number, std::int64_t slot);
  void retire(std::string_view locator, const fhir::ResourceKey& key, std::int64_t row);
  void find_runs();
  void place(const VersionWrite& version, const Located& located, std::size_t slot);
  void write_run(std::size_t first);
  void write_later_times();
  void write_reviews();

  Writer& writer_;
  Connection& db_ = writer_.connection;
  const Entry& entry_;
  const std::int64_t commit_;
  const int partition_;
  std::vector<std::string> locators_;  // of entry.versions
  std::vector<std::int64_t> earlier_;  // likewise: how many before it are of the same resource
  static constexpr std::size_t alone = SIZE_MAX;
  std::vector<std::size_t> runs_;  // likewise: the first version of the run it goes into
  std::vector<Located> placed_;    // likewise, of those that go into a run
  std::int64_t arrival_ = 0;
};

Outcome duplicate(Writer& writer, base::ArrivalNumber first, std::span<const AuditRow> audit,
                  int partition) {
  run(writer.connection, "UPDATE arrival SET repeats = repeats + 1 WHERE number = ?", first.value);
  list_repeated(writer.connection, first.value);
  write_audit(writer, audit, partition);
  return {Outcome::Kind::duplicate, first, {}};
}

std::optional<base::ArrivalNumber> EntryWriting::seen() {
  const auto& key = entry_.arrival.key;
  if (entry_.arrival.kind != ArrivalKind::hl7v2) return std::nullopt;
  const auto number =
      integer_of(db_,
                 "SELECT number FROM arrival WHERE kind = 0 AND sender = ? AND control_id = ?"
                 " AND state = ? AND mark = ? AND hash = ?",
                 writer_.interned.name(key.sender), key.control_id, static_cast<int>(key.state),
                 mark_of(key.bytes), Blob{base::bytes_of(key.bytes)});
  if (!number) return std::nullopt;
  return base::ArrivalNumber{*number};
}

/// Should an entry write one resource twice, the second follows the first: both are kept.
void EntryWriting::count_earlier() {
  std::vector<std::size_t> order(locators_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return std::tie(locators_[a], a) < std::tie(locators_[b], b);
  });
  earlier_.resize(order.size());
  for (std::size_t k = 1; k < order.size(); ++k)
    if (locators_[order[k]] == locators_[order[k - 1]])
      earlier_[order[k]] = earlier_[order[k - 1]] + 1;
}

bool EntryWriting::follows() {
  for (std::size_t i = 0; i < locators_.size(); ++i) {
    if (earlier_[i] != 0) continue;
    const auto stands = locate(db_, locators_[i]);
    if ((stands ? stands->version : 0) != entry_.versions[i].follows) return false;
  }
  return true;
}

Outcome EntryWriting::write() {
  arrival_ = ++writer_.numbers.arrival;
  Outcome outcome{Outcome::Kind::stored, {arrival_}, {}};
  Pack pack;
  pack.unchanged = entry_.unchanged;
  pack.later = entry_.later;
  for (std::size_t i = 0; i < entry_.versions.size(); ++i) {
    const auto& version = entry_.versions[i];
    pack.slots.push_back({version.key, version.follows + 1 + earlier_[i], version.body,
                          version.owner, version.order, version.source_time});
  }
  const auto patient =
      entry_.versions.empty() ? 0 : writer_.interned.patient(entry_.patient.value).number;
  const auto sealed = write_arrival(pack, patient);
  find_runs();
  for (std::size_t i = 0; i < entry_.versions.size(); ++i)
    outcome.versions.push_back(
        write_version(entry_.versions[i], pack.slots[i].version, static_cast<std::int64_t>(i)));
  for (std::size_t i = 0; i < runs_.size(); ++i)
    if (runs_[i] == i) write_run(i);
  write_later_times();
  queue_deliveries(writer_, entry_, patient, partition_);
  write_events(db_, entry_.events, arrival_);
  write_reviews();
  writer_.write_beside(entry_, arrival_);
  if (!entry_.audit.empty()) {
    write_audit(writer_, entry_.audit, partition_, sealed);
  } else {  // the seal needs a row to ride on
    const AuditRow unnamed{"arrival", entry_.arrival.received, {}, entry_.arrival.listener, {}, {},
                           {}};
    write_audit(writer_, {&unnamed, 1}, partition_, sealed);
  }
  return outcome;
}

SealedArrival EntryWriting::write_arrival(const Pack& pack, std::int64_t patient) {
  const Arrival& arrival = entry_.arrival;
  auto& names = writer_.interned;
  auto& codec = *writer_.codec;
  const auto answer = codec.code(arrival.answer);
  // A frame costs more than these bytes.
  constexpr std::size_t short_account = 512;
  const auto account = arrival.account.size() > short_account ? codec.code(arrival.account)
                                                              : Codec::plain(arrival.account);
  const auto raw = codec.code(arrival.bytes), packed = codec.code(write_pack(pack));
  base::Digest kept{};
  std::optional<Blob> kept_hash;  // only of a message over the limit is less kept than arrived
  if (arrival.size > arrival.bytes.size()) {
    kept = base::sha256(arrival.bytes);
    kept_hash = Blob{base::bytes_of(kept)};
  }
  const auto size =
      static_cast<std::int64_t>(std::max(arrival.size, std::uint64_t{arrival.bytes.size()}));
  const auto deliveries =
      entry_.versions.empty() ? 0 : static_cast<std::int64_t>(entry_.deliveries.size());
  run(db_,
      "INSERT INTO arrival (number, partition, kind, state, sender, control_id, mark, hash, kept, "
      "size, received,"
      " committed, listener, message_type, path, patient, deliveries, reviews, repeats, answer, "
      "account, raw, pack)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
      arrival_, partition_, static_cast<int>(arrival.kind), static_cast<int>(arrival.key.state),
      names.name(arrival.key.sender), arrival.key.control_id, mark_of(arrival.key.bytes),
      Blob{base::bytes_of(arrival.key.bytes)}, kept_hash, size, arrival.received.microseconds,
      commit_, names.name(arrival.listener), names.name(arrival.message_type), arrival.path,
      patient, deliveries, static_cast<std::int64_t>(entry_.reviews.size()), Blob{answer},
      Blob{account}, Blob{raw}, Blob{packed});
  Seal seal({arrival_, partition_, static_cast<std::int64_t>(arrival.kind),
             static_cast<std::int64_t>(arrival.key.state), size, arrival.received.microseconds,
             commit_, arrival.key.sender, arrival.key.control_id, base::bytes_of(arrival.key.bytes),
             kept_hash ? kept_hash->bytes : std::string_view(), arrival.listener,
             arrival.message_type, arrival.path,
             patient == 0 ? std::string_view() : std::string_view(entry_.patient.value), answer,
             account, packed});
  if (deliveries != 0)
    for (const auto& delivery : entry_.deliveries) seal.target(delivery.target);
  for (const auto& item : entry_.reviews)
    seal.review(item.code, item.severity, item.where, item.resource, item.text);
  return {arrival_, seal.digest()};
}

void EntryWriting::retire(std::string_view locator, const fhir::ResourceKey& key,
                          std::int64_t row) {
  run(db_,
      "INSERT INTO history (key, version, partition, arrival, slot, updated, deleted, row, content)"
      " SELECT key, version, partition, arrival, slot, updated, deleted, row, content"
      " FROM resource WHERE key = ?",
      Blob{locator});
  // Of one and the same commit: begun and ended at once, so no page can ever show it.
  if (row != 0) end_index(db_, key.type, row, commit_);
}

/// Of a head under which nothing stands: all that the entry writes there, where all of it is new
/// and of one origin. Of any other head a run that stands is taken apart.
void EntryWriting::find_runs() {
  const auto& versions = entry_.versions;
  runs_.assign(versions.size(), alone);
  placed_.resize(versions.size());
  std::map<std::string_view, std::vector<std::size_t>> heads;
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (const auto head = shared_head(locators_[i]); !head.empty()) heads[head].push_back(i);
  for (const auto& [head, members] : heads) {
    const auto& first = versions[members.front()];
    const bool fits = members.size() >= fewest_in_run && members.size() <= most_in_run &&
                      std::all_of(members.begin(), members.end(), [&](std::size_t i) {
                        const auto& one = versions[i];
                        return one.follows == 0 && earlier_[i] == 0 && !one.body.empty() &&
                               one.source_time == first.source_time && one.owner == first.owner &&
                               one.order == first.order;
                      });
    if (fits && !anything_under(db_, head))
      for (const auto i : members) runs_[i] = members.front();
    else
      take_apart(db_, head);
  }
}

void EntryWriting::write_run(std::size_t first) {
  std::vector<RunMember> members;
  std::int64_t last_row = 0;
  for (std::size_t i = first; i < runs_.size(); ++i) {
    if (runs_[i] != first) continue;
    last_row = placed_[i].row;  // they are given out in order
    const auto rest = std::string_view(locators_[i]).substr(shared_head(locators_[i]).size());
    members.push_back({rest, placed_[i].slot, placed_[i].row});
  }
  const auto& version = entry_.versions[first];
  const auto packed = write_members(std::move(members));
  run(db_,
      "INSERT INTO resource (key, partition, version, arrival, slot, updated, deleted, row,"
      " source_time, owner, order_number, content, last_row, members)"
      " VALUES (?, ?, 1, ?, 0, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
      Blob{shared_head(locators_[first])}, partition_, arrival_, commit_, placed_[first].row,
      version.source_time, writer_.interned.name(version.owner), version.order, Blob{}, last_row,
      Blob{packed});
}

void EntryWriting::place(const VersionWrite& version, const Located& at, std::size_t slot) {
  run(db_,
      "INSERT INTO resource (key, partition, version, arrival, slot, updated, deleted, row, "
      "source_time, owner,"
      " order_number, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (key) DO UPDATE SET partition = excluded.partition, version = excluded.version,"
      " arrival = excluded.arrival, slot = excluded.slot, updated = excluded.updated,"
      " deleted = excluded.deleted, row = excluded.row, source_time = excluded.source_time,"
      " owner = excluded.owner, order_number = excluded.order_number, content = excluded.content",
      Blob{locators_[slot]}, partition_, at.version, arrival_, at.slot, commit_, at.deleted, at.row,
      version.source_time, writer_.interned.name(version.owner), version.order, Blob{at.content});
}

WrittenVersion EntryWriting::write_version(const VersionWrite& version, std::int64_t number,
                                           std::int64_t slot) {
  const auto i = static_cast<std::size_t>(slot);
  const auto& locator = locators_[i];
  writer_.remembered.forget(locator);
  if (number > 1)
    if (const auto before = locate(db_, locator)) retire(locator, version.key, before->row);
  Located& at = placed_[i];
  at.version = number;
  at.slot = slot;
  at.deleted = version.body.empty();
  if (!at.deleted) {
    at.row = ++writer_.numbers.row;
    write_index(db_, writer_.interned,
                {version.key, locator, at.row, commit_, arrival_, slot, number}, version.index);
  }
  if (runs_[i] != alone) return {version.key, number, {commit_}};
  const auto content = version.content ? *version.content : base::sha256(version.body);
  at.content = base::bytes_of(content).substr(0, 16);
  place(version, at, i);
  return {version.key, number, {commit_}};
}

/// Said again with equal content: the version stays, and counts as from the later time.
void EntryWriting::write_later_times() {
  for (const LaterTime& again : entry_.later) {
    const auto locator = locator_key(again.key);
    writer_.remembered.forget(locator);
    take_apart(db_, shared_head(locator));
    run(db_,
        "UPDATE resource SET source_time = ?1 WHERE key = ?2 AND version = ?3"
        " AND (source_time IS NULL OR source_time < ?1)",
        again.source_time, Blob{locator}, again.version);
  }
}

void EntryWriting::write_reviews() {
  for (const ReviewItem& item : entry_.reviews)
    run(db_,
        "INSERT INTO review (number, partition, arrival, state, code, severity, place, resource, "
        "text)"
        " VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)",
        ++writer_.numbers.review, partition_, arrival_, writer_.interned.name(item.code),
        writer_.interned.name(item.severity), item.where, item.resource, item.text);
}

}  // namespace

namespace {

/// An entry with what it changes of other patients.
class Writing {
 public:
  Writing(Writer& writer, const Entry& entry, std::int64_t commit) {
    parts_.reserve(entry.consequences.size() + 1);
    parts_.emplace_back(writer, entry, commit);
    for (const Entry& consequence : entry.consequences)
      parts_.emplace_back(writer, consequence, commit);
  }
  std::optional<base::ArrivalNumber> seen() { return parts_.front().seen(); }
  bool follows() {
    return std::all_of(parts_.begin(), parts_.end(), [](auto& part) { return part.follows(); });
  }
  Outcome write() {
    auto outcome = parts_.front().write();
    for (std::size_t i = 1; i < parts_.size(); ++i) (void)parts_[i].write();
    return outcome;
  }

 private:
  std::vector<EntryWriting> parts_;
};

}  // namespace

std::vector<Outcome> write_entries(Writer& writer, std::span<const Entry> entries,
                                   std::int64_t commit) {
  std::vector<Outcome> outcomes;
  std::set<base::PatientKey> held_back;  // of these nothing further is written in this group
  const base::ArrivalNumber last{writer.numbers.arrival};
  bool all_written = true;
  for (const Entry& entry : entries) {
    const int partition = base::partition_of(entry.patient);
    if (entry.duplicate) {
      outcomes.push_back(duplicate(writer, entry.first, entry.audit, partition));
      continue;
    }
    Writing writing(writer, entry, commit);
    if (all_written && entry.composed_on == last) {
      outcomes.push_back(writing.write());
      continue;
    }
    if (const auto first = writing.seen()) {
      // It came twice at once. The counter makes this commit the durable one its answer waits for
      // (TRUST R3); who asked writes the audit row with the answer's own commit.
      outcomes.push_back(duplicate(writer, *first, {}, partition));
      all_written = false;
      continue;
    }
    if (held_back.contains(entry.patient) || !writing.follows()) {
      held_back.insert(entry.patient);
      all_written = false;
      outcomes.push_back({Outcome::Kind::conflict, {}, {}});
      continue;
    }
    outcomes.push_back(writing.write());
  }
  return outcomes;
}

void Writer::load_numbers() {
  const auto last = [this](std::string_view sql) {
    return integer_of(connection, sql).value_or(0);
  };
  numbers.arrival = last("SELECT max(number) FROM arrival");
  numbers.row = std::max(last("SELECT max(row) FROM result"), last("SELECT max(row) FROM entry"));
  numbers.delivery = last("SELECT max(sequence) FROM delivery");
  numbers.review = last("SELECT max(number) FROM review");
  numbers.commit =
      std::max(numbers.commit, last("SELECT committed FROM arrival ORDER BY number DESC LIMIT 1"));
  numbers.audit = 0;
  numbers.chain = {};
  const auto take = [this](Query& row) {
    numbers.audit = row.integer(0);
    const auto chain = row.bytes(1);
    std::copy_n(chain.begin(), std::min(chain.size(), numbers.chain.size()), numbers.chain.begin());
  };
  {
    Query audit(connection, "SELECT number, chain FROM audit ORDER BY number DESC LIMIT 1");
    if (audit.row()) take(audit);
  }
  // The head knows of rows that somebody cut off: their numbers are not given out again, so that
  // the gap stays to be found.
  Query head(connection, "SELECT audit, chain, arrival FROM head WHERE one = 1");
  if (!head.row()) return;
  numbers.arrival = std::max(numbers.arrival, head.integer(2));
  if (head.integer(0) >= numbers.audit) take(head);
}

}  // namespace gateway::store::tables
