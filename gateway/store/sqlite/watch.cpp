#include "gateway/store/sqlite/watch.hpp"

namespace gateway::store::sqlite {
namespace {

constexpr int steps_a_look = 1000;

}  // namespace

Watch::Watch(Connection& connection, const base::Clock& clock, Limits limits)
    : connection_(connection), clock_(clock), limits_(limits), begun_(clock.steady_microseconds()) {
  sqlite3_progress_handler(connection_.handle(), steps_a_look, look, this);
}

Watch::~Watch() {
  sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

int Watch::look(void* watch) {
  auto& self = *static_cast<Watch*>(watch);
  self.steps_ += steps_a_look;
  const auto passed = self.clock_.steady_microseconds() - self.begun_;
  const bool too_far = self.limits_.steps != 0 && self.steps_ > self.limits_.steps;
  self.ended_ = too_far || passed > self.limits_.microseconds;
  return self.ended_ ? 1 : 0;
}

}  // namespace gateway::store::sqlite
