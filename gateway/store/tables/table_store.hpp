#pragma once
#include <functional>
#include <memory>

#include "gateway/store/store.hpp"
#include "gateway/store/tables/readers.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// What each engine does alike, over its connections: one transaction of the writer, lent readers.
class TableStore : public Store {
 public:
  int writers() const override { return 1; }
  base::Result<Known> current(std::span<const Ask> asks, std::span<const ArrivalKey> arrivals,
                              std::span<const OrderAsk> orders) override;
  base::Result<std::vector<std::vector<fhir::ResourceKey>>> observations(
      std::span<const std::string> heads) override;
  base::Result<std::vector<Outcome>> commit(std::span<const Entry> entries) override;
  base::Result<void> audit(std::span<const AuditRow> rows) override;
  void audit(AuditRow row, std::shared_ptr<Awaiting> awaits) override;
  base::Result<std::vector<AuditRecord>> audited(const AuditAsk& asked) override;
  base::Result<std::vector<ProvenAudit>> trail(std::int64_t after, std::size_t most) override;
  base::Result<void> handed_on(std::string_view receiver, std::int64_t number) override;
  base::Result<std::int64_t> handed_on(std::string_view receiver) override;
  base::Result<AuditHead> audit_head() override;
  base::Result<void> vouch(const SignedHead& head) override;
  base::Result<SignedHead> vouched() override;
  base::Result<std::unique_ptr<Snapshot>> snapshot() override;
  base::Result<std::vector<Delivery>> claim(const std::string& target, std::size_t limit,
                                            base::Instant now, std::chrono::seconds lease) override;
  base::Result<Settled> settle(std::span<const Settlement> settlements) override;
  base::Result<std::vector<Letter>> letters(const LettersAsked& asked) override;
  base::Result<std::int64_t> decide(std::span<const std::int64_t> sequences,
                                    LetterDecision decision,
                                    std::span<const AuditRow> rows) override;
  base::Result<std::vector<TargetBacklog>> backlog() override;
  base::Result<ArrivalsPage> arrivals(const ArrivalsAsked& asked) override;
  base::Result<std::optional<ArrivalWhole>> arrival(base::ArrivalNumber number) override;
  base::Result<std::int64_t> arrived_since(base::Instant since) override;
  base::Result<std::vector<ReviewLine>> open_reviews(std::int64_t before,
                                                     std::size_t most) override;
  base::Result<std::vector<SenderLine>> senders() override;
  base::Result<std::string> last_trouble(const std::string& target) override;
  base::Result<void> told(std::string_view subscription, std::int64_t number,
                          std::span<const AuditRow> rows) override;
  base::Result<bool> spend(const Spending& spending, std::span<const AuditRow> rows) override;
  base::Result<std::vector<Spending>> spent(std::string_view kind) override;
  base::Result<bool> keep(std::span<const Keeping> changes,
                          std::span<const AuditRow> rows) override;
  base::Result<std::optional<Kept>> kept(std::string_view kind, std::string_view name) override;
  base::Result<std::vector<Kept>> all_kept(std::string_view kind) override;
  base::Result<std::vector<Reviewed>> reviewed(std::string_view code) override;
  base::Result<std::string> secret(const std::string& name) override;

 protected:
  explicit TableStore(const base::Clock& clock) : clock_(clock) {}
  /// Runs `work` within a transaction; on return it is durable, or (error) refused (`unavailable`)
  /// or `unknown` (TRUST R2). `work` gets the number of the commit; it may run only once.
  /// `messages`: how many it brings; 0 for what goes on while the volume is nearly full.
  using Work = std::function<void(Writer&, std::int64_t commit)>;
  virtual base::Result<void> write(Work work, std::size_t messages) = 0;
  /// The same, without waiting for it.
  virtual void write(Work work, std::shared_ptr<Awaiting> awaits) = 0;
  virtual Readers& readers() = 0;

  const base::Clock& clock() const { return clock_; }
  /// Store::current, in one state of its own.
  static base::Result<Known> known_within(Connection& connection, Codec& codec,
                                          std::span<const Ask> asks,
                                          std::span<const ArrivalKey> arrivals,
                                          std::span<const OrderAsk> orders, Remembered* remembered);
  /// What searches of the trail and of arrivals go by, so that who asks first does not wait for
  /// years of it.
  base::Result<void> list_by_sweep();

 private:
  base::Result<void> list_audit(std::size_t most);
  base::Result<bool> list_arrivals(std::size_t most);
  base::Result<void> arrivals_are_listed();

  const base::Clock& clock_;
};

/// `unavailable`, of a connection that failed while it read; clears the failure.
base::Error unreadable(Connection& connection);

}  // namespace gateway::store::tables
