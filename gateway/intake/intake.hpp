/// Room intake (floor 5): everything that becomes durable: receive, lanes, settle, acknowledge.
/// Knows no sockets and no SQL.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/bell.hpp"
#include "gateway/base/buffer.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/identity.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"
#include "gateway/topics/interest.hpp"

namespace gateway::intake {

/// What a listener lets in (INTERFACE.md §6 and §7). Outlives every message that came by it.
struct ListenerPolicy {
  std::string name;                  // "mllp:2575": in metrics, logs, audit
  std::vector<std::string> senders;  // profile names; "*" = any
  bool certificates_known = false;   // TLS with client certificates
  std::vector<std::string> processing_ids = {"P"};
  bool is_framed = false;  // MLLP, whose frame bytes UTF-16 and UTF-32 may hold
};

/// One message as it came off a wire.
struct Received {
  base::Buffer bytes;
  const ListenerPolicy* listener = nullptr;
  security::PeerIdentity peer;
  base::Instant received;   // of its last byte
  bool over_limit = false;  // `bytes` is only the head (4 KiB); then of all that was read:
  std::uint64_t size = 0;
  base::Digest hash{};
};

/// What goes back. Called exactly once, from any thread, after the commit or the refusal.
struct Answered {
  std::string bytes;  // acknowledgement, no framing; "" = nothing is to be said
  /// More blocks of the same answer, each framed for itself, in order: in enhanced mode the
  /// application acknowledgement behind the commit acknowledgement; the further messages of a
  /// block that held several. A door with one body for an answer says them one after the other.
  std::vector<std::string> further;
  bool close = false;  // close the connection without (or after) the answer
};
using Answer = std::function<void(Answered)>;

/// What a FHIR transaction, or one write, came to. An error `conflict` says in its first word why:
/// `version-mismatch` or `exists` (412, of If-Match and If-None-Match), `owned-by-sender` (409),
/// `status-regression` (422), `concurrent-update` (what the write was decided on stands no more:
/// decide again); `where` names the entry ("Bundle.entry[3]"). `unavailable` and `unknown`
/// (`store-unavailable`): the store could not take it in time.
struct BundleOutcome {
  std::vector<fhir::WriteResult> results;
};
struct ReceivedBundle {
  std::vector<fhir::RequestedWrite> writes;
  std::string bytes;  // as received
  security::Principal who;
  std::string listener;
  base::Instant received;
  std::string path;  // X-ImmunoGate-Path
  /// What Subscriptions among the writes want to be told of, from their own commit on.
  std::vector<topics::InterestChange> interests = {};
};
using BundleAnswer = std::function<void(base::Result<BundleOutcome>)>;

/// Where results go after they are stored.
struct Route {
  std::string target;
  std::string instance;  // its own name on X-ImmunoGate-Path, if known
  /// Search query a resource must match ("Observation?category=laboratory"); "" = all.
  std::string only;
};

/// Can this route be followed? Only what `fhir::search::can_meet` tells chooses what leaves.
/// Error `configuration`; `where` is "forward.<target>.only". Asked by `app` before it starts.
base::Result<void> check_route(const Route& route);

/// Which subscriptions a commit was about.
struct EventsTold {
  std::vector<std::string> with_events, written;  // ids
};

struct Options {
  std::string instance;
  int lanes = 2;
  std::size_t lane_depth = 1024;  // messages
  std::size_t group_most = 512;   // messages a commit
  std::chrono::seconds hold{15};
  std::vector<Route> routes;
  topics::Interests interests;  // of the subscriptions that stand
  /// Told behind each commit that was about any subscription. On the committer's thread: wakes
  /// somebody, and is done.
  std::function<void(const EventsTold&)> on_events = {};
};

/// All that becomes durable goes in here. `receive` parses and finds the sender on the caller's
/// thread (microseconds), then hands over to a lane; it never blocks on disk. Refusals walk the
/// same road: committed, then answered.
class Intake {
 public:
  Intake(store::Store& store, std::shared_ptr<const mapping::Catalogue> catalogue, Options options,
         const base::Clock& clock, observe::Metrics& metrics, base::Bell& outbox_bell);
  ~Intake();  // drains

  void receive(Received message, Answer answer);
  void receive(ReceivedBundle bundle, BundleAnswer answer);

  /// False while lanes are full: the door stops reading until `when_room` is called.
  bool has_room() const;
  void when_room(std::function<void()> call);  // called once, from any thread

  /// Swaps mappings for messages that begin from now on.
  void publish(std::shared_ptr<const mapping::Catalogue> catalogue);
  /// Waits until everything received is answered; nothing new may be received meanwhile.
  void drain();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::intake
