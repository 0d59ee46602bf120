#include "gateway/store/tables/table_store.hpp"

#include <openssl/rand.h>

#include "gateway/base/log.hpp"
#include "gateway/store/tables/events.hpp"
#include "gateway/store/tables/reviewed.hpp"
#include "gateway/store/tables/snapshot.hpp"

namespace gateway::store::tables {

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
  auto reading = readers().take();
  if (!reading) return reading.error();
  auto& db = *(*reading)->connection;
  std::vector<std::vector<fhir::ResourceKey>> out;
  for (const std::string& head : heads) out.push_back(observations_of(db, head));
  if (db.failure() != no_failure) return unreadable(db);
  return out;
}

base::Result<std::vector<Outcome>> TableStore::commit(std::span<const Entry> entries) {
  std::vector<Outcome> outcomes;
  auto done =
      write([&](Writer& writer,
                       std::int64_t number) { outcomes = write_entries(writer, entries, number); },
                   std::max<std::size_t>(entries.size(), 1));
  if (!done) return done.error();
  return outcomes;
}

base::Result<void> TableStore::audit(std::span<const AuditRow> rows) {
  return write([&](Writer& writer, std::int64_t) { write_audit(writer, rows, 0); }, 0);
}

base::Result<std::unique_ptr<Snapshot>> TableStore::snapshot() {
  auto reading = readers().take();
  if (!reading) return reading.error();
  return TableSnapshot::begin(std::move(*reading), clock_);
}

base::Result<std::vector<Delivery>> TableStore::claim(const std::string& target, std::size_t limit,
                                                  base::Instant now, std::chrono::seconds lease) {
  std::vector<Delivery> claimed;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        claimed = claim_deliveries(writer, target, limit, now, lease);
      },
      0);
  if (!done) return done.error();
  if (claimed.empty()) return claimed;
  auto reading = readers().take();
  if (!reading) return reading.error();  // the leases run out by themselves
  auto& db = *(*reading)->connection;
  std::erase_if(claimed, [&](Delivery& delivery) {
    delivery.resources = resources_of_arrival(db, *(*reading)->codec, delivery.arrival.value);
    if (db.failure() == no_failure) return false;
    // A damaged one must not hold up the others; `store verify` names it.
    base::log(base::Level::error, "store.delivery_unreadable", {{"sequence", delivery.sequence}});
    db.clear_failure();
    return true;
  });
  return claimed;
}

base::Result<void> TableStore::settle(std::span<const Settlement> settlements) {
  return write([&](Writer& writer, std::int64_t) { settle_deliveries(writer, settlements); },
                      0);
}

base::Result<std::vector<TargetBacklog>> TableStore::backlog() {
  auto reading = readers().take();
  if (!reading) return reading.error();
  auto out = read_backlog(*(*reading)->connection);
  if ((*reading)->connection->failure() != no_failure) return unreadable(*(*reading)->connection);
  return out;
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

base::Result<std::vector<Reviewed>> TableStore::reviewed(std::string_view code) {
  auto reading = readers().take();
  if (!reading) return reading.error();
  auto out = read_reviewed(*(*reading)->connection, code);
  if ((*reading)->connection->failure() != no_failure) return unreadable(*(*reading)->connection);
  return out;
}

base::Result<std::string> TableStore::secret(const std::string& name) {
  std::string kept;
  auto done = write(
      [&](Writer& writer, std::int64_t) {
        std::string fresh(32, '\0');
        base::invariant(RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), 32) == 1,
                        "there is chance");
        tables::run(writer.connection, "INSERT INTO secret (name, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    name, Blob{fresh});
        Query query(writer.connection, "SELECT bytes FROM secret WHERE name = ?", name);
        if (query.row()) kept = query.text(0);
      },
      0);
  if (!done) return done.error();
  return kept;
}

}  // namespace gateway::store::tables
