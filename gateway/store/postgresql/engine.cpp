#include "gateway/store/postgresql/engine.hpp"

#include "gateway/store/postgresql/committer.hpp"
#include "gateway/store/postgresql/opening.hpp"
#include "gateway/store/tables/review_count.hpp"
#include "gateway/store/tables/table_store.hpp"
#include "gateway/store/tables/verify.hpp"

namespace gateway::store::postgresql {
namespace {

class Engine final : public tables::TableStore {
 public:
  Engine(const Options& options, const base::Clock& clock) : TableStore(clock), options_(options) {}

  base::Result<void> open(observe::Metrics& metrics);

  Health health() override;
  base::Result<Verification> verify() override { return looked_at(tables::verify_store); }
  base::Result<Verification> verify_audit() override { return looked_at(tables::verify_audit); }
  base::Result<void> sweep(base::Instant before) override;
  bool recover() override { return committer_->recover(); }

 private:
  template <class Look>
  base::Result<Verification> looked_at(Look look);
  base::Result<void> write(Work work, std::size_t messages) override {
    return committer_->run(std::move(work), messages);
  }
  void write(Work work, std::shared_ptr<Awaiting> awaits) override {
    committer_->run(std::move(work), std::move(awaits));
  }
  tables::Readers& readers() override { return *readers_; }

  const Options options_;
  GroupWriter writer_;
  std::unique_ptr<tables::Readers> readers_;
  std::unique_ptr<tables::ReviewCount> reviews_;
  std::unique_ptr<Committer> committer_;
};

base::Result<void> open_reader(const Options& options, tables::ReadingConnection& reading) {
  auto connection = std::make_unique<Connection>();
  if (auto opened = open_connection(*connection, options, Role::reader); !opened) return opened;
  reading.connection = std::move(connection);
  return {};
}

base::Result<void> Engine::open(observe::Metrics& metrics) {
  auto& db = writer_.database;
  const auto refused = [](base::Error error) {
    error.kind = base::ErrorKind::configuration;
    return error;
  };
  if (auto opened = open_connection(db, options_, Role::writer); !opened)
    return refused(opened.error());
  if (auto brought = bring_to_schema(db, options_); !brought) return refused(brought.error());
  const auto dictionaries = tables::Dictionaries::load(db);
  writer_.codec = std::make_unique<tables::Codec>(dictionaries);
  if (db.failure() != tables::no_failure) return refused(tables::unreadable(db));
  readers_ = std::make_unique<tables::Readers>(
      [options = options_](tables::ReadingConnection& reading) {
        return open_reader(options, reading);
      },
      dictionaries, options_.readers);
  reviews_ = std::make_unique<tables::ReviewCount>(metrics);
  committer_ = std::make_unique<Committer>(
      writer_, options_, [this] { readers_->close_all(); }, clock(), metrics);
  return {};
}

Health Engine::health() {
  Health out;
  out.reason = committer_->trouble();
  if (auto reading = readers_->take()) {
    auto& db = *(*reading)->connection;
    db.begin_reading();
    out.bytes = integer_of(db, "SELECT pg_database_size(current_database())").value_or(0);
    tables::run(db, "COMMIT");
  } else if (out.reason.empty()) {
    out.reason = reading.error().what;
  }
  out.writable = out.reason.empty();
  return out;
}

template <class Look>
base::Result<Verification> Engine::looked_at(Look look) {
  auto reading = readers_->take();
  if (!reading) return reading.error();
  auto& db = static_cast<Connection&>(*(*reading)->connection);
  db.begin_reading();
  db.expire_in(std::chrono::hours(24));
  auto out = look(db, *(*reading)->codec, {});
  tables::run(db, "COMMIT");
  return out;
}

base::Result<void> Engine::sweep(base::Instant before) {
  if (auto reading = readers_->take()) reviews_->refresh(*(*reading)->connection);
  if (auto listed = list_by_sweep(); !listed) return listed;
  return write([&](tables::Writer& writer,
                   std::int64_t) { tables::sweep_index(writer, before.microseconds); },
               0);
}

}  // namespace

base::Result<std::unique_ptr<Store>> open(const Options& options, const base::Clock& clock,
                                          observe::Metrics& metrics) {
  auto engine = std::make_unique<Engine>(options, clock);
  if (auto opened = engine->open(metrics); !opened) return opened.error();
  return std::unique_ptr<Store>(std::move(engine));
}

}  // namespace gateway::store::postgresql
