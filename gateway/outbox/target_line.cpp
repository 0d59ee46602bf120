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

/// What a request takes beside its time-out.
constexpr std::chrono::seconds margin = 5s;
/// What is due is looked for at least so often: a delivery may wait since before a restart.
constexpr std::int64_t longest_unseen = std::chrono::microseconds(1s).count();
/// How long a target may call one message a fatal failure of its own.
constexpr std::int64_t longest_fatal = std::chrono::microseconds(24h).count();
constexpr int most_crashes = 3;

observe::Counter& counter(observe::Metrics& metrics, const std::string& target,
                          const char* result) {
  return metrics.counter(observe::names::deliveries, {{"target", target}, {"result", result}});
}

/// Who made a version, and from which bytes, is no longer asked of one that was never taken once a
/// newer one was; and no later message says it again.
bool is_of_one_message(const store::Delivery& delivery, const store::Sent& sent) {
  if (sent.key.type == "Provenance" || sent.key.type == "MessageHeader") return true;
  if (sent.key.type != "Binary") return false;
  for (const auto& resource : delivery.resources)
    if (resource.key == sent.key)
      return resource.body.substr(0, 1'000).find("\"raw-message\"") != std::string::npos;
  return false;
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
      superseded_(metrics.counter(observe::names::superseded, {{"target", settings_.name}})),
      circuit_state_(metrics.gauge(observe::names::circuit_state, {{"target", settings_.name}})),
      conversation_(
          *target_, store_, instance_, settings_.client_ids, settings_.deletes,
          metrics.seconds(observe::names::delivery_seconds, {{"target", settings_.name}})),
      circuit_(seed(clock, settings_.name)),
      backoff_(seed(clock, settings_.name + "/backoff")) {}

TargetLine::~TargetLine() {
  stop();
}

void TargetLine::start() {
  for (int i = 0; i < lanes(); ++i) threads_.emplace_back([this] { run(); });
}

/// Several requests long: a message may need more than one.
std::chrono::seconds TargetLine::lease() const {
  return 4 * settings_.timeout;
}

/// A request begins only if it can end before the lease does.
bool TargetLine::ends_before(std::int64_t until) const {
  const auto longest = std::chrono::microseconds(settings_.timeout + margin).count();
  return clock_.steady_microseconds() + longest <= until;
}

int TargetLine::lanes() const {
  return settings_.client_ids ? std::max(1, settings_.lanes) : 1;
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
  for (auto deliveries = next(); !deliveries.all.empty(); deliveries = next())
    deliver(std::move(deliveries));
}

/// What to send next, as soon as there is something and the target is worth asking; none at the
/// end.
TargetLine::Deliveries TargetLine::next() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = clock_.steady_microseconds();
    std::erase_if(leased_, [&](const Leased& l) { return !ends_before(l.until); });
    const bool shut = circuit_.is_shut(now);
    if (leased_.empty() && !shut && !claiming_ && (may_be_more_ || now >= next_look_)) {
      claim(lock);
    } else if (!leased_.empty() && circuit_.may_begin(now)) {
      circuit_state_.set(static_cast<double>(circuit_.state()));
      return take();
    } else {  // whoever claims or tries for all wakes the others when it is done
      wait(lock, shut                ? circuit_.next_try()
                 : now >= next_look_ ? now + longest_unseen
                                     : next_look_);
    }
  }
  return {};
}

/// The first that is leased, and of those behind it what may go in the same request: never tried,
/// on the same path, a fair share of what is there. While the target is being tried, one.
TargetLine::Deliveries TargetLine::take() {
  Deliveries taken;
  const auto share =
      (leased_.size() + static_cast<std::size_t>(lanes()) - 1) / static_cast<std::size_t>(lanes());
  const auto most =
      circuit_.is_open() || !settings_.client_ids
          ? 1
          : std::min(share, static_cast<std::size_t>(std::max(1, settings_.batch_messages)));
  std::size_t entries = 0, bytes = 0;
  auto& all = taken.all;
  while (!leased_.empty() && all.size() < std::max<std::size_t>(1, most)) {
    const auto& next = leased_.front().delivery;
    if (!all.empty() && (all.front().attempts > 0 || next.attempts > 0 ||
                         next.path != all.front().path || !fits(next, entries, bytes)))
      break;
    entries += next.resources.size();
    bytes += bytes_of(next);
    taken.until =
        all.empty() ? leased_.front().until : std::min(taken.until, leased_.front().until);
    all.push_back(std::move(leased_.front().delivery));
    leased_.pop_front();
  }
  return taken;
}

