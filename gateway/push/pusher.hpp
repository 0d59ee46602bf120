/// Room push (floor 6): tells the receivers of rest-hook subscriptions: handshake, notices in the
/// order of their numbers, heartbeats, and again until they answer. Knows no sockets.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/access/access.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/store/store.hpp"
#include "gateway/topics/interest.hpp"
#include "gateway/topics/subscription.hpp"

namespace gateway::push {

struct Settings {
  std::string instance;  // who writes states
  std::string base_url;
  int threads = 4;  // receivers told at once
};

/// The receiver of a subscription: its endpoint with its headers and time-out.
using Connect =
    std::function<base::Result<std::unique_ptr<outbox::Target>>(const topics::Subscription&)>;

/// What all subscriptions that are not off want to be told of, for the start: each within what its
/// client is granted now. One whose client lost its access is left out.
base::Result<topics::Interests> interests(store::Store& store, const access::Access& access);

/// At least once: a notice is repeated with its numbers until the receiver says yes (2xx) and that
/// is durable. After ten failures in a row the subscription's state is `error`; it is tried on all
/// the same, and is `active` with the first yes. It ends (`off`) by its client, by `end`, and where
/// its client lost its access.
class Pusher {
 public:
  Pusher(store::Store& store, query::Reader& reader, intake::Intake& intake,
         const access::Access& access, Settings settings, Connect connect, const base::Clock& clock,
         observe::Metrics& metrics);
  ~Pusher();

  /// Reads which subscriptions stand, ends those whose client lost its access, and begins. Before
  /// anything is received.
  base::Result<void> start();
  void stop();  // requests under way finish

  /// Grants were exchanged: each subscription is read again, as who its client is now, and ends
  /// where it lost its access. What a wider grant lets it see is numbered from its next write on.
  void read_again();
  /// Of intake: has events, or was written. Any thread; returns at once.
  void look(const intake::EventsTold& told);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::push
