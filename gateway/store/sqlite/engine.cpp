#include "gateway/store/sqlite/engine.hpp"

#include <openssl/rand.h>

#include "gateway/base/log.hpp"
#include "gateway/store/sqlite/events.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/sqlite/opening.hpp"
#include "gateway/store/sqlite/readers.hpp"
#include "gateway/store/sqlite/review_count.hpp"
#include "gateway/store/sqlite/reviewed.hpp"
#include "gateway/store/sqlite/snapshot.hpp"
#include "gateway/store/sqlite/spent.hpp"
#include "gateway/store/sqlite/verify.hpp"
#include "gateway/store/sqlite/writer_thread.hpp"

namespace gateway::store::sqlite {
namespace {

base::Error unreadable(int code) {
  return {base::ErrorKind::unavailable, "the store could not be read: " + Connection::words(code),
          "store", "run `immunogate store verify`"};
}

class Engine final : public Store {
 public:
  Engine(const Options& options, const base::Clock& clock) : options_(options), clock_(clock) {}

  base::Result<void> open(observe::Metrics& metrics);

  int writers() const override { return 1; }
  base::Result<Known> current(std::span<const Ask> asks, std::span<const ArrivalKey> arrivals,
                              std::span<const OrderAsk> orders) override;
  base::Result<std::vector<std::vector<fhir::ResourceKey>>> observations(
      std::span<const std::string> heads) override;
  base::Result<std::vector<Outcome>> commit(std::span<const Entry> entries) override;
  base::Result<void> audit(std::span<const AuditRow> rows) override;
  base::Result<std::unique_ptr<Snapshot>> snapshot() override;
  base::Result<std::vector<Delivery>> claim(const std::string& target, std::size_t limit,
                                            base::Instant now, std::chrono::seconds lease) override;
  base::Result<void> settle(std::span<const Settlement> settlements) override;
  base::Result<std::vector<TargetBacklog>> backlog() override;
  base::Result<void> told(std::string_view subscription, std::int64_t number,
                          std::span<const AuditRow> rows) override;
  base::Result<bool> spend(const Spending& spending, std::span<const AuditRow> rows) override;
  base::Result<std::vector<Spending>> spent(std::string_view kind) override;
  base::Result<std::vector<Reviewed>> reviewed(std::string_view code) override;
  base::Result<std::string> secret(const std::string& name) override;
  Health health() override;
  base::Result<Verification> verify() override;
  base::Result<void> sweep(base::Instant before) override;
  bool recover() override { return thread_->recover(); }

