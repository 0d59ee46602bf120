#pragma once
#include <string>

#include "gateway/base/log.hpp"
#include "gateway/net/wire.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::net {

/// Counts how a handshake ended: "ok", "timeout", or the wire's word for why it was refused.
void count_handshake(observe::Metrics& metrics, const std::string& door, const char* result);

/// Counts and logs a handshake that failed, under the door's own event and name of itself: who it
/// was, what was shown, and why it was refused.
void note_refused_handshake(observe::Metrics& metrics, const std::string& door, const char* event,
                            const base::LogField& which, const Wire& wire);

/// Counts and logs a connection that was closed: its address has as many as it may
/// (`limits.connections_per_address`).
void note_crowded_address(observe::Metrics& metrics, const std::string& door, const Wire& wire);

/// Counts and logs a connection that was closed because its certificate would not be let in any
/// more: revoked, or its authority is no longer believed.
void note_disbelieved_peer(observe::Metrics& metrics, const std::string& door, const Wire& wire);

}  // namespace gateway::net
