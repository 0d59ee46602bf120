#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::security {

/// One-time codes by time (RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits, which is what
/// the apps that people have understand.
namespace totp {

inline constexpr std::int64_t step_seconds = 30;
inline constexpr std::size_t secret_bytes = 20;  // RFC 4226 §4, R6

/// The code of a step, counted from 1970, with `digits` digits (RFC 4226 §5.3).
std::string code_of(std::string_view secret, std::int64_t step, int digits = 6);

/// The step whose code this is: the one at `seconds` since 1970, or a neighbour, for clocks that
/// are apart; nullopt: none, or none behind `last`, since a code counts once.
std::optional<std::int64_t> step_of(std::string_view secret, std::string_view code,
                                    std::int64_t seconds, std::int64_t last);

/// The secret as apps take it (RFC 4648 base32, upper case), and the address that a QR code holds.
std::string to_base32(std::string_view secret);
std::string address(std::string_view secret, std::string_view issuer, std::string_view account);

}  // namespace totp
}  // namespace gateway::security
