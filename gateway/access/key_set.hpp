#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/security/es384_key.hpp"
#include "gateway/security/public_key.hpp"

namespace gateway::access {

struct NamedKey {
  std::string id;  // kid
  security::PublicKey key;
};
using KeySet = std::vector<NamedKey>;

/// Keys of a JWK set (RFC 7517) that verify RS384 or ES384; others in it are passed over. Errors
/// `malformed`: no set, none such in it, more than 100 keys, two of one name, or a private key,
/// which everybody who read the set has now. `rsa`: what its RSA keys verify instead of RS384.
base::Result<KeySet> read_key_set(std::string_view json,
                                  security::Algorithm rsa = security::Algorithm::rs384);

/// Our own keys for /auth/jwks.
std::string write_key_set(const std::vector<security::Es384Key>& keys);

}  // namespace gateway::access