 private:
  const Options options_;
  const base::Clock& clock_;
  LockFile lock_;  // before the connections, so that it goes after them
  Writer writer_;
  std::shared_ptr<const Dictionaries> dictionaries_;
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<ReviewCount> reviews_;
  std::unique_ptr<WriterThread> thread_;
};

base::Result<void> Engine::open(observe::Metrics& metrics) {
  if (auto prepared = prepare_file(options_.file, options_.create); !prepared) return prepared;
  if (auto taken = lock_.take(options_.file); !taken) return taken;
  auto& db = writer_.connection;
  if (auto opened = open_connection(db, options_.file, Role::writer); !opened) return opened;
  if (auto brought = bring_to_schema(db, options_.file); !brought) return brought;
  if (auto written_back = checkpoint_all(db, options_.file); !written_back) {
    auto error = written_back.error();
    error.kind = base::ErrorKind::configuration;
    return error;
  }
  dictionaries_ = Dictionaries::load(db);
  writer_.codec = std::make_unique<Codec>(dictionaries_);
  writer_.load_numbers();
  end_leases(writer_);
  if (db.failure() != SQLITE_OK) {
    auto error = unreadable(db.failure());
    error.kind = base::ErrorKind::configuration;
    error.where = options_.file.string();
    return error;
  }
  readers_ = std::make_unique<Readers>(options_.file, dictionaries_, options_.readers);
  reviews_ = std::make_unique<ReviewCount>(metrics);
  thread_ = std::make_unique<WriterThread>(
      writer_,
      WriterThread::Settings{options_.file, options_.min_free_bytes,
                             [this] { readers_->close_all(); }, options_.checkpoint_pages},
      clock_, metrics);
  return {};
}

base::Result<Known> Engine::current(std::span<const Ask> asks, std::span<const ArrivalKey> arrivals,
                                    std::span<const OrderAsk> orders) {
  const auto within = [&](Connection& db, Codec& codec,
                          Remembered* remembered) -> base::Result<Known> {
    run(db, "BEGIN");  // one state, and one lock for all of it
    auto out = known(db, codec, asks, arrivals, orders, remembered);
    const int failure = db.failure();
    db.clear_failure();
    run(db, "COMMIT");
    db.clear_failure();
    if (failure != SQLITE_OK) return unreadable(failure);
    return out;
  };
  // The writer's cache is warm where a reader's begins anew with each commit.
  if (const auto idle = thread_->try_idle(); idle && thread_->trouble().empty()) {
    auto& writer = thread_->writer();
    return within(writer.connection, *writer.codec, &writer.remembered);
  }
  auto reading = readers_->take();
  if (!reading) return reading.error();
  return within((*reading)->connection, *(*reading)->codec, nullptr);
}

base::Result<std::vector<std::vector<fhir::ResourceKey>>> Engine::observations(
    std::span<const std::string> heads) {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  auto& db = (*reading)->connection;
  std::vector<std::vector<fhir::ResourceKey>> out;
  for (const std::string& head : heads) out.push_back(observations_of(db, head));
  const int failure = db.failure();
  db.clear_failure();
  if (failure != SQLITE_OK) return unreadable(failure);
  return out;
}

base::Result<std::vector<Outcome>> Engine::commit(std::span<const Entry> entries) {
  std::vector<Outcome> outcomes;
  auto done =
      thread_->run([&](Writer& writer,
                       std::int64_t number) { outcomes = write_entries(writer, entries, number); },
                   std::max<std::size_t>(entries.size(), 1));
  if (!done) return done.error();
  return outcomes;
}

base::Result<void> Engine::audit(std::span<const AuditRow> rows) {
  return thread_->run([&](Writer& writer, std::int64_t) { write_audit(writer, rows, 0); }, 0);
}

base::Result<std::unique_ptr<Snapshot>> Engine::snapshot() {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  return SqliteSnapshot::begin(std::move(*reading), clock_);
}

base::Result<std::vector<Delivery>> Engine::claim(const std::string& target, std::size_t limit,
                                                  base::Instant now, std::chrono::seconds lease) {
  std::vector<Delivery> claimed;
  auto done = thread_->run(
      [&](Writer& writer, std::int64_t) {
        claimed = claim_deliveries(writer, target, limit, now, lease);
      },
      0);
  if (!done) return done.error();
  if (claimed.empty()) return claimed;
  auto reading = readers_->take();
  if (!reading) return reading.error();  // the leases run out by themselves
  auto& db = (*reading)->connection;
  std::erase_if(claimed, [&](Delivery& delivery) {
    delivery.resources = resources_of_arrival(db, *(*reading)->codec, delivery.arrival.value);
    if (db.failure() == SQLITE_OK) return false;
    // A damaged one must not hold up the others; `store verify` names it.
    base::log(base::Level::error, "store.delivery_unreadable", {{"sequence", delivery.sequence}});
    db.clear_failure();
    return true;
  });
  return claimed;
}

base::Result<void> Engine::settle(std::span<const Settlement> settlements) {
  return thread_->run([&](Writer& writer, std::int64_t) { settle_deliveries(writer, settlements); },
                      0);
}

base::Result<std::vector<TargetBacklog>> Engine::backlog() {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  auto out = read_backlog((*reading)->connection);
  if ((*reading)->connection.failure() != SQLITE_OK)
    return unreadable((*reading)->connection.failure());
  return out;
}

base::Result<void> Engine::told(std::string_view subscription, std::int64_t number,
                                std::span<const AuditRow> rows) {
  return thread_->run(
      [&](Writer& writer, std::int64_t) {
        write_told(writer.connection, subscription, number);
        write_audit(writer, rows, 0);
      },
      0);
}

base::Result<bool> Engine::spend(const Spending& spending, std::span<const AuditRow> rows) {
  bool fresh = false;
  auto done = thread_->run(
      [&](Writer& writer, std::int64_t) {
        fresh = write_spending(writer.connection, spending, clock_.now());
        if (fresh) write_audit(writer, rows, 0);
      },
      0);
  if (!done) return done.error();
  return fresh;
}

base::Result<std::vector<Spending>> Engine::spent(std::string_view kind) {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  auto out = read_spendings((*reading)->connection, kind, clock_.now());
  if ((*reading)->connection.failure() != SQLITE_OK)
    return unreadable((*reading)->connection.failure());
  return out;
}

base::Result<std::vector<Reviewed>> Engine::reviewed(std::string_view code) {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  auto out = read_reviewed((*reading)->connection, code);
  if ((*reading)->connection.failure() != SQLITE_OK)
    return unreadable((*reading)->connection.failure());
  return out;
}

base::Result<std::string> Engine::secret(const std::string& name) {
  std::string kept;
  auto done = thread_->run(
      [&](Writer& writer, std::int64_t) {
        std::string fresh(32, '\0');
        base::invariant(RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), 32) == 1,
                        "there is chance");
        sqlite::run(writer.connection, "INSERT OR IGNORE INTO secret (name, bytes) VALUES (?, ?)",
                    name, Blob{fresh});
        Query query(writer.connection, "SELECT bytes FROM secret WHERE name = ?", name);
        if (query.row()) kept = query.text(0);
      },
      0);
  if (!done) return done.error();
  return kept;
}

Health Engine::health() {
  Health out;
  const auto space = space_of(options_.file, options_.min_free_bytes);
  out.bytes = bytes_of_store(options_.file);
  out.free_bytes = space.free;
  out.reason = thread_->trouble();
  if (out.reason.empty() && space.free < space.min_free)
    out.reason = "the volume of the store is nearly full";
  out.writable = out.reason.empty();
  return out;
}

base::Result<Verification> Engine::verify() {
  return verify_file(options_.file);
}

base::Result<void> Engine::sweep(base::Instant before) {
  if (auto reading = readers_->take()) reviews_->refresh((*reading)->connection);
  return thread_->run(
      [&](Writer& writer, std::int64_t) { sweep_index(writer, before.microseconds); }, 0);
}

}  // namespace

base::Result<Verification> verify_file(const std::filesystem::path& file,
                                       const VerifyProgress& progress) {
  if (auto there = prepare_file(file, false); !there) return there.error();
  Connection connection;  // of its own: it may take long
  if (auto opened = open_connection(connection, file, Role::reader); !opened) return opened.error();
  // What is looked at is left as it is found: the last to go would else fold back the log.
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto ours = check_schema(connection, file); !ours) return ours.error();
  connection.script("BEGIN");
  Codec codec(Dictionaries::load(connection));
  auto out = verify_store(connection, codec, progress);
  connection.script("COMMIT");
  return out;
}

base::Result<std::unique_ptr<Store>> open(const Options& options, const base::Clock& clock,
                                          observe::Metrics& metrics) {
  auto engine = std::make_unique<Engine>(options, clock);
  if (auto opened = engine->open(metrics); !opened) return opened.error();
  return std::unique_ptr<Store>(std::move(engine));
}

}  // namespace gateway::store::sqlite
