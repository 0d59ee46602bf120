#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

struct evp_pkey_st;

namespace gateway::security {

/// A private key that signs tokens: EC P-384 (ES384) or RSA of at least 2048 bits (RS384), RFC 7518
/// §3. Immutable; any thread.
class JwsKey {
 public:
  /// PEM. Error `configuration` naming the file and the remedy, never a byte of it.
  static base::Result<JwsKey> read(const std::filesystem::path& file);

  std::string_view algorithm() const { return is_ec_ ? "ES384" : "RS384"; }
  /// RFC 7638, of the public key: what it is called where nobody named it.
  const std::string& thumbprint() const { return thumbprint_; }
  /// The public key as a JWK, without `kid`: {"kty":"EC",…}.
  const std::string& public_jwk() const { return public_jwk_; }
  /// JWS compact serialisation (RFC 7515 §7.1) of two JSON texts. An ES384 signature is R and S of
  /// 48 bytes each, padded (RFC 7518 §3.4; TRUST F13).
  std::string sign(std::string_view header, std::string_view payload) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  bool is_ec_ = false;
  std::string thumbprint_, public_jwk_;
};

}  // namespace gateway::security
