#pragma once
#include <cstdint>

#include "gateway/store/postgresql/database.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::postgresql {

/// The writer of a gateway that is not alone: the last numbers are those of the row `head`, which
/// is locked from `begin` to the end of the transaction.
class GroupWriter final : public tables::Writer {
 public:
  GroupWriter() : tables::Writer(database) {}

  /// Begins, waits for its turn and reads the numbers. False: it failed, or this server is of an
  /// older timeline than one that some gateway has seen, or another cluster (TRUST.md §7.3).
  bool begin(std::int64_t now);
  /// Writes back what was given out.
  void write_numbers();
  /// COMMIT, held against the timeline.
  Ending end();
  void write_beside(const Entry& entry, std::int64_t arrival) override;

  Connection database;
  bool is_stale = false;  // why `begin` said no: an old primary

 private:
  bool is_current_timeline(std::int64_t known, std::int64_t system);

  std::int64_t timeline_ = 0;  // the highest seen
  tables::Numbers before_;
};

}  // namespace gateway::store::postgresql
