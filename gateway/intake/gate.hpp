#pragma once
#include <optional>

#include "gateway/hl7v2/header.hpp"
#include "gateway/intake/acknowledge.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/mapping/convert.hpp"
#include "gateway/security/identity.hpp"

namespace gateway::intake {

/// Why this listener does not let this sender in, in a word for the log ("listener": it does not
/// name it; "certificate": another's was shown); nullptr: it does.
const char* sender_refusal(const mapping::Sender& sender, const ListenerPolicy& listener,
                           const security::PeerIdentity& peer);

/// May this message come in by this listener? Pure; the first rule that says no decides, and who
/// sends is asked first: sender and binding (INTERFACE.md §7), type and trigger, processing id,
/// version, control id.
std::optional<Verdict> gate(const hl7v2::Header& header, const mapping::Sender& sender,
                            const ListenerPolicy& listener, const security::PeerIdentity& peer);

/// How an error of reading or converting is told: `malformed` is AE, the rest AR.
Verdict verdict_of(const base::Error& error);

}  // namespace gateway::intake
