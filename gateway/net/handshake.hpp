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

}  // namespace gateway::net
