#include "gateway/store/sqlite/engine.hpp"

#include "gateway/store/sqlite/body_functions.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/sqlite/opening.hpp"
#include "gateway/store/sqlite/writer_thread.hpp"
#include "gateway/store/tables/outbox.hpp"
#include "gateway/store/tables/readers.hpp"
#include "gateway/store/tables/review_count.hpp"
#include "gateway/store/tables/table_store.hpp"
#include "gateway/store/tables/verify.hpp"

namespace gateway::store::sqlite {

using namespace tables;

namespace {

class Engine final : public TableStore {
 public:
  Engine(const Options& options, const base::Clock& clock) : TableStore(clock), options_(options) {}

  base::Result<void> open(observe::Metrics& metrics);

  base::Result<Known> current(std::span<const Ask> asks, std::span<const ArrivalKey> arrivals,
                              std::span<const OrderAsk> orders) override;
  Health health() override;
  base::Result<Verification> verify() override { return verify_file(options_.file); }
  base::Result<Verification> verify_audit() override { return verify_audit_file(options_.file); }
  base::Result<void> sweep(base::Instant before) override;
  bool recover() override { return thread_->recover(); }

 private:
  base::Result<void> write(Work work, std::size_t messages) override {
    return thread_->run(std::move(work), messages);
  }
  void write(Work work, std::shared_ptr<Awaiting> awaits) override {
    thread_->run(std::move(work), std::move(awaits));
  }
  Readers& readers() override { return *readers_; }

  const Options options_;
  LockFile lock_;  // before the connections, so that it goes after them
  Connection connection_;
  Writer writer_{connection_};
  std::shared_ptr<const Dictionaries> dictionaries_;
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<ReviewCount> reviews_;
  std::unique_ptr<WriterThread> thread_;
};

/// A reading connection, with what SQL asks of bodies.
base::Result<void> open_reader(const std::filesystem::path& file, ReadingConnection& reading) {
  auto connection = std::make_unique<Connection>();
  if (auto opened = open_connection(*connection, file, Role::reader); !opened) return opened;
  add_body_functions(*connection, reading.bodies);
  reading.connection = std::move(connection);
  return {};
}

base::Result<void> Engine::open(observe::Metrics& metrics) {
  if (auto prepared = prepare_file(options_.file, options_.create); !prepared) return prepared;
  if (auto taken = lock_.take(options_.file); !taken) return taken;
  auto& db = connection_;
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
  shorten_leases(writer_, clock().now());
  if (db.failure() != SQLITE_OK) {
    auto error = unreadable(db);
    error.kind = base::ErrorKind::configuration;
    error.where = options_.file.string();
    return error;
  }
  readers_ = std::make_unique<Readers>(
      [file = options_.file](ReadingConnection& reading) { return open_reader(file, reading); },
      dictionaries_, options_.readers);
  reviews_ = std::make_unique<ReviewCount>(metrics);
  thread_ = std::make_unique<WriterThread>(
      connection_, writer_,
      WriterThread::Settings{options_.file, options_.min_free_bytes,
                             [this] { readers_->close_all(); }, options_.checkpoint_pages,
                             options_.reserve_bytes},
      clock(), metrics);
  return {};
}

base::Result<Known> Engine::current(std::span<const Ask> asks, std::span<const ArrivalKey> arrivals,
                                    std::span<const OrderAsk> orders) {
  // The writer's cache is warm where a reader's begins anew with each commit.
  if (const auto idle = thread_->try_idle(); idle && thread_->trouble().empty())
    return known_within(connection_, *writer_.codec, asks, arrivals, orders, &writer_.remembered);
  return TableStore::current(asks, arrivals, orders);
}

Health Engine::health() {
  Health out;
  const auto space = space_of(options_.file, options_.min_free_bytes);
  out.bytes = bytes_of_store(options_.file);
  out.free_bytes = space.free;
  out.reason = thread_->trouble();
  if (out.reason.empty() && space.free < space.min_free + thread_->owed())
    out.reason = "the volume of the store is nearly full";
  out.writable = out.reason.empty();
  return out;
}

base::Result<void> Engine::sweep(base::Instant before) {
  if (auto reading = readers_->take()) reviews_->refresh(*(*reading)->connection);
  if (auto listed = list_by_sweep(); !listed) return listed;
  return thread_->run(
      [&](Writer& writer, std::int64_t) { sweep_index(writer, before.microseconds); }, 0);
}

/// Looks at a file through a connection of its own: it may take long.
template <class Verify>
base::Result<Verification> looked_at(const std::filesystem::path& file, Verify verify) {
  if (auto there = prepare_file(file, false); !there) return there.error();
  Connection connection;
  if (auto opened = open_connection(connection, file, Role::reader); !opened) return opened.error();
  // What is looked at is left as it is found: the last to go would else fold back the log.
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto ours = check_schema(connection, file); !ours) return ours.error();
  connection.script("BEGIN");
  Codec codec(Dictionaries::load(connection));
  auto out = verify(connection, codec);
  connection.script("COMMIT");
  return out;
}

}  // namespace

base::Result<Verification> verify_file(const std::filesystem::path& file,
                                       const VerifyProgress& progress) {
  return looked_at(file, [&](auto& db, auto& codec) { return verify_store(db, codec, progress); });
}

base::Result<Verification> verify_audit_file(const std::filesystem::path& file,
                                             const VerifyProgress& progress) {
  return looked_at(file, [&](auto& db, auto& codec) { return verify_audit(db, codec, progress); });
}

base::Result<std::unique_ptr<Store>> open(const Options& options, const base::Clock& clock,
                                          observe::Metrics& metrics) {
  auto engine = std::make_unique<Engine>(options, clock);
  if (auto opened = engine->open(metrics); !opened) return opened.error();
  return std::unique_ptr<Store>(std::move(engine));
}

}  // namespace gateway::store::sqlite
