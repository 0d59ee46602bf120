#pragma once
#include <string>
#include <string_view>

#include "gateway/security/es384_key.hpp"

namespace tests {

/// Makes tokens, sound and hostile. Header and claims are JSON texts, taken as they are.
std::string base64url(std::string_view bytes);
std::string es384(const gateway::security::Es384Key& key, const std::string& header,
                  const std::string& claims);
/// HMAC with any secret: what "alg":"HS256" would be (RFC 8725 §2.1).
std::string hmac(std::string_view secret, const std::string& header, const std::string& claims);
std::string unsigned_token(const std::string& header, const std::string& claims,
                           std::string_view signature = "");

/// A private RSA key.
class RsaKey {
 public:
  explicit RsaKey(int bits = 2048);
  ~RsaKey();
  RsaKey(const RsaKey&) = delete;
  RsaKey& operator=(const RsaKey&) = delete;
  /// PKCS #1 v1.5; `digest` "SHA384" is RS384.
  std::string sign(const std::string& header, const std::string& claims,
                   const char* digest = "SHA384", bool pss = false) const;
  std::string jwk(const std::string& kid, const std::string& more = "") const;
  std::string public_pem() const;

 private:
  void* key_;  // EVP_PKEY
};
std::string jwk(const gateway::security::Es384Key& key, const std::string& kid,
                const std::string& more = "");
std::string key_set(const std::string& keys);

}  // namespace tests
