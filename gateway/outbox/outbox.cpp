#include "gateway/outbox/outbox.hpp"

#include <atomic>
#include <thread>
#include <utility>

#include "gateway/outbox/target_line.hpp"

namespace gateway::outbox {

struct Outbox::State {
  store::Store& store;
  const std::string instance;
  const base::Clock& clock;
  observe::Metrics& metrics;
  base::Bell& bell;
  std::vector<std::unique_ptr<TargetLine>> lines;
  std::atomic<bool> stopping{false};
  std::thread listener;  // one hears the bell and tells all lines: a bell wakes one sleeper only
};

Outbox::Outbox(store::Store& store, std::string instance, const base::Clock& clock,
               observe::Metrics& metrics, base::Bell& bell)
    : state_(new State{store, std::move(instance), clock, metrics, bell, {}, false, {}}) {}

Outbox::~Outbox() {
  stop();
}

void Outbox::add(TargetSettings settings, std::unique_ptr<Target> target) {
  base::invariant(!state_->listener.joinable(), "targets are added before the start");
  state_->lines.push_back(std::make_unique<TargetLine>(state_->store, state_->instance,
                                                       state_->clock, state_->metrics,
                                                       std::move(settings), std::move(target)));
}

void Outbox::start() {
  for (auto& line : state_->lines) line->start();
  state_->listener = std::thread([state = state_.get()] {
    while (!state->stopping) {
      if (!state->bell.wait_for(std::chrono::seconds(10))) continue;
      for (auto& line : state->lines) line->look();
    }
  });
}

void Outbox::stop() {
  if (!state_->listener.joinable()) return;
  state_->stopping = true;
  state_->bell.ring();
  state_->listener.join();
  for (auto& line : state_->lines) line->stop();
}

}  // namespace gateway::outbox
