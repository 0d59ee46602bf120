#include "gateway/store/tables/table_store.hpp"

#include <algorithm>
#include <cstdint>

#include <openssl/rand.h>

#include "gateway/base/log.hpp"
#include "gateway/store/tables/audit_reading.hpp"
#include "gateway/store/tables/events.hpp"
#include "gateway/store/tables/journal.hpp"
#include "gateway/store/tables/journal_lists.hpp"
#include "gateway/store/tables/kept.hpp"
#include "gateway/store/tables/outbox.hpp"
#include "gateway/store/tables/reviewed.hpp"
#include "gateway/store/tables/snapshot.hpp"
#include "gateway/store/tables/spent.hpp"

namespace gateway::store::tables {
namespace {

// Of the audit trail in one transaction, so that a message never waits for long; and by a sweep, so
// that who asks first does not wait for years of it.
constexpr std::size_t listed_at_once = 2048, listed_by_sweep = 20'000;
// Of arrivals, which are entered set by set: a day of a large laboratory by sweep, and as many more
// for who asks as he waits a second or two for.
constexpr std::size_t arrivals_at_once = 2048, arrivals_listed = 200'000;

/// What is read in one go, unless reading fails.
template <class Read>
auto read_by(Readers& readers, Read read)
    -> base::Result<decltype(read(std::declval<ReadingConnection&>()))> {
  auto reading = readers.take();
  if (!reading) return reading.error();
  auto out = read(**reading);
  auto& db = *(*reading)->connection;
  if (db.failure() != no_failure) return unreadable(db);
  return out;
}

}  // namespace

base::Error unreadable(Connection& connection) {
  base::Error error{base::ErrorKind::unavailable,
                    "the store could not be read: " + connection.failure_words(), "store",
                    "run `immunogate store verify`"};
  connection.clear_failure();
  return error;
}

base::Result<Known> TableStore::known_within(Connection& db, Codec& codec,
                                             std::span<const Ask> asks,
                                             std::span<const ArrivalKey> arrivals,
                                             std::span<const OrderAsk> orders,
                                             Remembered* remembered) {
  db.begin_reading();  // one state, and one lock for all of it
  auto out = known(db, codec, asks, arrivals, orders, remembered);
  std::optional<base::Error> error;
  if (db.failure() != no_failure) error = unreadable(db);
  tables::run(db, "COMMIT");
  db.clear_failure();
  if (error) return *error;
  return out;
}

base::Result<Known> TableStore::current(std::span<const Ask> asks,
                                        std::span<const ArrivalKey> arrivals,
                                        std::span<const OrderAsk> orders) {
  auto reading = readers().take();
  if (!reading) return reading.error();
  return known_within(*(*reading)->connection, *(*reading)->codec, asks, arrivals, orders, nullptr);
}

base::Result<std::vector<std::vector<fhir::ResourceKey>>> TableStore::observations(
    std::span<const std::string> heads) {
  return read_by(readers(), [&](ReadingConnection& reading) {
    std::vector<std::vector<fhir::ResourceKey>> out;
    for (const std::string& head : heads) out.push_back(observations_of(*reading.connection, head));
    return out;
  });
}

base::Result<std::vector<Outcome>> TableStore::commit(std::span<const Entry> entries) {
  std::vector<Outcome> outcomes;
  auto done = write([&](Writer& writer,
                        std::int64_t number) { outcomes = write_entries(writer, entries, number); },
                    std::max<std::size_t>(entries.size(), 1));
  if (!done) return done.error();
  return outcomes;
}

base::Result<void> TableStore::audit(std::span<const AuditRow> rows) {
  return write([&](Writer& writer, std::int64_t) { write_audit(writer, rows, 0); }, 0);
}

void TableStore::audit(AuditRow row, std::shared_ptr<Awaiting> awaits) {
  write(
      [row = std::move(row)](Writer& writer, std::int64_t) {
        write_audit(writer, {&row, 1}, 0);
      },
      std::move(awaits));
}

base::Result<void> TableStore::list_audit(std::size_t most) {
  for (bool more = true; more && most > 0; most -= std::min(most, listed_at_once)) {
    auto done = write(
        [&](Writer& writer, std::int64_t) { more = tables::list_audit(writer, listed_at_once); },
        0);
    if (!done) return done;
  }
  return {};
}

/// True: there are more.
base::Result<bool> TableStore::list_arrivals(std::size_t most) {
  bool more = true;
  for (; more && most > 0; most -= std::min(most, arrivals_at_once)) {
    auto done = write([&](Writer& writer,
                          std::int64_t) { more = tables::list_arrivals(writer, arrivals_at_once); },
                      0);
    if (!done) return done.error();
  }
  return more;
}

base::Result<void> TableStore::list_by_sweep() {
  if (auto listed = list_audit(listed_by_sweep); !listed) return listed;
  if (auto listed = list_arrivals(arrivals_listed); !listed) return listed.error();
  return {};
}

base::Result<std::vector<AuditRecord>> TableStore::audited(const AuditAsk& asked) {
  auto reading = readers().take();
  if (!reading) return reading.error();
  if (!is_audit_listed(*(*reading)->connection)) {
    reading->reset();
    if (auto listed = list_audit(SIZE_MAX); !listed) return listed.error();
    if (reading = readers().take(); !reading) return reading.error();
  }
  auto& db = *(*reading)->connection;
  auto out = read_audit(db, *(*reading)->codec, asked);
  if (db.failure() != no_failure) return unreadable(db);
  return out;
}

base::Result<std::vector<ProvenAudit>> TableStore::trail(std::int64_t after, std::size_t most) {
  return read_by(readers(), [&](auto& reading) {
    return read_trail(*reading.connection, *reading.codec, after, most);
  });
}

base::Result<void> TableStore::handed_on(std::string_view receiver, std::int64_t number) {
  return write(
      [&](Writer& writer, std::int64_t) { write_handed_on(writer.connection, receiver, number); },
      0);
}

base::Result<std::int64_t> TableStore::handed_on(std::string_view receiver) {
  return read_by(readers(),
                 [&](auto& reading) { return read_handed_on(*reading.connection, receiver); });
}

base::Result<AuditHead> TableStore::audit_head() {
  return read_by(readers(), [](auto& reading) { return read_audit_head(*reading.connection); });
}

base::Result<SignedHead> TableStore::vouched() {
  return read_by(readers(), [](auto& reading) { return read_signed_head(*reading.connection); });
}

base::Result<void> TableStore::vouch(const SignedHead& head) {
  return write([&](Writer& writer, std::int64_t) { write_signed_head(writer.connection, head); },
               0);
}

base::Result<std::unique_ptr<Snapshot>> TableStore::snapshot() {
  auto reading = readers().take();
  if (!reading) return reading.error();
  return TableSnapshot::begin(std::move(*reading), clock_);
}

base::Result<std::vector<Delivery>> TableStore::claim(const std::string& target, std::size_t limit,
                                                      base::Instant now,
                                                      std::chrono::seconds lease) {
  std::vector<Delivery> claimed;
  auto done =
      write([&](Writer& writer,
                std::int64_t) { claimed = claim_deliveries(writer, target, limit, now, lease); },
            0);
  if (!done) return done.error();
  if (claimed.empty()) return claimed;
  auto reading = readers().take();
  if (!reading) return reading.error();  // the leases run out by themselves
  auto& db = *(*reading)->connection;
  std::erase_if(claimed, [&](Delivery& delivery) {
    read_resources(db, *(*reading)->codec, delivery);
    if (db.failure() == no_failure) return false;
    // A damaged one must not hold up the others; `store verify` names it.
    base::log(base::Level::error, "store.delivery_unreadable", {{"sequence", delivery.sequence}});
    db.clear_failure();
    return true;
  });
  return claimed;
}

base::Result<Settled> TableStore::settle(std::span<const Settlement> settlements) {
  Settled settled;
  auto done =
      write([&](Writer& writer,
                std::int64_t) { settled = settle_deliveries(writer, settlements, clock_.now()); },
            0);
  if (!done) return done.error();
  return settled;
}

base::Result<std::vector<Letter>> TableStore::letters(const LettersAsked& asked) {
  return read_by(readers(),
                 [&](auto& reading) { return read_letters(*reading.connection, asked); });
}

base::Result<std::int64_t> TableStore::decide(std::span<const std::int64_t> sequences,
                                              LetterDecision decision,
                                              std::span<const AuditRow> rows) {
  std::int64_t decided = 0;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        const auto changes = decide_letters(writer, sequences, decision);
        decided = static_cast<std::int64_t>(changes.size());
        write_audit(writer, rows, 0, {}, changes);
      },
      0);
  if (!done) return done.error();
  return decided;
}

