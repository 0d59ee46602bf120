#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gateway/base/hash.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/interned.hpp"
#include "gateway/store/tables/remembered.hpp"

namespace gateway::store::tables {

/// The last numbers given out; read back from the store at open and after every rollback.
struct Numbers {
  std::int64_t arrival = 0, row = 0, delivery = 0, audit = 0, review = 0;
  std::int64_t commit = 0;  // microseconds, strictly increasing
  base::Digest chain{};     // of the last audit row; zeros before the first
};

/// What the one writing transaction works with. One thread at a time.
struct Writer {
  explicit Writer(Connection& used) : connection(used) {}
  virtual ~Writer() = default;

  Connection& connection;
  Interned interned{connection};
  Remembered remembered;
  std::unique_ptr<Codec> codec;
  Numbers numbers;

  void load_numbers();
  /// What an engine keeps of an arrival beside the tables that all have.
  virtual void write_beside(const Entry&, std::int64_t /*arrival*/) {}
  /// After a rollback, and where the file is opened anew.
  void forget() {
    interned.forget();
    remembered.forget_all();
  }
};

// ---- parts of a transaction; each leaves failure in writer.connection -----------------------

/// Writes all entries as of one commit number (commit.cpp).
std::vector<Outcome> write_entries(Writer& writer, std::span<const Entry> entries,
                                   std::int64_t commit);

/// An arrival and its seal (seal.hpp); 0: none.
struct SealedArrival {
  std::int64_t number = 0;
  base::Digest seal{};
};
/// The state of a delivery or review item that the rows of a transaction are about: no seal can
/// hold what changes by right, so the trail tells of each change that ends one or begins it anew.
struct StateChange {
  enum class Of : std::uint8_t { delivery, review } of = Of::delivery;
  std::int64_t number = 0, state = 0;  // as the table has them
};
/// Appends to the audit chain; the first row carries the seal and the changes (audit.cpp).
void write_audit(Writer& writer, std::span<const AuditRow> rows, int partition,
                 const SealedArrival& sealed = {}, std::span<const StateChange> changes = {});
/// Names the last arrival and the end of the chain; once a transaction that moved either.
void write_head(Writer& writer);

/// Removes superseded index rows that ended before a commit number (sweep.cpp).
void sweep_index(Writer& writer, std::int64_t before);

}  // namespace gateway::store::tables
