#include "gateway/security/password.hpp"

#include <charconv>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "gateway/base/parts.hpp"
#include "gateway/base/result.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/random.hpp"

namespace gateway::security {
namespace {

constexpr std::size_t salt_bytes = 16, hash_bytes = 32;
constexpr std::string_view scheme = "scrypt";
constexpr unsigned most_log_n = 20, most_r = 32,
                   most_p = 16;  // of what is read: a limit (TRUST T5)

bool read(std::string_view text, unsigned most, unsigned& value) {
  const auto* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, value);
  return got.ec == std::errc() && got.ptr == end && value > 0 && value <= most;
}

}  // namespace

std::string scrypt(std::string_view password, std::string_view salt, ScryptCost cost,
                   std::size_t bytes) {
  std::string out(bytes, '\0');
  const std::uint64_t n = std::uint64_t{1} << cost.log_n;
  const std::uint64_t memory = 128 * cost.r * (n + cost.p + 2) + (1U << 20);
  base::invariant(
      EVP_PBE_scrypt(password.data(), password.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), n, cost.r,
                     cost.p, memory, reinterpret_cast<unsigned char*>(out.data()), bytes) == 1,
      "scrypt can be computed");
  return out;
}

std::string hash_password(std::string_view password, ScryptCost cost) {
  const std::string salt = random_bytes(salt_bytes);
  return std::string(scheme) + '$' + std::to_string(cost.log_n) + '$' + std::to_string(cost.r) +
         '$' + std::to_string(cost.p) + '$' + to_base64url(salt) + '$' +
         to_base64url(scrypt(password, salt, cost, hash_bytes));
}

bool is_password(std::string_view password, std::string_view kept) {
  ScryptCost cost;
  if (base::next_part(kept, '$') != scheme) return false;
  if (!read(base::next_part(kept, '$'), most_log_n, cost.log_n) ||
      !read(base::next_part(kept, '$'), most_r, cost.r) ||
      !read(base::next_part(kept, '$'), most_p, cost.p))
    return false;
  const auto salt = from_base64url(base::next_part(kept, '$'));
  const auto hash = from_base64url(kept);
  if (!salt || !hash || hash->size() != hash_bytes) return false;
  return equal_secrets(scrypt(password, *salt, cost, hash_bytes), *hash);
}

bool equal_secrets(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace gateway::security
