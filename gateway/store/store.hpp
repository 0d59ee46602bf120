/// Room store (floor 4): the shapes of what is kept, and the `Store` interface that engines live
/// behind. Knows no engine and no meaning of a code.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/hash.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/store/audit.hpp"
#include "gateway/store/delivery.hpp"
#include "gateway/store/journal.hpp"
#include "gateway/store/kept.hpp"

namespace gateway::store {

// ---- what stands --------------------------------------------------------------------------

/// A resource somebody is about to write, asked for by key. Where the standing body's hash equals
/// `content`, the body is not loaded (`same`).
struct Ask {
  fhir::ResourceKey key;
  base::Digest content{};  // SHA-256 of the body to be written; zeros: the body itself is wanted
};

struct Current {
  fhir::ResourceKey key;
  std::int64_t version = 0;
  bool deleted = false;
  bool same = false;
  fhir::Body body;    // "" if same or unreadable
  std::string owner;  // sender name that minted it; "" if it came over FHIR
  std::string order;  // its order number, for people ("owned by sender X, order Y"); may be ""
  std::optional<std::int64_t> source_time;
  base::Instant last_updated;
  bool unreadable = false;  // what is kept of it is damaged: nothing may follow it
};

/// An order somebody is about to write. Who else has results or reports under its number is asked
/// of the index alone (DOMAIN.md T9): no body is loaded.
struct OrderAsk {
  std::string sender, order;  // as VersionWrite's owner and order
  base::PatientKey patient;
};

/// A result or report that stands under the same order number of the same sender, and whose it is.
struct ForeignResource {
  fhir::ResourceKey key;
  base::PatientKey patient;
};
struct ForeignOrder {
  std::vector<ForeignResource> resources;
  bool unreadable = false;  // the index is damaged there
};

/// Who this arrival is: the duplicate key (INTERFACE.md §4). Only messages have one: a bundle is
/// never the duplicate of another, and finds none. A key finds arrivals of its own state alone, so
/// that a message refused yesterday is judged anew today, and a refusal repeated is kept once.
struct ArrivalKey {
  std::string sender, control_id;
  base::Digest bytes{};  // SHA-256 of the arrival's bytes (of all of them, see Arrival::size)
  ArrivalState state = ArrivalState::accepted;
};

enum class Seen { fresh, duplicate, control_id_reused };
struct SeenArrival {
  Seen seen = Seen::fresh;
  base::ArrivalNumber first;
  std::string answer;       // of a duplicate: Arrival::answer as stored the first time
  bool unreadable = false;  // what is kept of the first is damaged
};

/// What stands for one group, read in one go: `resources[i]` answers asks[i] (nullopt: nothing
/// stands), `arrivals[i]` answers keys[i], `foreign[i]` orders[i]. Damage is told of each key by
/// itself (`unreadable`), so that one damaged row holds up nobody but who needs it.
struct Known {
  std::vector<std::optional<Current>> resources;
  std::vector<SeenArrival> arrivals;
  std::vector<ForeignOrder> foreign;
  base::ArrivalNumber last;  // of the state that was read
};

// ---- what one commit writes ---------------------------------------------------------------

struct Arrival {
  ArrivalKind kind = ArrivalKind::hl7v2;
  ArrivalKey key;
  base::Instant received;
  std::string listener;
  std::string message_type;  // "ORU^R01"; "" for bundles
  std::string bytes;         // raw, as received; a head only where it was over the limit
  std::uint64_t size =
      0;                // of all that was received; more than bytes.size() if only a head is kept
  std::string answer;   // what to say again to a duplicate; opaque to the store
  std::string account;  // loss account, compact; opaque to the store
  std::string path;     // X-ImmunoGate-Path it came with (TRUST.md §6.2, loop)
};

struct VersionWrite {
  fhir::ResourceKey key;
  fhir::Body body;           // without versionId and lastUpdated; "" = deleted
  std::int64_t follows = 0;  // 0: nothing stands
  std::optional<std::int64_t> source_time;
  std::string owner, order;
  fhir::search::IndexRows index;
  std::optional<base::Digest> content;  // SHA-256 of the body where the caller knows it
};

struct DeliveryWrite {
  std::string target;
  /// Where a Bundle is about several patients: whose part this is. Each has one then, and what is
  /// about nobody goes with all of them. "": all of the arrival, in its patient's order.
  std::string part_of = {};
};

/// A version that was said again later: from then on it counts as from that time.
struct LaterTime {
  fhir::ResourceKey key;
  std::int64_t version = 0;
  std::int64_t source_time = 0;
};

/// A subscription is told of a version; its number there is the next one, given by the store.
struct EventWrite {
  std::string subscription;  // id
  std::size_t version = 0;   // of Entry::versions
};

struct ReviewItem {
  std::string code, severity, where, resource, text;  // of mapping::Issue
};
/// What a review item was about: the sender of its arrival, and its `where`.
struct Reviewed {
  std::string sender, where;
};

/// What one commit writes for one arrival. All of it or nothing.
struct Entry {
  Arrival arrival;
  base::PatientKey patient;
  std::vector<VersionWrite> versions;
  std::vector<fhir::ResourceKey> unchanged;  // spoken of but equal: delivered along, not written
  std::vector<LaterTime> later;              // of these: what counts as from a later time now
  std::vector<DeliveryWrite> deliveries;
  std::vector<EventWrite> events;
  std::vector<ReviewItem> reviews;
  std::vector<AuditRow> audit;
  /// What it changes of other patients, each in that patient's own order of commits and deliveries:
  /// written with it, or none of them.
  std::vector<Entry> consequences;
  bool duplicate = false;  // only the arrival counter of `first` and the audit row (TRUST R3)
  base::ArrivalNumber first;
  /// Known::last, if the entry was composed on that and on those before it in the same commit.
  /// Where nothing arrived since, the store need not ask again what stands.
  std::optional<base::ArrivalNumber> composed_on;
};

/// What became of one entry.
struct WrittenVersion {
  fhir::ResourceKey key;
  std::int64_t version = 1;
  base::Instant last_updated;
};
struct Outcome {
  enum class Kind { stored, duplicate, conflict } kind = Kind::stored;
  base::ArrivalNumber arrival;
  std::vector<WrittenVersion> versions;
};

// ---- what is told -------------------------------------------------------------------------

/// An event of a subscription: numbered from 1 without a gap, in the order of commits.
struct Event {
  std::int64_t number = 0;
  fhir::Version version;
};
/// How many events a subscription has, and up to which one its receiver has said yes.
struct EventCount {
  std::int64_t events = 0, told = 0;
};

// ---- what is read -------------------------------------------------------------------------

struct SearchRow {
  fhir::Version version;
};
struct SearchPage {
  std::vector<SearchRow> rows;
  bool more = false;
  std::string after;   // where the next page begins; opaque, not secret, not yet sealed
  std::string before;  // where the page before this one ends, likewise
  std::optional<std::int64_t> total;
};

/// A search as the store runs it: the query, what scope adds to it, and where the page begins.
struct Search {
  const fhir::search::Query* query = nullptr;
  std::vector<fhir::search::Criterion> scope;  // further criteria; all must hold
  std::int64_t as_of = 0;                      // commit of the first page; 0: now
  std::string after;  // SearchPage::after of the page before; "": first page
  /// The page that ends where `after`, a SearchPage::before, says. There are `more` before it;
  /// `after` is set whatever follows.
  bool backwards = false;
  /// How far a search goes that no index bounds, in steps of the engine; and it takes two seconds.
  /// Beyond: `unsupported` "search-too-costly …".
  std::int64_t most_steps = 100'000'000;
  /// A page is full with so many bytes of bodies as well, behind the one that reaches them.
  std::size_t most_bytes = std::numeric_limits<std::size_t>::max();
  /// Not 0: nobody waits, and no index is asked: found in passing over all rows in their order, so
  /// many a page. It may hold few then, or none, though there is more. Without `sort` and `total`.
  std::int64_t looks_at = 0;
};

/// What was written, every version once: newest first, or in the order of commits.
struct Changes {
  std::string type;        // "": all
  std::int64_t since = 0;  // no commit before
  std::int64_t as_of = 0;  // no commit after; 0: now
  std::size_t count = 50;
  bool deleted_only = false;  // no body is read
  std::string after;          // SearchPage::after of the page before
  /// In the order of commits; then `after` is where to go on whether or not there is more by now,
  /// and as good as the store is old.
  bool oldest_first = false;
};

/// The arrival that wrote a version.
struct Origin {
  base::ArrivalNumber number;
  ArrivalKind kind = ArrivalKind::hl7v2;
  base::Instant received;
  std::string message_type;    // "" for bundles
  std::string bytes, account;  // as Arrival's; "" of a consequence
};

/// One consistent state of the store. Belongs to one thread; short-lived.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  /// Number of the last commit it shows.
  virtual std::int64_t commit() const = 0;
  /// The current version, or the given one. nullopt: never existed.
  virtual base::Result<std::optional<fhir::Version>> read(const fhir::ResourceKey& key,
                                                          std::optional<std::int64_t> version) = 0;
  /// All versions, newest first.
  virtual base::Result<std::vector<fhir::Version>> history(const fhir::ResourceKey& key) = 0;
  virtual base::Result<SearchPage> search(const Search& search) = 0;
  /// A page may hold fewer than `count` though there are `more`: so much is looked through at once.
  virtual base::Result<SearchPage> changes(const Changes& asked) = 0;
  /// The resources of `type` that came with the arrivals which wrote a version of one of `keys`,
  /// each once.
  virtual base::Result<std::vector<fhir::ResourceKey>> written_with(
      std::span<const fhir::ResourceKey> keys, std::string_view type) = 0;
  /// Events of a subscription behind number `after`, at most `most`; none of one that never was.
  virtual base::Result<std::vector<Event>> events(std::string_view subscription, std::int64_t after,
                                                  std::size_t most) = 0;
  virtual base::Result<EventCount> event_count(std::string_view subscription) = 0;
  /// What wrote a version of a resource; nullopt: there is no such version.
  virtual base::Result<std::optional<Origin>> origin(const fhir::ResourceKey& key,
                                                     std::int64_t version) = 0;
  /// The engine's plan of a search, for who asks how it is answered; holds no values.
  virtual base::Result<std::string> explain(const Search& search) = 0;
};

