#include "gateway/security/totp.hpp"

#include <array>

#include <openssl/hmac.h>

#include "gateway/base/result.hpp"
#include "gateway/security/password.hpp"

namespace gateway::security::totp {

std::string code_of(std::string_view secret, std::int64_t step, int digits) {
  std::array<unsigned char, 8> counter{};
  auto left = static_cast<std::uint64_t>(step);
  for (auto byte = counter.rbegin(); byte != counter.rend(); ++byte, left >>= 8)
    *byte = static_cast<unsigned char>(left & 0xff);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  base::invariant(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
                       counter.size(), mac.data(), &size) != nullptr &&
                      size == 20,
                  "there is HMAC-SHA-1");
  const std::size_t at = mac[size - 1] & 0xfU;  // RFC 4226 §5.3, dynamic truncation
  std::uint32_t number = ((mac[at] & 0x7fU) << 24) | (std::uint32_t{mac[at + 1]} << 16) |
                         (std::uint32_t{mac[at + 2]} << 8) | mac[at + 3];
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> step_of(std::string_view secret, std::string_view code,
                                    std::int64_t seconds, std::int64_t last) {
  const std::int64_t now = seconds / step_seconds;
  for (const std::int64_t step : {now, now - 1, now + 1})
    if (step > last && equal_secrets(code_of(secret, step), code)) return step;
  return std::nullopt;
}

std::string to_base32(std::string_view secret) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  unsigned held = 0, bits = 0;
  for (const char c : secret) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += letters[(held >> (bits - 5)) & 31U];
  }
  if (bits > 0) out += letters[(held << (5 - bits)) & 31U];
  return out;
}

/// The key URI that authenticator apps read. Names here hold only signs that need no escape.
std::string address(std::string_view secret, std::string_view issuer, std::string_view account) {
  return "otpauth://totp/" + std::string(issuer) + ":" + std::string(account) +
         "?secret=" + to_base32(secret) + "&issuer=" + std::string(issuer) +
         "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace gateway::security::totp
