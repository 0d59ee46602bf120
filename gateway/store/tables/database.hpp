/// Sub-room store/tables: what engines that keep tables have alike: the layout, its SQL, and the
/// seam to the library that runs it. Knows no library.
#pragma once
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::store::tables {

struct Blob {
  std::string_view bytes;
};
struct OwnedBlob {
  std::string bytes;
};
/// A bound value of assembled SQL.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, OwnedBlob>;

/// Failures of a connection that an engine and its tables both name; others are the engine's own.
inline constexpr int no_failure = 0, damaged = 11;

/// One statement on its way: bound, run, read. Columns count from 0. Text and blobs of a row live
/// until the next `row()`; what is bound with `lent` must live as long as this runs.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual void bind_null() = 0;
  virtual void bind_integer(std::int64_t number) = 0;
  virtual void bind_text(std::string_view text, bool lent) = 0;
  virtual void bind_blob(std::string_view bytes, bool lent) = 0;
  virtual bool row() = 0;  // steps; false at the end and on failure
  /// For its effect alone; an engine may send it off and learn of its failure later.
  virtual void run() = 0;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;
  virtual Value value(int column) const = 0;
};

/// Ends what runs on a connection while it lives, if it goes too far: statements then fail.
class Watch {
 public:
  struct Limits {
    std::int64_t steps = 0;  // of the engine; 0: as many as the time allows
    std::int64_t microseconds = 0;
  };
  virtual ~Watch() = default;
  /// From here on steps are not counted, and it may take so long from its beginning.
  virtual void lift(std::int64_t microseconds) = 0;
  virtual bool has_ended_it() const = 0;
};

/// What of a schema is none of its rows.
struct Schema {
  std::string_view made_by;  // the statements that make it
  std::string indexes;       // those that are there and in use, as statements that end with ';'
  std::int64_t triggers = 0, without_key = 0;  // how many; how many tables lack their primary key
};

/// One connection. Belongs to one thread at a time. Its SQL is a constant, or assembled from
/// constants alone, in the dialect that SQLite and PostgreSQL have in common; an engine translates
/// what is left (`?`, INDEXED BY).
///
/// Failure is sticky: the first one is kept in `failure()`, and everything after it does nothing
/// and finds nothing, until `clear_failure()`. So a transaction reads without a check behind each
/// statement, and whoever acts on what was read (commits, answers) asks once before.
class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual bool is_open() const = 0;
  /// The engine's code of the first failure; 0 if there is none.
  int failure() const { return failure_; }
  void fail(int code) {
    if (failure_ == no_failure) failure_ = code;
  }
  void clear_failure() { failure_ = no_failure; }
  bool is_damaged() const { return (failure_ & 0xff) == damaged; }
  /// The engine's words for the failure; hold no data.
  virtual std::string failure_words() const = 0;

  /// Somebody begins to use it: what an earlier use was given of time is over.
  virtual void begin_use() {}
  /// A place to read one state from; ends with COMMIT or ROLLBACK.
  virtual void begin_reading() = 0;
  /// Everything sent off has arrived; for who gives a connection back.
  virtual void settle() {}
  virtual std::unique_ptr<Watch> watch(const base::Clock& clock, Watch::Limits limits) = 0;
  /// The plan of a SELECT, a line a step; holds no values.
  virtual std::string explain(std::string_view select, const std::vector<Value>& values) = 0;
  /// An expression for the text that an expression for a blob holds.
  virtual std::string as_text(const std::string& blob) const = 0;
  virtual bool has_table(std::string_view name) = 0;
  /// Can its SQL ask bodies for words (`says`), which no index holds?
  virtual bool asks_bodies_for_words() const { return true; }
  /// Does it look up each side of an OR by an index of its own?
  virtual bool looks_up_alternatives() const { return true; }
  /// How many places the engine itself finds wrong in its files.
  virtual std::int64_t count_wrong_places() = 0;
  virtual Schema schema() = 0;

 private:
  friend class Query;
  /// Null on failure.
  virtual Statement* take(std::string_view sql) = 0;
  virtual void give_back(Statement* statement) = 0;

  int failure_ = no_failure;
};

/// One run of one statement. What comes from outside is bound.
class Query {
 public:
  template <class... Values>
  Query(Connection& connection, std::string_view sql, const Values&... values)
      : connection_(connection), statement_(connection.take(sql)) {
    bind_all(values...);
  }
  /// The same, but what is bound must live as long as this does: nothing is copied.
  struct Lent {};
  template <class... Values>
  Query(Lent, Connection& connection, std::string_view sql, const Values&... values)
      : connection_(connection), statement_(connection.take(sql)), lent_(true) {
    bind_all(values...);
  }
  Query(Connection& connection, std::string_view sql, const std::vector<Value>& values)
      : connection_(connection), statement_(connection.take(sql)) {
    if (statement_ == nullptr) return;
    for (const Value& value : values) bind(value);
  }
  ~Query() {
    if (statement_ != nullptr) connection_.give_back(statement_);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool row() {
    return statement_ != nullptr && connection_.failure() == no_failure && statement_->row();
  }
  void run() {
    if (statement_ != nullptr && connection_.failure() == no_failure) statement_->run();
  }

  bool is_null(int column) const { return statement_ == nullptr || statement_->is_null(column); }
  std::int64_t integer(int column) const {
    return statement_ == nullptr ? 0 : statement_->integer(column);
  }
  std::string_view bytes(int column) const {
    return statement_ == nullptr ? std::string_view() : statement_->bytes(column);
  }
  std::string text(int column) const { return std::string(bytes(column)); }
  Value value(int column) const {
    return statement_ == nullptr ? Value(nullptr) : statement_->value(column);
  }

 private:
  template <class... Values>
  void bind_all(const Values&... values) {
    if (statement_ != nullptr) (bind(values), ...);
  }
  void bind(std::integral auto number) {
    statement_->bind_integer(static_cast<std::int64_t>(number));
  }
  void bind(std::string_view text) { statement_->bind_text(text, lent_); }
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const char* text) { bind(std::string_view(text)); }
  void bind(Blob blob) { statement_->bind_blob(blob.bytes, lent_); }
  void bind(std::nullptr_t) { statement_->bind_null(); }
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value)
      bind(*value);
    else
      bind(nullptr);
  }
  void bind(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(std::string_view(*text));
    if (const auto* blob = std::get_if<OwnedBlob>(&value)) return bind(Blob{blob->bytes});
    bind(nullptr);
  }

  Connection& connection_;
  Statement* statement_;
  bool lent_ = false;
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

}  // namespace gateway::store::tables