/// What counts once: the jti of an assertion, a token that was taken back.
struct Spending {
  std::string kind, name;
  base::Instant until;
};

/// What `store verify` found; empty `problems` is a clean store.
struct Verification {
  std::int64_t arrivals = 0, resources = 0, versions = 0, deliveries = 0, audit_rows = 0;
  std::string audit_head;  // hex of the chain's end; who notes it down can compare
  std::int64_t signed_heads = 0, signed_up_to = 0;  // how many, and the row the last is of
  std::vector<std::string> signed_by;               // public keys, hex, each once
  std::vector<std::string> problems;  // each names its place, and nothing that was read there
};

struct Health {
  bool writable = false;
  std::string reason;  // why not
  std::int64_t bytes = 0, free_bytes = 0;
};

/// Safe from any thread. `unavailable` errors mean refused (rolled back); `unknown` that it may or
/// may not be durable (TRUST R2).
class Store {
 public:
  virtual ~Store() = default;
  /// How many committers may run at once.
  virtual int writers() const = 0;
  virtual base::Result<Known> current(std::span<const Ask> asks,
                                      std::span<const ArrivalKey> arrivals,
                                      std::span<const OrderAsk> orders) = 0;
  /// The Observations that stand of orders, by what the ids of one share behind their letter
  /// (V2FHIR.md §3.1); of very many of one order the first, and all that are surveys.
  virtual base::Result<std::vector<std::vector<fhir::ResourceKey>>> observations(
      std::span<const std::string> heads) = 0;
  /// One durable transaction; durable on return. Outcomes in the order of entries.
  virtual base::Result<std::vector<Outcome>> commit(std::span<const Entry> entries) = 0;
  /// Audit rows that belong to no arrival (reads, refusals); join the next group, durable on
  /// return.
  virtual base::Result<void> audit(std::span<const AuditRow> rows) = 0;
  /// The same of one row, without waiting: who awaits it hears of it.
  virtual void audit(AuditRow row, std::shared_ptr<Awaiting> awaits) = 0;
  /// Rows of the trail, newest first. What a search by patient or time goes by is brought up to
  /// date first: what was audited before the call is found.
  virtual base::Result<std::vector<AuditRecord>> audited(const AuditAsk& asked) = 0;
  /// The trail behind row `after`, in order, at most so many rows.
  virtual base::Result<std::vector<ProvenAudit>> trail(std::int64_t after, std::size_t most) = 0;
  /// A receiver of the trail has all of it up to row `number`; durable on return.
  virtual base::Result<void> handed_on(std::string_view receiver, std::int64_t number) = 0;
  /// Up to which row a receiver has the trail; 0: it has none of it.
  virtual base::Result<std::int64_t> handed_on(std::string_view receiver) = 0;
  virtual base::Result<AuditHead> audit_head() = 0;
  /// Keeps a signature beside the trail; durable on return.
  virtual base::Result<void> vouch(const SignedHead& head) = 0;
  /// The newest signed head; number 0: there is none.
  virtual base::Result<SignedHead> vouched() = 0;
  virtual base::Result<std::unique_ptr<Snapshot>> snapshot() = 0;

