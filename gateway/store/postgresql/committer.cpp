#include "gateway/store/postgresql/committer.hpp"

#include "gateway/base/log.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/store/postgresql/opening.hpp"

namespace gateway::store::postgresql {
namespace {

constexpr std::int64_t connect_pause_microseconds = 250'000;
constexpr std::chrono::seconds between_looks(30);  // TRUST.md §7.2

base::Error unavailable(std::string what) {
  return {base::ErrorKind::unavailable, std::move(what), "store", {}};
}

}  // namespace

Committer::Committer(GroupWriter& writer, const Options& options,
                     std::function<void()> on_new_server, const base::Clock& clock,
                     observe::Metrics& metrics)
    : writer_(writer),
      options_(options),
      on_new_server_(std::move(on_new_server)),
      clock_(clock),
      commit_seconds_(metrics.seconds(observe::names::commit_seconds)),
      batch_messages_(metrics.sizes(observe::names::commit_batch_messages)),
      available_(metrics.gauge(observe::names::store_available)),
      last_look_(clock.steady_microseconds()) {
  available_.set(1);
  queue_.emplace(GroupQueue::Steps{[this](GroupQueue::Group& group) {
                                     const std::lock_guard connection(connection_mutex_);
                                     look_after();
                                     if (!group.empty()) write(group);
                                   },
                                   {},
                                   between_looks});
}

void Committer::write(const GroupQueue::Group& group) {
  const auto began = clock_.steady_microseconds();
  std::size_t messages = 0;
  for (const auto* job : group) messages += job->messages;
  if (auto error = transact(group)) {
    base::log(base::Level::error,
              error->kind == base::ErrorKind::unknown ? "store.outcome_unknown" : "store.refused");
    for (auto* job : group) job->error = *error;
    return;
  }
  if (messages == 0) return;
  commit_seconds_.observe(static_cast<double>(clock_.steady_microseconds() - began) / 1e6);
  batch_messages_.observe(static_cast<double>(messages));
}

/// The settings that durability relies on, every half a minute.
void Committer::look_after() {
  using std::chrono::microseconds;
  const auto now = clock_.steady_microseconds();
  if (now - last_look_ < microseconds(between_looks).count()) return;
  last_look_ = now;
  if (!writer_.database.is_open() && !connect()) return;
  writer_.database.expire_in(options_.patience);
  if (auto sound = check_settings(writer_.database, options_.strict); !sound) {
    writer_.database.close();
    set_trouble(sound.error().what);
  }
}

bool Committer::connect() {
  const auto now = clock_.steady_microseconds();
  if (last_connect_ != 0 && now - last_connect_ < connect_pause_microseconds) return false;
  last_connect_ = now;
  writer_.forget();
  if (auto opened = open_connection(writer_.database, options_, Role::writer); !opened) {
    writer_.database.close();
    set_trouble(opened.error().what);
    return false;
  }
  on_new_server_();
  if (!trouble().empty()) base::log(base::Level::info, "store.recovered");
  set_trouble({});
  return true;
}

/// A connection that was idle may be dead without anybody having noticed: one new one is tried.
bool Committer::begin() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!writer_.database.is_open() && !connect()) return false;
    writer_.database.clear_failure();
    writer_.database.expire_in(options_.patience);
    if (writer_.begin(clock_.now().microseconds)) return true;
    if (writer_.is_stale) {
      writer_.database.close();
      set_trouble("this PostgreSQL is of an older timeline, or of another cluster, than the store");
      return false;
    }
    if (writer_.database.is_open()) {
      set_trouble(writer_.database.failure_words());
      writer_.database.close();
      return false;
    }
  }
  set_trouble("the connection to PostgreSQL was lost");
  return false;
}

std::optional<base::Error> Committer::transact(const GroupQueue::Group& group) {
  auto& db = writer_.database;
  if (!begin()) return unavailable("the store is away: " + trouble());
  const auto commit = writer_.numbers.commit;
  for (const auto* job : group)
    if (db.failure() == tables::no_failure) job->work(writer_, commit);
  writer_.write_numbers();
  db.settle();
  if (db.failure() != tables::no_failure) {  // COMMIT was never sent
    auto refused = unavailable("the store could not write: " + db.failure_words());
    db.rollback();
    if (db.failure() != tables::no_failure) db.close();
    writer_.forget();
    return refused;
  }
  db.expire_in(options_.patience);
  const auto ending = writer_.end();
  if (ending == Ending::committed) {
    if (!trouble().empty()) set_trouble({});
    return std::nullopt;
  }
  db.close();  // never asked again, never cancelled (F6)
  writer_.forget();
  if (ending == Ending::rolled_back) return unavailable("the store rolled back");
  return base::Error{base::ErrorKind::unknown,
                     "PostgreSQL did not say, without a word beside it, that it committed",
                     "store",
                     {}};
}

bool Committer::recover() {
  const std::lock_guard connection(connection_mutex_);
  if (trouble().empty()) return true;
  last_connect_ = 0;  // who asks by name is not made to wait
  return connect();
}

std::string Committer::trouble() {
  const std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

void Committer::set_trouble(std::string why) {
  available_.set(why.empty() ? 1 : 0);
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = std::move(why);
}

}  // namespace gateway::store::postgresql
