#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gateway::fhir::search {

/// Decodes a name or value of application/x-www-form-urlencoded text once: %XX to bytes, `+` to a
/// blank. nullopt: a % without two hexadecimal digits, bytes that are no UTF-8, or a NUL.
std::optional<std::string> form_decoded(std::string_view text);

/// The way back: all but letters, digits and -._~:/, become %XX (RFC 3986 §2.3, §3.4).
std::string form_encoded(std::string_view text);

}  // namespace gateway::fhir::search