base::Result<std::vector<TargetBacklog>> TableStore::backlog() {
  return read_by(readers(), [](auto& reading) { return read_backlog(*reading.connection); });
}

base::Result<void> TableStore::arrivals_are_listed() {
  const auto listed = read_by(
      readers(), [](auto& reading) { return tables::are_arrivals_listed(*reading.connection); });
  if (!listed) return listed.error();
  if (*listed) return {};
  const auto more = list_arrivals(arrivals_listed);
  if (!more) return more.error();
  if (*more)
    return base::Error{base::ErrorKind::unavailable,
                       "lists-behind the lists that this goes by are still being made", "store",
                       "ask again in some seconds, or by control id"};
  return {};
}

base::Result<ArrivalsPage> TableStore::arrivals(const ArrivalsAsked& asked) {
  if (goes_by_lists(asked))
    if (auto listed = arrivals_are_listed(); !listed) return listed.error();
  return read_by(readers(), [&](auto& reading) {
    return read_arrivals(*reading.connection, *reading.codec, asked);
  });
}

base::Result<std::optional<ArrivalWhole>> TableStore::arrival(base::ArrivalNumber number) {
  return read_by(readers(), [&](auto& reading) {
    return read_arrival(*reading.connection, *reading.codec, number.value);
  });
}

