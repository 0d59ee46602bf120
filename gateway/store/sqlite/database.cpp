#include "gateway/store/sqlite/database.hpp"

#include "gateway/store/sqlite/embedded.hpp"
#include "gateway/store/sqlite/log_vfs.hpp"
#include "gateway/store/sqlite/watch.hpp"

namespace gateway::store::sqlite {
namespace {

// Searches differ in shape; what is prepared is kept up to this many, then all are let go.
constexpr std::size_t most_prepared = 256;

}  // namespace

class Connection::Prepared final : public tables::Statement {
 public:
  Prepared(Connection& connection, Slot& slot, sqlite3_stmt* statement)
      : connection_(connection), slot_(slot), statement_(statement) {}
  ~Prepared() override { sqlite3_finalize(statement_); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  Slot& begin_anew() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    bound_ = 0;
    return slot_;
  }
  void bind_null() override { check(sqlite3_bind_null(statement_, ++bound_)); }
  void bind_integer(std::int64_t number) override {
    check(sqlite3_bind_int64(statement_, ++bound_, number));
  }
  // data() of an empty view may be null, which SQLite would take for NULL.
  void bind_text(std::string_view text, bool lent) override {
    check(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                              lent ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_blob(std::string_view bytes, bool lent) override {
    check(sqlite3_bind_blob64(statement_, ++bound_, bytes.empty() ? "" : bytes.data(), bytes.size(),
                              lent ? SQLITE_STATIC : SQLITE_TRANSIENT));
  }
  bool row() override {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) connection_.fail(code);
    return code == SQLITE_ROW;
  }
  void run() override {
    while (row()) {
    }
  }
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  std::string_view bytes(int column) const override;
  Value value(int column) const override;

 private:
  void check(int code) {
    if (code != SQLITE_OK) connection_.fail(code);
  }

  Connection& connection_;
  Slot& slot_;
  sqlite3_stmt* const statement_;
  int bound_ = 0;
};

std::string_view Connection::Prepared::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Value Connection::Prepared::value(int column) const {
  const auto text = [&] { return std::string(bytes(column)); };
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_TEXT:
      return text();
    case SQLITE_BLOB:
      return OwnedBlob{text()};
    default:
      return nullptr;
  }
}

Connection::Connection() = default;
Connection::~Connection() {
  close();
}

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
  clear_failure();
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
  while (failure() == SQLITE_OK && *rest != '\0') {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(db_, rest, -1, &raw, &rest);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
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

tables::Statement* Connection::take(std::string_view sql) {
  if (failure() != SQLITE_OK || db_ == nullptr) {
    fail(SQLITE_MISUSE);
    return nullptr;
  }
  Slot& slot = slot_of(sql).second;
  if (!slot.idle.empty()) {
    Prepared* statement = slot.idle.back().release();
    slot.idle.pop_back();
    ++slot.running;
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return nullptr;
  }
  ++slot.running;
  ++prepared_;
  return new Prepared(*this, slot, statement);
}

void Connection::give_back(tables::Statement* statement) {
  std::unique_ptr<Prepared> own(static_cast<Prepared*>(statement));
  Slot& slot = own->begin_anew();
  --slot.running;
  slot.idle.push_back(std::move(own));
}

void Connection::let_go() {
  for (auto& [sql, slot] : slots_) {
    prepared_ -= slot.idle.size();
    slot.idle.clear();
  }
  last_taken_.fill(nullptr);
  std::erase_if(slots_, [](const auto& entry) { return entry.second.running == 0; });
}

std::unique_ptr<tables::Watch> Connection::watch(const base::Clock& clock,
                                                 tables::Watch::Limits limits) {
  return std::make_unique<sqlite::Watch>(*this, clock, limits);
}

std::string Connection::explain(std::string_view select, const std::vector<Value>& values) {
  std::string out;
  Query plan(*this, "EXPLAIN QUERY PLAN " + std::string(select), values);
  while (plan.row()) out += plan.text(3) + "\n";
  return out;
}

bool Connection::has_table(std::string_view name) {
  return integer_of(*this, "SELECT 1 FROM sqlite_schema WHERE name = ?", name).has_value();
}

/// SQLite's own words may quote names that somebody wrote into the schema: only their number is
/// told.
std::int64_t Connection::count_wrong_places() {
  Query query(*this, "PRAGMA integrity_check(100)");
  std::int64_t wrong = 0;
  while (query.row()) wrong += query.bytes(0) == "ok" ? 0 : 1;
  return wrong;
}

tables::Schema Connection::schema() {
  static const std::string made_by = [] {
    std::string all;
    for (const auto part :
         {embedded::schema_0001(), embedded::schema_events(), embedded::schema_audit(),
          embedded::schema_spent(), embedded::schema_outbox(), embedded::schema_kept()})
      all += part;
    return all;
  }();
  tables::Schema out{made_by, {}};
  Query index(*this, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
  while (index.row()) out.indexes.append(index.bytes(0)).append(";");
  out.triggers =
      integer_of(*this, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").value_or(0);
  return out;  // the key of a table cannot be taken from it
}

}  // namespace gateway::store::sqlite