void TargetLine::claim(std::unique_lock<std::mutex>& lock) {
  claiming_ = true;
  may_be_more_ = false;
  lock.unlock();
  const auto until = clock_.steady_microseconds() +
                     std::chrono::microseconds(lease()).count();  // before the claim
  const auto most = static_cast<std::size_t>(lanes()) *
                    static_cast<std::size_t>(std::clamp(settings_.batch_messages, 2, 50));
  auto deliveries = store_.claim(settings_.name, most, clock_.now(), lease());
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

void TargetLine::deliver(Deliveries deliveries) {
  if (deliveries.all.size() < 2 || !deliver_together(deliveries.all)) {
    for (const auto& delivery : deliveries.all) {
      if (!ends_before(deliveries.until)) break;  // the lease runs out, and somebody takes it again
      auto said = conversation_.say(delivery);
      tell_circuit(said.verdict);
      settle({settlement(delivery, std::move(said))});
    }
  }
  look();  // the patients' next ones may go now
}

bool TargetLine::deliver_together(const std::vector<store::Delivery>& deliveries) {
  auto [verdict, sent] = conversation_.say_together(deliveries);
  using Kind = Verdict::Kind;
  // One of them may be at fault: none of the others is held up by it. Of an answer that is longer
  // than what is read of it, nobody knows what it says of the last.
  if (verdict.kind == Kind::dead || verdict.kind == Kind::precondition || verdict.is_cut)
    return false;
  tell_circuit(verdict);
  verdict.crashed = false;  // whose fault it was shows when each goes by itself
  std::vector<store::Settlement> settlements;
  for (std::size_t i = 0; i < deliveries.size(); ++i)
    settlements.push_back(settlement(deliveries[i], {verdict, std::move(sent[i])}));
  settle(settlements);
  return true;
}

/// Once a request.
void TargetLine::tell_circuit(const Verdict& verdict) {
  using Kind = Verdict::Kind;
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady_microseconds();
  const bool was_open = circuit_.is_open();
  if (verdict.retry_after && verdict.kind == Kind::again)
    circuit_.wants_nothing_before(
        now + std::chrono::microseconds(std::min<std::chrono::seconds>(*verdict.retry_after, 1h))
                  .count());
  if (verdict.kind == Kind::again) {
    circuit_.failed(now);
  } else if (verdict.kind == Kind::target_wrong) {
    if (!std::exchange(is_wrong_, true))
      base::log(base::Level::error, "outbox.target_wrong",
                {{"target", base::ConfiguredName(settings_.name)}});
    circuit_.target_wrong(now);
  } else {  // the target is there and answers
    is_wrong_ = false;
    circuit_.succeeded();
  }
  if (circuit_.is_open() && !was_open)
    base::log(base::Level::warning, "outbox.target_away",
              {{"target", base::ConfiguredName(settings_.name)}});
  if (was_open && !circuit_.is_open())
    base::log(base::Level::info, "outbox.target_back",
              {{"target", base::ConfiguredName(settings_.name)}});
  circuit_state_.set(static_cast<double>(circuit_.state()));
}

store::Settlement TargetLine::settlement(const store::Delivery& delivery, Conversation::Said said) {
  using Kind = Verdict::Kind;
  const std::lock_guard lock(mutex_);
  store::Settlement settled;
  settled.sequence = delivery.sequence;
  settled.answer = std::move(said.verdict.answer);
  settled.sent = std::move(said.sent);
  switch (said.verdict.kind) {
    case Kind::delivered:
      ++passed_;
      delivered_.add();
      crashed_at_.erase(delivery.sequence);
      break;
    case Kind::dead:
    case Kind::precondition:
      kill(delivery, settled);
      break;
    case Kind::again:
    case Kind::target_wrong:
      settle_waiting(delivery, said.verdict, settled);
      break;
  }
  if (settled.state != store::Settlement::State::waiting)
    settled.audit.push_back(disclosure(delivery, settled.state, settings_.name, clock_.now()));
  return settled;
}

void TargetLine::settle_waiting(const store::Delivery& delivery, const Verdict& verdict,
                                store::Settlement& settled) {
  const auto wall = clock_.now();
  if (verdict.is_fatal) settled.fatal_since = delivery.fatal_since.value_or(wall);
  const bool fatal_too_long =
      settled.fatal_since && wall.microseconds - settled.fatal_since->microseconds > longest_fatal;
  if (fatal_too_long || is_poison(delivery, verdict, settled)) {
    if (fatal_too_long) settled.answer = "fatal for a day: " + settled.answer;
    return kill(delivery, settled);
  }
  again_.add();
  settled.state = store::Settlement::State::waiting;
  // Where the target is wrong it is due at once: the circuit decides when.
  const std::chrono::microseconds pause =
      verdict.kind == Verdict::Kind::target_wrong
          ? 0us
          : std::chrono::microseconds(backoff_.after(delivery.attempts, verdict.retry_after));
  settled.next_attempt = {wall.microseconds + pause.count()};
}

/// The target breaks off over this message, and over no other: three times, others having passed
/// before the second and before the third.
bool TargetLine::is_poison(const store::Delivery& delivery, const Verdict& verdict,
                           store::Settlement& settled) {
  settled.crashes = delivery.crashes;
  if (!verdict.crashed) return false;
  auto& before = crashed_at_[delivery.sequence];
  if (delivery.crashes == 0 || passed_ > before) {
    ++settled.crashes;
    before = passed_;
  }
  if (settled.crashes < most_crashes) return false;
  settled.answer = "poison: the target broke off " + std::to_string(most_crashes) +
                   " times over this message while others passed; last: " + settled.answer;
  return true;
}

void TargetLine::kill(const store::Delivery& delivery, store::Settlement& settled) {
  settled.state = store::Settlement::State::dead;
  if (settled.sent.empty()) settled.sent = sent_of(delivery);
  std::erase_if(settled.sent, [&](const auto& sent) { return is_of_one_message(delivery, sent); });
  dead_.add();
  crashed_at_.erase(delivery.sequence);
  base::log(
      base::Level::warning, "outbox.dead_letter",
      {{"target", base::ConfiguredName(settings_.name)}, {"arrival", delivery.arrival.value}});
}

/// Until the store takes it. If the end comes first the leases run out and all is sent once more,
/// which changes nothing at the target.
void TargetLine::settle(const std::vector<store::Settlement>& settlements) {
  while (true) {
    if (const auto settled = store_.settle(settlements)) {
      superseded_.add(settled->superseded);
      return;
    }
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    wait(lock, clock_.steady_microseconds() + longest_unseen);
  }
}

}  // namespace gateway::outbox
