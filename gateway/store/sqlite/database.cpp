#include "gateway/store/sqlite/database.hpp"

#include "gateway/store/sqlite/log_vfs.hpp"

namespace gateway::store::sqlite {
namespace {

// Searches differ in shape; what is prepared is kept up to this many, then all are let go.
constexpr std::size_t most_prepared = 256;

}  // namespace

bool Connection::open(const std::string& file, int flags) {
  // Nobody asks SQLite how much memory it has, and counting it takes a lock at every allocation.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  close();
  const int code = sqlite3_open_v2(file.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, log_vfs());
  if (code != SQLITE_OK) {
    fail(db_ != nullptr ? sqlite3_extended_errcode(db_) : code);
    sqlite3_close_v2(db_);
    db_ = nullptr;
    return false;
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, 5000);
  return true;
}

void Connection::close() {
  slots_.clear();
  last_taken_.fill(nullptr);
  prepared_ = 0;
  sqlite3_close_v2(db_);
  db_ = nullptr;
  failure_ = SQLITE_OK;
}

void Connection::rollback() {
  if (db_ == nullptr) return;
  if (sqlite3_get_autocommit(db_) == 0) script("ROLLBACK");
  drop_gathered(db_);
}

std::string Connection::words(int code) {
  return sqlite3_errstr(code & 0xff);
}

void Connection::script(std::string_view sql) {
  const std::string text(sql);
  const char* rest = text.c_str();
  while (failure_ == SQLITE_OK && *rest != '\0') {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(db_, rest, -1, &raw, &rest);
    const Prepared statement(raw);
    if (code != SQLITE_OK) return fail(code);
    if (!statement) continue;  // a comment, the end
    int step = SQLITE_ROW;
    while (step == SQLITE_ROW) step = sqlite3_step(statement.get());
    if (step != SQLITE_DONE) fail(step);
  }
}

Connection::Slots::value_type& Connection::slot_of(std::string_view sql) {
  auto& last = last_taken_[reinterpret_cast<std::uintptr_t>(sql.data()) / 8 % last_taken_.size()];
  if (last != nullptr && last->first == sql) return *last;
  auto place = slots_.find(sql);
  if (place == slots_.end()) {
    if (prepared_ >= most_prepared) let_go();
    place = slots_.try_emplace(std::string(sql)).first;
  }
  return *(last = &*place);
}

Connection::Taken Connection::take(std::string_view sql) {
  if (failure_ != SQLITE_OK || db_ == nullptr) {
    fail(SQLITE_MISUSE);
    return {};
  }
  Slot& slot = slot_of(sql).second;
  if (!slot.idle.empty()) {
    sqlite3_stmt* statement = slot.idle.back().release();
    slot.idle.pop_back();
    ++slot.running;
    return {&slot, statement};
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return {};
  }
  ++slot.running;
  ++prepared_;
  return {&slot, statement};
}

void Connection::give_back(Taken taken) {
  sqlite3_reset(taken.statement);
  sqlite3_clear_bindings(taken.statement);
  --taken.slot->running;
  taken.slot->idle.emplace_back(taken.statement);
}

void Connection::let_go() {
  for (auto& [sql, slot] : slots_) {
    prepared_ -= slot.idle.size();
    slot.idle.clear();
  }
  last_taken_.fill(nullptr);
  std::erase_if(slots_, [](const auto& entry) { return entry.second.running == 0; });
}

Query::Query(Connection& connection, std::string_view sql, const std::vector<Value>& values)
    : connection_(connection), taken_(connection.take(sql)), statement_(taken_.statement) {
  for (const Value& value : values) bind(value);
}

Query::~Query() {
  if (statement_ != nullptr) connection_.give_back(taken_);
}

bool Query::row() {
  if (statement_ == nullptr || connection_.failure() != SQLITE_OK) return false;
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) connection_.fail(code);
  return code == SQLITE_ROW;
}

std::string_view Query::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Value Query::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_TEXT:
      return text(column);
    case SQLITE_BLOB:
      return OwnedBlob{text(column)};
    default:
      return nullptr;
  }
}

void Query::bind(std::string_view text) {
  // data() of an empty view may be null, which SQLite would take for NULL.
  check(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                            lifetime_, SQLITE_UTF8));
}

void Query::bind(Blob blob) {
  check(sqlite3_bind_blob64(statement_, ++bound_, blob.bytes.empty() ? "" : blob.bytes.data(),
                            blob.bytes.size(), lifetime_));
}

void Query::bind(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return bind(std::string_view(*text));
  if (const auto* blob = std::get_if<OwnedBlob>(&value)) {
    check(sqlite3_bind_blob64(statement_, ++bound_, blob->bytes.empty() ? "" : blob->bytes.data(),
                              blob->bytes.size(), lifetime_));
    return;
  }
  bind(nullptr);
}

}  // namespace gateway::store::sqlite
