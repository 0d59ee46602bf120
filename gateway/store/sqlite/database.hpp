#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "gateway/store/tables/database.hpp"

namespace gateway::store::sqlite {

using tables::Blob;
using tables::integer_of;
using tables::OwnedBlob;
using tables::Query;
using tables::run;
using tables::Value;
static_assert(tables::no_failure == SQLITE_OK && tables::damaged == SQLITE_CORRUPT);

/// A connection of SQLite and its prepared statements. Failures are SQLite's extended result codes.
class Connection final : public tables::Connection {
 public:
  Connection();
  ~Connection() override;

  bool open(const std::string& file, int flags);
  void close();
  bool is_open() const override { return db_ != nullptr; }
  sqlite3* handle() const { return db_; }

  /// SQLite's words for a code; holds no data.
  static std::string words(int code);
  std::string failure_words() const override { return words(failure()); }

  /// Ends the transaction, if SQLite has not ended it by itself, as it may after an error.
  void rollback();
  /// Several statements without parameters (schema, pragmas).
  void script(std::string_view sql);

  void begin_reading() override { tables::run(*this, "BEGIN"); }
  std::unique_ptr<tables::Watch> watch(const base::Clock& clock,
                                       tables::Watch::Limits limits) override;
  std::string explain(std::string_view select, const std::vector<Value>& values) override;
  std::string as_text(const std::string& blob) const override { return blob; }
  bool has_table(std::string_view name) override;
  std::int64_t count_wrong_places() override;
  tables::Schema schema() override;

 private:
  class Prepared;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  /// The idle statements of one text, and how many of it run.
  struct Slot {
    std::vector<std::unique_ptr<Prepared>> idle;
    int running = 0;
  };
  using Slots = std::unordered_map<std::string, Slot, Hash, std::equal_to<>>;

  tables::Statement* take(std::string_view sql) override;
  void give_back(tables::Statement* statement) override;
  void let_go();
  Slots::value_type& slot_of(std::string_view sql);

  sqlite3* db_ = nullptr;
  Slots slots_;  // nodes stay in place
  /// By where the text lies: most texts are constants, and comparing is cheaper than hashing.
  std::array<Slots::value_type*, 64> last_taken_{};
  std::size_t prepared_ = 0;
};

}  // namespace gateway::store::sqlite
