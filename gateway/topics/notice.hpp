#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/topics/subscription.hpp"

namespace gateway::topics {

/// One event of a subscription: the version that made it.
struct Event {
  std::int64_t number = 0;
  base::Instant at;
  /// nullopt: the client may not see it (any more); its number is told all the same, or the client
  /// would think that it missed something.
  std::optional<fhir::ResourceKey> focus;
  std::int64_t version = 0;
  bool deleted = false;
  std::string resource;  // served bytes; "": only its id is told
};

enum class Kind { handshake, heartbeat, event_notification, query_status, query_event };
std::string_view to_text(Kind kind);

/// What a subscription is told at one time.
struct Notice {
  Kind kind = Kind::heartbeat;
  std::string subscription;  // id
  std::string topic;         // URL
  State state = State::active;
  std::int64_t events = 0;  // since its beginning
  std::vector<Event> told;
  Payload payload = Payload::id_only;
  base::Instant at;
};

/// `fullUrl` of its status: the same notice has the same one.
std::string full_url(const Notice& notice);
/// Parameters of the profile backport-subscription-status-r4.
std::string status_of(const Notice& notice, const std::string& base_url);
/// The Bundle of the profile backport-subscription-notification-r4, in one line.
std::string bundle_of(const Notice& notice, const std::string& base_url);

}  // namespace gateway::topics
