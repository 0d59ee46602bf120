#pragma once
#include "gateway/store/postgresql/database.hpp"

namespace gateway::store::postgresql {

/// Lets the server end what takes too long, within a savepoint, so that the transaction stays good.
/// PostgreSQL counts no steps: what no index bounds looks at every row, so they are held against
/// how many there are.
class Watch final : public tables::Watch {
 public:
  Watch(Connection& connection, Limits limits);
  ~Watch() override;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void lift(std::int64_t microseconds) override;
  bool has_ended_it() const override;

 private:
  void limit(std::int64_t microseconds);
  Connection& connection_;
  std::int64_t steps_;  // 0: not counted
};

}  // namespace gateway::store::postgresql
