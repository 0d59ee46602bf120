#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gateway::security {

/// Authenticated encryption of a short text (AES-256-GCM, random nonce), as base64url without
/// padding. `key` is 32 bytes; `bound_to` must be the same when opening.
std::string seal(std::string_view key, std::string_view text, std::string_view bound_to);
/// nullopt: forged, damaged, or bound to something else.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view bound_to);

}  // namespace gateway::security
