#pragma once
#include <string>
#include <string_view>

#include "gateway/audit/event.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::audit {

/// A row of the trail as syslog messages (RFC 5424), each framed by its length (RFC 5425 §4.3): one
/// for each AuditEvent of it, in FHIR JSON. Facility 10 (security), severity notice, of what was
/// refused warning; HOSTNAME is the instance, MSGID `AuditEvent`. The structured data of the first,
/// `[immunogate@32473 row= chain= record=]`, proves the row: chain(n) = SHA-256(chain(n−1) ‖
/// record(n)), record being base64, chain hexadecimal. A row that is damaged in the store says so,
/// MSGID `unreadable`. Pure.
std::string syslog_of(const store::ProvenAudit& row, const Self& self);

/// A signed head likewise, MSGID `SignedHead`: `[immunogate@32473 row= chain= at= key= signature=]`
/// says all that store::signed_text has, at in microseconds since 1970, the others hexadecimal.
std::string syslog_of(const store::SignedHead& head, const Self& self);

}  // namespace gateway::audit
