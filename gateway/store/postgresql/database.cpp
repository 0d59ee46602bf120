#include "gateway/store/postgresql/database.hpp"

#include <array>
#include <charconv>

#include <poll.h>

#include "gateway/store/postgresql/dialect.hpp"
#include "gateway/store/postgresql/embedded.hpp"
#include "gateway/store/postgresql/running.hpp"
#include "gateway/store/postgresql/watch.hpp"

namespace gateway::store::postgresql {
namespace {

constexpr std::size_t most_prepared = 512, most_on_their_way = 256;

}  // namespace

std::optional<std::string> Connection::open(const std::string& url) {
  close();
  // What the URL says of these comes later and has the last word.
  const std::array<const char*, 6> names = {"connect_timeout",  "target_session_attrs",
                                            "application_name", "dbname",
                                            "client_encoding",  nullptr};
  const std::array<const char*, 6> values = {"5",         "read-write", "immunogate",
                                             url.c_str(), "UTF8",       nullptr};
  connection_ = PQconnectdbParams(names.data(), values.data(), 1);
  if (PQstatus(connection_) != CONNECTION_OK) {
    std::string words = PQerrorMessage(connection_);
    close();
    fail(failed_lost);
    return words.empty() ? "no connection" : words.substr(0, words.find('\n'));
  }
  PQsetNoticeReceiver(connection_, notice, this);
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) lose();
  return std::nullopt;
}

void Connection::close() {
  PQfinish(connection_);
  connection_ = nullptr;
  expected_.clear();
  prepared_.clear();
  names_ = 0;
  clear_failure();
}

/// Closed at once, whatever is on its way.
void Connection::lose() {
  close();
  fail(failed_lost);
}

std::string Connection::failure_words() const {
  if (failure() == failed_lost) return "the connection to PostgreSQL was lost";
  if (failure() == failed_ended) return "PostgreSQL ended what took too long";
  return "PostgreSQL answered " + state_;
}

void Connection::fail_with(const PGresult* result) {
  if (failure() != tables::no_failure) return;
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  state_ = state == nullptr ? "without a word" : state;
  if (state_ == "57014")
    fail(failed_ended);
  else if (state_ == "XX001" || state_ == "XX002")
    fail(tables::damaged);
  else
    fail(failed_refused);
}

/// Until libpq has an answer, or (not `for_answer`) all is sent.
bool Connection::wait(bool for_answer) {
  while (connection_ != nullptr) {
    const int unsent = PQflush(connection_);
    if (unsent < 0) break;
    if (for_answer ? PQisBusy(connection_) == 0 : unsent == 0) return true;
    using std::chrono::milliseconds;
    const auto left = deadline_ == Clock::time_point::max()
                          ? milliseconds(60'000)
                          : std::chrono::ceil<milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) break;
    pollfd waiting{PQsocket(connection_), POLLIN, 0};
    if (unsent > 0) waiting.events |= POLLOUT;
    if (::poll(&waiting, 1, static_cast<int>(left.count())) > 0 &&
        (waiting.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && PQconsumeInput(connection_) == 0)
      break;
  }
  lose();
  return false;
}

bool Connection::flush() {
  return wait(false);
}

bool Connection::sync() {
  if (connection_ == nullptr || PQpipelineSync(connection_) != 1) {
    lose();
    return false;
  }
  expected_.push_back({Expected::Kind::sync, nullptr, {}});
  return true;
}

/// One result of what is expected first.
void Connection::understand(const PGresult* result) {
  auto& first = expected_.front();
  const auto status = PQresultStatus(result);
  if (status == PGRES_FATAL_ERROR) {
    fail_with(result);
  } else if (status == PGRES_COMMAND_OK && first.kind == Expected::Kind::effect) {
    command_ = PQcmdStatus(const_cast<PGresult*>(result));
  }
  const bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  if (!is_good && first.kind == Expected::Kind::prepared) prepared_.erase(first.key);
}

/// Waits for all that was sent.
bool Connection::drain() {
  if (expected_.empty()) return connection_ != nullptr;
  if (expected_.back().kind != Expected::Kind::sync && !sync()) return false;
  while (!expected_.empty()) {
    if (!wait(true)) return false;
    PGresult* const result = PQgetResult(connection_);
    if (PQstatus(connection_) == CONNECTION_BAD) {
      PQclear(result);
      lose();
      return false;
    }
    if (result == nullptr) {
      expected_.pop_front();  // of each command, behind its results
    } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
      PQclear(result);
      expected_.pop_front();
    } else {
      understand(result);
      const auto& first = expected_.front();
      if (first.kind == Expected::Kind::rows && PQresultStatus(result) == PGRES_TUPLES_OK)
        first.asker->keep(result);
      else
        PQclear(result);
    }
  }
  return failure() == tables::no_failure;
}