base::Result<std::int64_t> TableStore::arrived_since(base::Instant since) {
  return read_by(readers(),
                 [&](auto& reading) { return count_arrived_since(*reading.connection, since); });
}

base::Result<std::vector<ReviewLine>> TableStore::open_reviews(std::int64_t before,
                                                               std::size_t most) {
  return read_by(readers(), [&](auto& reading) {
    return read_open_reviews(*reading.connection, before, most);
  });
}

base::Result<std::vector<SenderLine>> TableStore::senders() {
  if (auto listed = arrivals_are_listed(); !listed) return listed.error();
  return read_by(readers(), [](auto& reading) { return read_senders(*reading.connection); });
}

base::Result<std::string> TableStore::last_trouble(const std::string& target) {
  return read_by(readers(),
                 [&](auto& reading) { return read_last_trouble(*reading.connection, target); });
}

base::Result<void> TableStore::told(std::string_view subscription, std::int64_t number,
                                    std::span<const AuditRow> rows) {
  return write(
      [&](Writer& writer, std::int64_t) {
        write_told(writer.connection, subscription, number);
        write_audit(writer, rows, 0);
      },
      0);
}

base::Result<bool> TableStore::spend(const Spending& spending, std::span<const AuditRow> rows) {
  bool fresh = false;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        fresh = write_spending(writer.connection, spending, clock_.now());
        if (fresh) write_audit(writer, rows, 0);
      },
      0);
  if (!done) return done.error();
  return fresh;
}

base::Result<std::vector<Spending>> TableStore::spent(std::string_view kind) {
  return read_by(readers(), [&](auto& reading) {
    return read_spendings(*reading.connection, kind, clock_.now());
  });
}

base::Result<bool> TableStore::keep(std::span<const Keeping> changes,
                                    std::span<const AuditRow> rows) {
  bool kept = false;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        kept = write_kept(writer.connection, changes, clock_.now());
        if (kept) write_audit(writer, rows, 0);
      },
      0);
  if (!done) return done.error();
  return kept;
}

base::Result<std::optional<Kept>> TableStore::kept(std::string_view kind, std::string_view name) {
  return read_by(readers(), [&](auto& reading) {
    return read_kept(*reading.connection, kind, name, clock_.now());
  });
}

base::Result<std::vector<Kept>> TableStore::all_kept(std::string_view kind) {
  return read_by(readers(), [&](auto& reading) {
    return read_all_kept(*reading.connection, kind, clock_.now());
  });
}

base::Result<std::vector<Reviewed>> TableStore::reviewed(std::string_view code) {
  return read_by(readers(),
                 [&](auto& reading) { return read_reviewed(*reading.connection, code); });
}

base::Result<std::string> TableStore::secret(const std::string& name) {
  std::string kept;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        std::string fresh(32, '\0');
        base::invariant(RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), 32) == 1,
                        "there is chance");
        tables::run(writer.connection,
                    "INSERT INTO secret (name, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", name,
                    Blob{fresh});
        Query query(writer.connection, "SELECT bytes FROM secret WHERE name = ?", name);
        if (query.row()) kept = query.text(0);
      },
      0);
  if (!done) return done.error();
  return kept;
}

}  // namespace gateway::store::tables
