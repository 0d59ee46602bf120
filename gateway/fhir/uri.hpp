#pragma once
#include <string>
#include <string_view>

/// What may stand where FHIR R4 wants a URI (R4, uri and oid; RFC 3986).
namespace gateway::fhir {

/// "2.16.840.1.113883.6.1": two numbers or more, none with a leading zero.
bool is_oid(std::string_view text);
/// In either case; FHIR writes them in lower case.
bool is_uuid(std::string_view text);
/// http, https or urn, and nothing that RFC 3986 keeps out: blanks, quotes, what is not ASCII. What
/// begins `urn:oid:` or `urn:uuid:` (in lower case) goes on as one.
bool is_uri(std::string_view text);
/// A text with a scheme, as a URL: what RFC 3986 keeps out is percent-encoded. "" where it has no
/// scheme of two letters or more: a path (`C:\…`, `1 Main St`) says nothing of where it leads from.
std::string as_url(std::string_view text);

}  // namespace gateway::fhir
