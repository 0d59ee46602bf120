#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gateway::security {

/// RFC 4648 §5 without padding, as tokens and keys are written (RFC 7515 §2).
std::string to_base64url(std::string_view bytes);
/// Strict: one text has one spelling. nullopt: padding, white space, a letter of plain base64, or
/// last bits that decode to nothing.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace gateway::security
