#include "gateway/store/sqlite/watch.hpp"

namespace gateway::store::sqlite {
namespace {

constexpr int steps_a_look = 1000;

}  // namespace

Watch::Watch(Connection& connection, const base::Clock& clock, Limits limits)
    : connection_(connection), clock_(clock), limits_(limits), begun_(clock.now()) {
  sqlite3_progress_handler(connection_.handle(), steps_a_look, look, this);
}

Watch::~Watch() {
  sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

int Watch::look(void* watch) {
  auto& self = *static_cast<Watch*>(watch);
  self.steps_ += steps_a_look;
  if (self.limits_.steps == 0) return 0;
  const auto passed = self.clock_.now().microseconds - self.begun_.microseconds;
  self.ended_ = self.steps_ > self.limits_.steps || passed > self.limits_.microseconds;
  return self.ended_ ? 1 : 0;
}

}  // namespace gateway::store::sqlite