std::string Connection::prepare(std::string_view sql, const std::vector<Parameter>& parameters) {
  std::string key(sql);
  std::vector<Oid> types;
  for (const auto& parameter : parameters) {
    types.push_back(parameter.type);
    key += parameter.type == 0 ? 'n' : static_cast<char>(parameter.type);
  }
  if (const auto known = prepared_.find(key); known != prepared_.end()) return known->second;
  if (prepared_.size() >= most_prepared) {
    if (PQsendQueryParams(connection_, "DEALLOCATE ALL", 0, nullptr, nullptr, nullptr, nullptr,
                          0) != 1)
      return {};
    expected_.push_back({Expected::Kind::effect, nullptr, {}});
    prepared_.clear();
  }
  const std::string name = "s" + std::to_string(++names_);
  if (PQsendPrepare(connection_, name.c_str(), translated(sql).c_str(),
                    static_cast<int>(types.size()), types.data()) != 1)
    return {};
  expected_.push_back({Expected::Kind::prepared, nullptr, key});
  prepared_.emplace(std::move(key), name);
  return name;
}

bool Connection::send(std::string_view sql, const std::vector<Parameter>& parameters,
                      Running* asker) {
  if (connection_ == nullptr) {
    fail(failed_lost);
    return false;
  }
  const auto name = prepare(sql, parameters);
  std::vector<const char*> values;
  std::vector<int> lengths, formats(parameters.size(), 1);
  for (const auto& parameter : parameters) {
    values.push_back(parameter.type == 0 ? nullptr : parameter.bytes.data());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
  }
  if (name.empty() ||
      PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values.size()), values.data(),
                          lengths.data(), formats.data(), 1) != 1) {
    lose();
    return false;
  }
  expected_.push_back({asker ? Expected::Kind::rows : Expected::Kind::effect, asker, {}});
  return expected_.size() < most_on_their_way || drain();
}

tables::Statement* Connection::take(std::string_view sql) {
  if (failure() != tables::no_failure) return nullptr;
  return new Running(*this, sql);
}

void Connection::give_back(tables::Statement* statement) {
  delete statement;
}

void Connection::script(const std::string& sql) {
  if (!drain() || PQexitPipelineMode(connection_) != 1) return lose();
  if (PQsendQuery(connection_, sql.c_str()) != 1) return lose();
  while (wait(true)) {
    PGresult* const result = PQgetResult(connection_);
    if (result == nullptr) break;
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_with(result);
    PQclear(result);
    if (PQstatus(connection_) == CONNECTION_BAD) return lose();
  }
  if (connection_ != nullptr && PQenterPipelineMode(connection_) != 1) lose();
}

void Connection::begin_use() {
  constexpr std::chrono::seconds longest_use(10);  // below limits.hold_seconds; a watch gives more
  expire_in(longest_use);
}

void Connection::begin_reading() {
  begin_use();
  tables::run(*this, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

void Connection::rollback() {
  if (connection_ == nullptr) return;
  clear_failure();
  tables::run(*this, "ROLLBACK");
  (void)drain();
}

Connection::Committed Connection::commit() {
  Committed out;
  notices_ = 0;
  if (!send("COMMIT", {}, nullptr) || !sync()) return out;
  Running timeline(*this, "SELECT pg_walfile_name(pg_current_wal_lsn())");
  if (!send(timeline.sql(), {}, &timeline) || !sync()) return out;
  command_.clear();
  if (!drain() || notices_ != 0) return out;
  out.ending = command_ == "COMMIT"     ? Ending::committed
               : command_ == "ROLLBACK" ? Ending::rolled_back
                                        : Ending::unknown;
  if (timeline.row()) {
    const auto name = timeline.bytes(0).substr(0, 8);
    std::from_chars(name.data(), name.data() + name.size(), out.timeline, 16);
  }
  return out;
}

std::unique_ptr<tables::Watch> Connection::watch(const base::Clock&, tables::Watch::Limits limits) {
  return std::make_unique<Watch>(*this, limits);
}

std::string Connection::as_text(const std::string& blob) const {
  // An id has no byte that is escaped; what is none must not end the search.
  return "(encode(" + blob + ", 'escape') COLLATE \"C\")";
}

std::int64_t Connection::count_wrong_places() {
  return integer_of(*this,
                    "SELECT checksum_failures FROM pg_stat_database"
                    " WHERE datname = current_database()")
      .value_or(0);
}

tables::Schema Connection::schema() {
  static const std::string made_by = std::string(embedded::schema_0001())
                                         .append(embedded::schema_0002())
                                         .append(embedded::schema_0003());
  tables::Schema out{made_by, {}};
  {
    Query index(*this,
                "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c"
                " ON c.oid = i.indexrelid WHERE i.indisvalid AND i.indisready"
                " AND c.relnamespace = (current_schema())::regnamespace");
    while (index.row()) out.indexes.append(index.bytes(0)).append(";");
  }
  out.triggers = integer_of(*this,
                            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                            " WHERE NOT t.tgisinternal"
                            " AND c.relnamespace = (current_schema())::regnamespace")
                     .value_or(0);
  out.without_key =
      integer_of(*this,
                 "SELECT count(*) FROM pg_class c WHERE c.relkind = 'r'"
                 " AND c.relnamespace = (current_schema())::regnamespace AND NOT EXISTS"
                 " (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')")
          .value_or(0);
  return out;
}

std::string Connection::explain(std::string_view select, const std::vector<Value>& values) {
  std::vector<std::string> lines;
  Query plan(*this, "EXPLAIN (COSTS OFF) " + std::string(select), values);
  while (plan.row()) lines.push_back(plan.text(0));
  return steps_of(lines);
}

}  // namespace gateway::store::postgresql
