#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "gateway/base/result.hpp"
#include "gateway/security/public_key.hpp"

namespace gateway::security {

/// A private key of P-384 that signs as ES384. A value; any thread.
class Es384Key {
 public:
  static Es384Key generate();
  /// PEM without a passphrase. Error `configuration`: it is no private key of P-384.
  static base::Result<Es384Key> read(std::string_view pem);
  std::string pem() const;

  /// R and S, 48 bytes each, whatever their leading zeros (RFC 7518 §3.4; TRUST.md F13).
  std::string sign(std::string_view text) const;

  /// Coordinates of the public point, 48 bytes each, and what verifies.
  const std::string& x() const { return x_; }
  const std::string& y() const { return y_; }
  PublicKey public_key() const;
  /// Its name: the thumbprint of RFC 7638, base64url.
  const std::string& id() const { return id_; }

 private:
  explicit Es384Key(EVP_PKEY* key);
  std::shared_ptr<EVP_PKEY> key_;
  std::string x_, y_, id_;
};

}  // namespace gateway::security
