#pragma once
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/store.hpp"

namespace tests {

/// A store that fails as it is told to, and else is the one behind it. It can also hold its readers
/// at `current`, so that a test decides what makes one group, and move a resource in between.
class FaultyStore final : public gateway::store::Store {
 public:
  using Error = gateway::base::Error;
  using ErrorKind = gateway::base::ErrorKind;
  template <class T>
  using Result = gateway::base::Result<T>;

  explicit FaultyStore(gateway::store::Store& real) : real_(real) {}

  /// Every commit fails so from now on, until `heal`. `durable`: it is written all the same, as
  /// after a sync of which nobody knows.
  void fail_commits(ErrorKind kind, bool durable = false) {
    const std::lock_guard lock(mutex_);
    failing_ = Error{kind, "scripted", "", ""};
    durable_ = durable;
  }
  void heal() {
    const std::lock_guard lock(mutex_);
    failing_.reset();
  }
  /// Every commit is said to be done, and nothing is written: what a harness must be able to find.
  void pretend() {
    const std::lock_guard lock(mutex_);
    pretends_ = true;
  }
  /// While held, `current` does not answer.
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    changed_.notify_all();
  }
  /// Waits until somebody stands at the held `current`.
  bool somebody_waits(std::chrono::seconds longest) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [this] { return waiting_ > 0; });
  }
  /// Waits until so many commits have been tried since the beginning.
  bool commits_tried(int commits, std::chrono::seconds longest) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return commits_ >= commits; });
  }
  int commits() {
    const std::lock_guard lock(mutex_);
    return commits_;
  }
  /// Most messages asked for at once.
  std::size_t largest_group() {
    const std::lock_guard lock(mutex_);
    return largest_group_;
  }
  /// Called once, between the next `current` and its `commit`: another writer is faster.
  void before_next_commit(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    before_commit_ = std::move(call);
  }

  int writers() const override { return real_.writers(); }
  Result<gateway::store::Known> current(std::span<const gateway::store::Ask> asks,
                                        std::span<const gateway::store::ArrivalKey> arrivals,
                                        std::span<const gateway::store::OrderAsk> orders) override {
    {
      std::unique_lock lock(mutex_);
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      --waiting_;
      largest_group_ = std::max(largest_group_, arrivals.size());
    }
    return real_.current(asks, arrivals, orders);
  }
  Result<std::vector<std::vector<gateway::fhir::ResourceKey>>> observations(
      std::span<const std::string> heads) override {
    return real_.observations(heads);
  }
  Result<std::vector<gateway::store::Outcome>> commit(
      std::span<const gateway::store::Entry> entries) override {
    std::optional<Error> failing;
    bool durable = false, pretends = false;
    std::function<void()> before;
    {
      const std::lock_guard lock(mutex_);
      ++commits_;
      failing = failing_;
      durable = durable_;
      pretends = pretends_;
      before = std::exchange(before_commit_, nullptr);
    }
    changed_.notify_all();
    if (before) before();
    if (pretends) return std::vector<gateway::store::Outcome>(entries.size());
    if (!failing) return real_.commit(entries);
    if (durable) (void)real_.commit(entries);
    return *failing;
  }
  Result<void> audit(std::span<const gateway::store::AuditRow> rows) override {
    return real_.audit(rows);
  }
  void audit(gateway::store::AuditRow row,
             std::shared_ptr<gateway::store::Awaiting> awaits) override {
    real_.audit(std::move(row), std::move(awaits));
  }
  Result<std::vector<gateway::store::AuditRecord>> audited(
      const gateway::store::AuditAsk& asked) override {
    return real_.audited(asked);
  }
  Result<std::vector<gateway::store::ProvenAudit>> trail(std::int64_t after,
                                                         std::size_t most) override {
    return real_.trail(after, most);
  }
  Result<void> handed_on(std::string_view receiver, std::int64_t number) override {
    return real_.handed_on(receiver, number);
  }
  Result<std::int64_t> handed_on(std::string_view receiver) override {
    return real_.handed_on(receiver);
  }
  Result<gateway::store::AuditHead> audit_head() override { return real_.audit_head(); }
  Result<void> vouch(const gateway::store::SignedHead& head) override { return real_.vouch(head); }
  Result<gateway::store::SignedHead> vouched() override { return real_.vouched(); }
  Result<std::unique_ptr<gateway::store::Snapshot>> snapshot() override { return real_.snapshot(); }
  Result<std::vector<gateway::store::Delivery>> claim(const std::string& target, std::size_t limit,
                                                      gateway::base::Instant now,
                                                      std::chrono::seconds lease) override {
    return real_.claim(target, limit, now, lease);
  }
  Result<gateway::store::Settled> settle(
      std::span<const gateway::store::Settlement> settlements) override {
    return real_.settle(settlements);
  }
  Result<std::vector<gateway::store::Letter>> letters(
      const gateway::store::LettersAsked& asked) override {
    return real_.letters(asked);
  }
  Result<std::int64_t> decide(std::span<const std::int64_t> sequences,
                              gateway::store::LetterDecision decision,
                              std::span<const gateway::store::AuditRow> rows) override {
    return real_.decide(sequences, decision, rows);
  }
  Result<std::vector<gateway::store::TargetBacklog>> backlog() override { return real_.backlog(); }
  Result<gateway::store::ArrivalsPage> arrivals(
      const gateway::store::ArrivalsAsked& asked) override {
    return real_.arrivals(asked);
  }
  Result<std::optional<gateway::store::ArrivalWhole>> arrival(
      gateway::base::ArrivalNumber number) override {
    return real_.arrival(number);
  }
  Result<std::int64_t> arrived_since(gateway::base::Instant since) override {
    return real_.arrived_since(since);
  }
  Result<std::vector<gateway::store::ReviewLine>> open_reviews(std::int64_t before,
                                                               std::size_t most) override {
    return real_.open_reviews(before, most);
  }
  Result<std::vector<gateway::store::SenderLine>> senders() override { return real_.senders(); }
  Result<std::string> last_trouble(const std::string& target) override {
    return real_.last_trouble(target);
  }
  Result<void> told(std::string_view subscription, std::int64_t number,
                    std::span<const gateway::store::AuditRow> rows) override {
    return real_.told(subscription, number, rows);
  }
  Result<bool> spend(const gateway::store::Spending& spending,
                     std::span<const gateway::store::AuditRow> rows) override {
    return real_.spend(spending, rows);
  }
  Result<std::vector<gateway::store::Spending>> spent(std::string_view kind) override {
    return real_.spent(kind);
  }
  Result<bool> keep(std::span<const gateway::store::Keeping> changes,
                    std::span<const gateway::store::AuditRow> rows) override {
    return real_.keep(changes, rows);
  }
  Result<std::optional<gateway::store::Kept>> kept(std::string_view kind,
                                                   std::string_view name) override {
    return real_.kept(kind, name);
  }
  Result<std::vector<gateway::store::Kept>> all_kept(std::string_view kind) override {
    return real_.all_kept(kind);
  }
  Result<std::vector<gateway::store::Reviewed>> reviewed(std::string_view code) override {
    return real_.reviewed(code);
  }
  Result<std::string> secret(const std::string& name) override { return real_.secret(name); }
  gateway::store::Health health() override { return real_.health(); }
  Result<gateway::store::Verification> verify() override { return real_.verify(); }
  Result<gateway::store::Verification> verify_audit() override { return real_.verify_audit(); }
  Result<void> sweep(gateway::base::Instant before) override { return real_.sweep(before); }
  bool recover() override {
    const std::lock_guard lock(mutex_);
    return !failing_ && real_.recover();
  }

 private:
  gateway::store::Store& real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Error> failing_;
  bool durable_ = false, pretends_ = false, held_ = false;
  int waiting_ = 0, commits_ = 0;
  std::size_t largest_group_ = 0;
  std::function<void()> before_commit_;
};

}  // namespace tests
