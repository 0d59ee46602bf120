#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/topics/topic.hpp"

namespace gateway::topics {

/// How much of a focus a notice carries.
enum class Payload { empty, id_only, full_resource };
std::string_view to_text(Payload payload);
std::optional<Payload> payload_of(std::string_view text);

enum class State { requested, active, error, off };
std::string_view to_text(State state);

/// Who is told: we post to an address, or the client listens to `$stream`.
enum class Channel { rest_hook, server_sent_events };

struct Subscription {
  std::string id;
  State state = State::requested;
  const Topic* topic = nullptr;
  std::vector<fhir::search::Criterion> filter;  // all of them
  Channel channel = Channel::rest_hook;
  std::string endpoint;  // of a rest-hook
  std::vector<std::pair<std::string, std::string>> headers;
  Payload payload = Payload::id_only;
  std::chrono::seconds heartbeat{0};  // 0: none is asked for
  std::chrono::seconds timeout{30};
  std::size_t most_events = 20;  // in one notice
  std::optional<base::Instant> end;
  std::string client;    // meta.source: whose it is
  std::string identity;  // how that client showed itself when it last wrote the subscription
};

/// Reads a Subscription of the backport profile. Errors: `malformed` "invalid-resource …", `where`
/// is the FHIRPath of what is wrong; those of a search for what its filter says.
base::Result<Subscription> read(const fhir::Json& resource);

/// What this gateway itself writes into a client's resource: whose it is, and the state. Members of
/// the client's that say otherwise are replaced.
void sign(fhir::Json& resource, const std::string& client, const std::string& identity);
void set_state(fhir::Json& resource, State state, std::string_view error);

/// `meta.source` of the subscriptions of a client, by the name of its principal.
std::string client_url(std::string_view name);

/// An extension of the backport guide.
std::string backport(std::string_view name);

}  // namespace gateway::topics
