#pragma once
#include "gateway/base/time.hpp"
#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// The MessageHeader of a message that was refused (FHIR.md §1: one for each message that arrived,
/// with the `response` of its acknowledgement): what the topic `message-rejected` tells of. Who
/// sent it where that is known here, event and control id where they are such, why it was refused
/// and what to do; no other word of the message, which may be anything.
store::VersionWrite refused_header(const MessageWork& message, base::Instant received);

}  // namespace gateway::intake
