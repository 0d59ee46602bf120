#include "gateway/store/sqlite/writer_thread.hpp"

#include <algorithm>

#include "gateway/base/log.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/sqlite/opening.hpp"

namespace gateway::store::sqlite {
namespace {

constexpr std::int64_t heal_pause_microseconds = 250'000;

bool is_full(int code) {
  return (code & 0xff) == SQLITE_FULL;
}
bool is_busy(int code) {
  return (code & 0xff) == SQLITE_BUSY;
}

base::Error unavailable(std::string what, std::string where) {
  return {base::ErrorKind::unavailable, std::move(what), std::move(where), {}};
}

}  // namespace

WriterThread::WriterThread(Connection& connection, tables::Writer& writer, Settings settings,
                           const base::Clock& clock, observe::Metrics& metrics)
    : connection_(connection),
      writer_(writer),
      settings_(std::move(settings)),
      clock_(clock),
      commit_seconds_(metrics.seconds(observe::names::commit_seconds)),
      batch_messages_(metrics.sizes(observe::names::commit_batch_messages)),
      available_(metrics.gauge(observe::names::store_available)),
      reserve_(settings_.file, settings_.reserve_bytes) {
  available_.set(1);
  watch_log();
  queue_.emplace(GroupQueue::Steps{[this](GroupQueue::Group& group) {
                                     const std::lock_guard connection_lock(connection_mutex_);
                                     write(group);
                                   },
                                   // So that no acknowledgement waits for it.
                                   [this] { checkpoint(); }});
}

void WriterThread::write(GroupQueue::Group& group) {
  const auto began = clock_.steady_microseconds();
  GroupQueue::Group taken = group;
  const auto space = space_of(settings_.file, settings_.min_free_bytes);
  reserve_.look(space.free, space.min_free);
  owed_ = reserve_.owed();
  if (space.free < space.min_free + owed_) {
    std::erase_if(taken, [](GroupQueue::Job* job) {
      if (job->messages == 0) return false;
      job->error = unavailable("the volume of the store is nearly full", "store");
      return true;
    });
  }
  std::size_t messages = 0;
  for (const auto* job : taken) messages += job->messages;
  if (taken.empty()) return;
  if (auto error = transact(taken)) {
    for (auto* job : taken) job->error = *error;
    return;
  }
  if (messages == 0) return;
  commit_seconds_.observe(static_cast<double>(clock_.steady_microseconds() - began) / 1e6);
  batch_messages_.observe(static_cast<double>(messages));
}

std::optional<base::Error> WriterThread::transact(const GroupQueue::Group& group) {
  if (!trouble().empty() && !heal()) return unavailable("the store is away: " + trouble(), "store");
  Connection& db = connection_;
  tables::run(db, "BEGIN IMMEDIATE");
  auto& commit = writer_.numbers.commit;
  commit = std::max(commit + 1, clock_.now().microseconds);  // wall time, but it never goes back
  const auto arrival = writer_.numbers.arrival, audit = writer_.numbers.audit;
  for (const auto* job : group)
    if (db.failure() == SQLITE_OK) job->work(writer_, commit);
  if (writer_.numbers.arrival != arrival || writer_.numbers.audit != audit) write_head(writer_);
  if (db.failure() != SQLITE_OK) return refuse(db.failure());
  tables::run(db, "COMMIT");
  const int code = db.failure();
  if (code == SQLITE_OK) return std::nullopt;
  auto refused = refuse(code);
  // No room, or locked: the commit record was never written whole. Anything else may have reached
  // the disk although it failed, and may be there after a restart (TRUST F3).
  if (is_full(code) || is_busy(code)) return refused;
  return base::Error{base::ErrorKind::unknown,
                     "the commit failed half way: " + Connection::words(code),
                     "store",
                     {}};
}

base::Error WriterThread::refuse(int code) {
  Connection& db = connection_;
  db.clear_failure();
  db.rollback();
  writer_.forget();
  writer_.load_numbers();
  const bool still_sound = db.failure() == SQLITE_OK;
  db.clear_failure();
  if (!still_sound || !(is_full(code) || is_busy(code))) set_trouble(Connection::words(code));
  base::log(base::Level::error, "store.refused", {{"sqlite_code", code}});
  return unavailable("the store could not write: " + Connection::words(code), "store");
}

bool WriterThread::heal() {
  const auto now = clock_.steady_microseconds();
  if (last_heal_ != 0 && now - last_heal_ < heal_pause_microseconds) return false;
  last_heal_ = now;
  writer_.forget();
  connection_.close();
  settings_.close_readers();
  if (!open_connection(connection_, settings_.file, Role::writer)) return false;
  if (!checkpoint_all(connection_, settings_.file)) return false;
  watch_log();
  writer_.load_numbers();
  if (connection_.failure() != SQLITE_OK) return false;
  set_trouble({});
  base::log(base::Level::info, "store.recovered");
  return true;
}

bool WriterThread::recover() {
  const std::lock_guard connection(connection_mutex_);
  if (trouble().empty()) return true;
  last_heal_ = 0;  // who asks by name is not made to wait
  return heal();
}

void WriterThread::checkpoint() {
  const std::lock_guard connection(connection_mutex_);
  if (log_pages_ < settings_.checkpoint_pages || !trouble().empty()) return;
  // What readers hold back stays for the next time. Rows are safe in the log meanwhile.
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || is_busy(code) || is_full(code)) return;
  set_trouble(Connection::words(code));
}

void WriterThread::watch_log() {
  const auto count = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<WriterThread*>(self)->log_pages_ = pages;
    return SQLITE_OK;
  };
  log_pages_ = 0;
  sqlite3_wal_hook(connection_.handle(), count, this);
}

std::string WriterThread::trouble() {
  const std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

void WriterThread::set_trouble(std::string why) {
  available_.set(why.empty() ? 1 : 0);
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = std::move(why);
}

}  // namespace gateway::store::sqlite
