#pragma once
#include <cstdint>

#include "gateway/base/time.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

/// Counts the steps that SQLite takes on a connection while it lives, and ends them where they are
/// too many or take too long: statements then fail.
class Watch final : public tables::Watch {
 public:
  Watch(Connection& connection, const base::Clock& clock, Limits limits);
  ~Watch() override;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void lift(std::int64_t microseconds) override { limits_ = {0, microseconds}; }
  bool has_ended_it() const override { return ended_; }

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
