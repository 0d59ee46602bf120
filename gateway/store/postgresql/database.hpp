#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include "gateway/store/tables/database.hpp"

namespace gateway::store::postgresql {

using tables::integer_of;
using tables::Query;
using tables::Value;

/// Failures beside tables::damaged.
inline constexpr int failed_lost = 0x101;     // the connection is gone, or was ours to close
inline constexpr int failed_ended = 0x102;    // a statement took longer than it may (57014)
inline constexpr int failed_refused = 0x103;  // PostgreSQL's word: see failure_words()

/// How a COMMIT ended (TRUST R2). `committed` only where the server said so, and nothing else
/// between (F4: a synchronous wait that was cancelled is a warning and then success).
enum class Ending { committed, rolled_back, unknown };

/// A connection over libpq, always in pipeline mode: statements without rows are sent and not
/// waited for; whoever wants rows waits for all before. Waiting ends at a deadline of ours: then
/// the connection is closed, never cancelled (F6).
class Connection final : public tables::Connection {
 public:
  Connection() = default;
  ~Connection() override { close(); }

  /// Errors: what libpq says; holds hosts and names, no secrets.
  std::optional<std::string> open(const std::string& url);
  void close();
  bool is_open() const override { return connection_ != nullptr; }
  /// From now on; nothing waits longer than this.
  void expire_in(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }

  /// Statements without parameters; waits.
  void script(const std::string& sql);
  /// Sends COMMIT and a question for the timeline it ran on behind it, when all before has arrived.
  struct Committed {
    Ending ending = Ending::unknown;
    std::int64_t timeline = 0;  // 0: not known
  };
  Committed commit();
  void rollback();

  std::string failure_words() const override;
  void begin_use() override;
  void begin_reading() override;
  void settle() override { (void)drain(); }
  std::unique_ptr<tables::Watch> watch(const base::Clock& clock,
                                       tables::Watch::Limits limits) override;
  std::string explain(std::string_view select, const std::vector<Value>& values) override;
  std::string as_text(const std::string& blob) const override;
  bool has_table(std::string_view) override { return true; }
  bool asks_bodies_for_words() const override { return false; }
  bool looks_up_alternatives() const override { return false; }
  std::int64_t count_wrong_places() override;
  tables::Schema schema() override;

 private:
  using Clock = std::chrono::steady_clock;
  class Running;
  struct Expected {
    enum class Kind { prepared, effect, rows, sync } kind = Kind::effect;
    Running* asker = nullptr;  // of rows
    std::string key;           // of prepared: what is forgotten if that failed
  };
  struct Parameter {
    Oid type = 0;  // 0: NULL
    std::string bytes;
  };

  tables::Statement* take(std::string_view sql) override;
  void give_back(tables::Statement* statement) override;
  bool send(std::string_view sql, const std::vector<Parameter>& parameters, Running* asker);
  std::string prepare(std::string_view sql, const std::vector<Parameter>& parameters);
  bool sync();
  bool flush();
  bool drain();
  bool wait(bool for_answer);
  void understand(const PGresult* result);
  void lose();
  void fail_with(const PGresult* result);
  static void notice(void* self, const PGresult*) { ++static_cast<Connection*>(self)->notices_; }

  PGconn* connection_ = nullptr;
  std::deque<Expected> expected_;
  std::unordered_map<std::string, std::string> prepared_;  // text and types → name
  int names_ = 0;
  int notices_ = 0;
  std::string state_;    // SQLSTATE of the first failure
  std::string command_;  // PQcmdStatus of the last command without rows
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace gateway::store::postgresql
