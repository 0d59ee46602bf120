#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "gateway/base/result.hpp"
#include "gateway/security/es384_key.hpp"

namespace gateway::security {

/// A private key that signs tokens: EC P-384 (ES384) or RSA of at least 2048 bits (RS384), RFC 7518
/// §3. Immutable; any thread.
class JwsKey {
 public:
  /// PEM. Error `configuration` naming the file and the remedy, never a byte of it.
  static base::Result<JwsKey> read(const std::filesystem::path& file);

  std::string_view algorithm() const { return ec_ ? "ES384" : "RS384"; }
  /// RFC 7638, of the public key: what it is called where nobody named it.
  const std::string& thumbprint() const { return thumbprint_; }
  /// JWS compact serialisation (RFC 7515 §7.1) of two JSON texts.
  std::string sign(std::string_view header, std::string_view payload) const;

 private:
  std::optional<Es384Key> ec_;
  std::shared_ptr<EVP_PKEY> rsa_;  // where it is no key of P-384
  std::string thumbprint_;
};

}  // namespace gateway::security
