#pragma once
#include <cstdint>

#include "gateway/base/time.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

/// Counts the steps that SQLite takes on a connection while it lives, and ends them where they are
/// too many or take too long: statements then fail.
class Watch {
 public:
  struct Limits {
    std::int64_t steps = 0;  // 0: as many as the time allows
    std::int64_t microseconds = 0;
  };
  Watch(Connection& connection, const base::Clock& clock, Limits limits);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// From here on steps are not counted, and it may take so long from its beginning.
  void lift(std::int64_t microseconds) { limits_ = {0, microseconds}; }
  bool has_ended_it() const { return ended_; }

 private:
  static int look(void* watch);

  Connection& connection_;
  const base::Clock& clock_;
  Limits limits_;
  const std::int64_t begun_;  // steady microseconds
  std::int64_t steps_ = 0;
  bool ended_ = false;
};

}  // namespace gateway::store::sqlite
