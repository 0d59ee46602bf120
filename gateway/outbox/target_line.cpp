#include "gateway/outbox/target_line.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/outbox/batch.hpp"
#include "gateway/outbox/disclosure.hpp"

namespace gateway::outbox {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds lease = 120s;
/// A request begins only if it can end before the lease does.
constexpr std::int64_t longest_request = std::chrono::microseconds(35s).count();
/// What is due is looked for at least so often: a delivery may wait since before a restart.
constexpr std::int64_t longest_unseen = std::chrono::microseconds(1s).count();

observe::Counter& counter(observe::Metrics& metrics, const std::string& target,
                          const char* result) {
  return metrics.counter(observe::names::deliveries, {{"target", target}, {"result", result}});
}

std::uint64_t seed(const base::Clock& clock, const std::string& name) {
  return static_cast<std::uint64_t>(clock.now().microseconds) ^ std::hash<std::string>{}(name);
}

}  // namespace

TargetLine::TargetLine(store::Store& store, std::string instance, const base::Clock& clock,
                       observe::Metrics& metrics, TargetSettings settings,
                       std::unique_ptr<Target> target)
    : store_(store),
      instance_(std::move(instance)),
      clock_(clock),
      settings_(std::move(settings)),
      target_(std::move(target)),
      delivered_(counter(metrics, settings_.name, "delivered")),
      again_(counter(metrics, settings_.name, "retried")),
      dead_(counter(metrics, settings_.name, "dead")),
      circuit_(seed(clock, settings_.name)),
      backoff_(seed(clock, settings_.name + "/backoff")) {}

TargetLine::~TargetLine() {
  stop();
}

void TargetLine::start() {
  for (int i = 0; i < std::max(1, settings_.lanes); ++i) threads_.emplace_back([this] { run(); });
}

void TargetLine::look() {
  {
    const std::lock_guard lock(mutex_);
    may_be_more_ = true;
  }
  waits_.notify_all();
}

void TargetLine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  waits_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void TargetLine::run() {
  while (const auto delivery = next()) deliver(*delivery);
}

/// The next delivery to send, as soon as there is one and the target is worth asking; nullopt at
/// the end.
std::optional<store::Delivery> TargetLine::next() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = clock_.steady_microseconds();
    std::erase_if(leased_, [&](const Leased& l) { return now + longest_request > l.until; });
    const bool shut = circuit_.is_open() && now < circuit_.next_try();
    if (leased_.empty() && !shut && !claiming_ && (may_be_more_ || now >= next_look_)) {
      claim(lock);
    } else if (!leased_.empty() && circuit_.may_begin(now)) {
      auto delivery = std::move(leased_.front().delivery);
      leased_.pop_front();
      return delivery;
    } else {  // whoever claims or tries for all wakes the others when it is done
      wait(lock, shut                ? circuit_.next_try()
                 : now >= next_look_ ? now + longest_unseen
                                     : next_look_);
    }
  }
  return std::nullopt;
}

void TargetLine::claim(std::unique_lock<std::mutex>& lock) {
  claiming_ = true;
  may_be_more_ = false;
  lock.unlock();
  const auto until =
      clock_.steady_microseconds() + std::chrono::microseconds(lease).count();  // before the claim
  const auto most = static_cast<std::size_t>(std::max(1, settings_.lanes)) * 2;
  auto deliveries = store_.claim(settings_.name, most, clock_.now(), lease);
  lock.lock();
  claiming_ = false;
  next_look_ = clock_.steady_microseconds() + longest_unseen;
  if (deliveries) {  // else the store is away; looked for again in a while
    may_be_more_ = may_be_more_ || deliveries->size() == most;
    for (auto& delivery : *deliveries) leased_.push_back({std::move(delivery), until});
  }
  waits_.notify_all();
}

/// Sleeps until `until`, a call of `look` or the end; never longer than a second, since the clock
/// may not be the machine's.
void TargetLine::wait(std::unique_lock<std::mutex>& lock, std::int64_t until) {
  const auto left = std::clamp<std::int64_t>(until - clock_.steady_microseconds(), 1000, 1'000'000);
  waits_.wait_for(lock, std::chrono::microseconds(left));
}

Verdict TargetLine::send(const store::Delivery& delivery) {
  Verdict verdict;
  for (const auto& post : batch(delivery, instance_)) {
    verdict = judge(target_->post(post), delivery.attempts + 1);
    if (verdict.kind != Verdict::Kind::delivered) break;
  }
  return verdict;
}

void TargetLine::deliver(const store::Delivery& delivery) {
  settle(settlement(delivery, send(delivery)));
  look();  // the patient's next one may go now
}

store::Settlement TargetLine::settlement(const store::Delivery& delivery, Verdict verdict) {
  using Kind = Verdict::Kind;
  using State = store::Settlement::State;
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady_microseconds();
  const auto wall = clock_.now();
  store::Settlement settled{State::delivered, delivery.sequence, {}, std::move(verdict.answer)};
  std::chrono::microseconds pause{0};
  switch (verdict.kind) {
    case Kind::delivered:
      circuit_.succeeded();
      delivered_.add();
      break;
    case Kind::dead:  // the target is there and answers
      circuit_.succeeded();
      dead_.add();
      settled.state = State::dead;
      base::log(
          base::Level::warning, "outbox.dead_letter",
          {{"target", base::ConfiguredName(settings_.name)}, {"arrival", delivery.arrival.value}});
      break;
    case Kind::again:
      circuit_.failed(now);
      again_.add();
      settled.state = State::waiting;
      pause = backoff_.after(delivery.attempts, verdict.retry_after);
      break;
    case Kind::target_wrong:
      if (!circuit_.is_open()) {
        base::log(base::Level::error, "outbox.target_wrong",
                  {{"target", base::ConfiguredName(settings_.name)}});
      }
      circuit_.target_wrong(now);
      again_.add();
      settled.state = State::waiting;  // due at once: the circuit decides when
      break;
  }
  settled.next_attempt = {wall.microseconds + pause.count()};
  if (settled.state != State::waiting)
    settled.audit.push_back(disclosure(delivery, settled.state, settings_.name, wall));
  return settled;
}

/// Until the store takes it. If the end comes first the lease runs out and it is sent once more,
/// which changes nothing at the target.
void TargetLine::settle(const store::Settlement& settlement) {
  while (!store_.settle({&settlement, 1})) {
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    wait(lock, clock_.steady_microseconds() + longest_unseen);
  }
}

}  // namespace gateway::outbox
