#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <sqlite3.h>

#include "gateway/base/result.hpp"

namespace gateway::store::sqlite {

struct Blob {
  std::string_view bytes;
};
struct OwnedBlob {
  std::string bytes;
};
/// A bound value of assembled SQL.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, OwnedBlob>;

/// One connection and its prepared statements. Belongs to one thread at a time.
///
/// Failure is sticky: the first SQLite error is kept in `failure()`, and everything after it does
/// nothing and finds nothing, until `clear_failure()`. So a transaction reads without a check
/// behind each statement, and whoever acts on what was read (commits, answers) asks once before.
class Connection {
 public:
  Connection() = default;
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool open(const std::string& file, int flags);
  void close();
  bool is_open() const { return db_ != nullptr; }
  sqlite3* handle() const { return db_; }

  /// SQLite's extended result code of the first failure; SQLITE_OK (0) if there is none.
  int failure() const { return failure_; }
  void fail(int code) {
    if (failure_ == SQLITE_OK) failure_ = code;
  }
  void clear_failure() { failure_ = SQLITE_OK; }
  /// SQLite's words for a code; holds no data.
  static std::string words(int code);

  /// Ends the transaction, if SQLite has not ended it by itself, as it may after an error.
  void rollback();

  /// Several statements without parameters (schema, pragmas).
  void script(std::string_view sql);

 private:
  friend class Query;
  struct Finalize {
    void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;
  /// The idle statements of one text, and how many of it run.
  struct Slot {
    std::vector<Prepared> idle;
    int running = 0;
  };
  struct Taken {
    Slot* slot = nullptr;
    sqlite3_stmt* statement = nullptr;
  };
  Taken take(std::string_view sql);
  void give_back(Taken taken);
  void let_go();

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  sqlite3* db_ = nullptr;
  int failure_ = SQLITE_OK;
  using Slots = std::unordered_map<std::string, Slot, Hash, std::equal_to<>>;
  Slots::value_type& slot_of(std::string_view sql);

  Slots slots_;  // nodes stay in place
  /// By where the text lies: most texts are constants, and comparing is cheaper than hashing.
  std::array<Slots::value_type*, 64> last_taken_{};
  std::size_t prepared_ = 0;
};

/// One run of one statement. The SQL is a constant, or assembled from constants alone; what comes
/// from outside is bound. Text and blobs of a row live until the next `row()`.
class Query {
 public:
  template <class... Values>
  Query(Connection& connection, std::string_view sql, const Values&... values)
      : connection_(connection), taken_(connection.take(sql)), statement_(taken_.statement) {
    (bind(values), ...);
  }
  /// The same, but what is bound must live as long as this does: nothing is copied.
  struct Lent {};
  template <class... Values>
  Query(Lent, Connection& connection, std::string_view sql, const Values&... values)
      : connection_(connection),
        taken_(connection.take(sql)),
        statement_(taken_.statement),
        lifetime_(SQLITE_STATIC) {
    (bind(values), ...);
  }
  Query(Connection& connection, std::string_view sql, const std::vector<Value>& values);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool row();  // steps; false at the end and on failure
  void run() {
    while (row()) {
    }
  }

  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }
  Value value(int column) const;

 private:
  void bind(std::integral auto number) { check(sqlite3_bind_int64(statement_, ++bound_, number)); }
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const char* text) { bind(std::string_view(text)); }
  void bind(Blob blob);
  void bind(std::nullptr_t) { check(sqlite3_bind_null(statement_, ++bound_)); }
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value)
      bind(*value);
    else
      bind(nullptr);
  }
  void bind(const Value& value);
  void check(int code) {
    if (code != SQLITE_OK && statement_ != nullptr) connection_.fail(code);
  }

  Connection& connection_;
  Connection::Taken taken_;
  sqlite3_stmt* statement_;
  sqlite3_destructor_type lifetime_ = SQLITE_TRANSIENT;
  int bound_ = 0;
};

template <class... Values>
void run(Connection& connection, std::string_view sql, const Values&... values) {
  Query(Query::Lent{}, connection, sql, values...).run();
}

/// The single integer a statement gives; nullopt for no row or NULL.
template <class... Values>
std::optional<std::int64_t> integer_of(Connection& connection, std::string_view sql,
                                       const Values&... values) {
  Query query(connection, sql, values...);
  if (!query.row() || query.is_null(0)) return std::nullopt;
  return query.integer(0);
}

}  // namespace gateway::store::sqlite
