#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "gateway/base/result.hpp"

namespace gateway::security {

/// The two signatures that SMART Backend Services knows (SMART App Launch 2.2, client
/// authentication: asymmetric), and the one that OpenID Connect has by default (Core §15.1), for
/// that alone. No other is ever verified, whatever a token's header says.
enum class Algorithm { rs384, es384, rs256 };
inline constexpr Algorithm smart_algorithms[] = {Algorithm::rs384, Algorithm::es384};
/// "RS384", "ES384", "RS256" (RFC 7518 §3.1).
std::string_view name_of(Algorithm algorithm);

/// Somebody's public key and the one algorithm it verifies: a key has no other (RFC 8725 §3.1).
/// A value; any thread.
class PublicKey {
 public:
  /// RSA of 2048 to 8192 bits; modulus and exponent as in RFC 7518 §6.3.1, decoded.
  static base::Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent,
                                     Algorithm algorithm = Algorithm::rs384);
  /// A point of P-384, for ES384; coordinates of 48 bytes each (RFC 7518 §6.2.1), decoded.
  static base::Result<PublicKey> p384(std::string_view x, std::string_view y);

  Algorithm algorithm() const { return algorithm_; }
  /// `signature` as a JWS carries it, decoded: of ES384 R and S of 48 bytes each (RFC 7518 §3.4).
  bool verifies(std::string_view text, std::string_view signature) const;

 private:
  PublicKey(Algorithm algorithm, EVP_PKEY* key);
  Algorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace gateway::security
