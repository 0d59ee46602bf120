#pragma once
#include <functional>
#include <string>

#include "gateway/base/log.hpp"
#include "gateway/net/wire.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::net {

/// Counts how a handshake ended: "ok", "timeout", or the wire's word for why it was refused.
void count_handshake(observe::Metrics& metrics, const std::string& door, const char* result);

/// A handshake that failed: at which door, why ("expired", …), from where, what was shown.
struct RefusedHandshake {
  std::string door, reason, address, certificate;
};
/// Who else is told of it. Called on an event loop: never waits. May be empty.
using OnRefused = std::function<void(RefusedHandshake)>;

/// Counts, logs and tells of a handshake that failed, under the door's own event and name of
/// itself.
void note_refused_handshake(observe::Metrics& metrics, const std::string& door, const char* event,
                            const base::LogField& which, const Wire& wire, const OnRefused& tell);

/// Counts and logs a connection that was closed: its address has as many as it may
/// (`limits.connections_per_address`).
void note_crowded_address(observe::Metrics& metrics, const std::string& door, const Wire& wire);

/// Counts and logs a connection that was closed because its certificate would not be let in any
/// more: revoked, or its authority is no longer believed.
void note_disbelieved_peer(observe::Metrics& metrics, const std::string& door, const Wire& wire);

}  // namespace gateway::net