  /// Leases up to `limit` deliveries of a target that are due, at most one a patient and only the
  /// oldest undelivered of each, in order of sequence.
  virtual base::Result<std::vector<Delivery>> claim(const std::string& target, std::size_t limit,
                                                    base::Instant now,
                                                    std::chrono::seconds lease) = 0;
  virtual base::Result<Settled> settle(std::span<const Settlement> settlements) = 0;
  /// Deliveries in order of sequence.
  virtual base::Result<std::vector<Letter>> letters(const LettersAsked& asked) = 0;
  /// What people decide about dead letters, and who did, in one transaction; how many of them were
  /// still dead. What is sent once more goes before what waits of its patient.
  virtual base::Result<std::int64_t> decide(std::span<const std::int64_t> sequences,
                                            LetterDecision decision,
                                            std::span<const AuditRow> rows) = 0;
  virtual base::Result<std::vector<TargetBacklog>> backlog() = 0;
  /// A page of what arrived. What a search by patient, sender, time or state goes by is brought up
  /// to date first, so much at once: `unavailable` "lists-behind …" where there is more than that.
  virtual base::Result<ArrivalsPage> arrivals(const ArrivalsAsked& asked) = 0;
  /// nullopt: there is none of that number.
  virtual base::Result<std::optional<ArrivalWhole>> arrival(base::ArrivalNumber number) = 0;
  /// How many arrived since then, as far as clocks went forward; and at all, from time 0 on.
  virtual base::Result<std::int64_t> arrived_since(base::Instant since) = 0;
  /// Open items of the review list with numbers below `before`, newest first.
  virtual base::Result<std::vector<ReviewLine>> open_reviews(std::int64_t before,
                                                             std::size_t most) = 0;
  /// Whom something came from, in order of their names; as `arrivals` by sender.
  virtual base::Result<std::vector<SenderLine>> senders() = 0;
  /// What went wrong last at a target: the answer to its newest dead letter, or to what waits.
  virtual base::Result<std::string> last_trouble(const std::string& target) = 0;
  /// The receiver of a subscription has said yes to its events up to `number`; with the audit rows
  /// of that, durable on return.
  virtual base::Result<void> told(std::string_view subscription, std::int64_t number,
                                  std::span<const AuditRow> rows) = 0;
  /// A name of a kind is used, once: it holds, for every gateway on this store and through
  /// restarts, until it is over (TRUST T8). With the audit rows of that, durable on return; false:
  /// it is used already, and nothing is written.
  virtual base::Result<bool> spend(const Spending& spending, std::span<const AuditRow> rows) = 0;
  /// What of a kind is used and not over.
  virtual base::Result<std::vector<Spending>> spent(std::string_view kind) = 0;
  /// Writes these, with the audit rows of that; durable on return. False: one of them was changed
  /// meanwhile, and nothing is written.
  virtual base::Result<bool> keep(std::span<const Keeping> changes,
                                  std::span<const AuditRow> rows) = 0;
  /// nullopt: there is none, or its time is over.
  virtual base::Result<std::optional<Kept>> kept(std::string_view kind, std::string_view name) = 0;
  /// All of a kind, in order of their names.
  virtual base::Result<std::vector<Kept>> all_kept(std::string_view kind) = 0;
  /// What all review items of this code were about, settled ones too, each once. For the start: it
  /// looks at every item.
  virtual base::Result<std::vector<Reviewed>> reviewed(std::string_view code) = 0;

  /// 32 random bytes kept under a name from the store's first day (cursor key and the like).
  virtual base::Result<std::string> secret(const std::string& name) = 0;
  virtual Health health() = 0;
  virtual base::Result<Verification> verify() = 0;
  /// The same of the audit trail alone: chain, end, signed heads.
  virtual base::Result<Verification> verify_audit() = 0;
  /// Removes what a cursor's life has outlived: superseded index rows older than `before`.
  virtual base::Result<void> sweep(base::Instant before) = 0;
  /// Tries to heal after a failed sync: reopen, checkpoint, check (TRUST R4). True: usable again.
  virtual bool recover() = 0;
};

}  // namespace gateway::store
