#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/security/public_key.hpp"

namespace gateway::access {

/// A compact JWS (RFC 7515 §7.1), taken apart and not yet believed. What the header says of keys
/// (jwk, jku, x5u, x5c) is not even read: a key is one that was registered (RFC 8725 §3.10).
struct Jws {
  security::Algorithm algorithm = security::Algorithm::es384;
  std::string key_id;       // kid
  std::string type;         // typ, in lower case, without "application/"; "" where there is none
  fhir::Json claims;        // an object
  std::string signed_text;  // header and claims as they came
  std::string signature;    // decoded
};

/// Error `malformed`: what it is not, without a word of it. Refused are also algorithms but RS384
/// and ES384 (or those named), a token without kid, and one that names critical headers (`crit`):
/// we know none.
base::Result<Jws> read_jws(std::string_view token, std::span<const security::Algorithm> accepted =
                                                       security::smart_algorithms);

/// Header and claims, both JSON, as the text that is signed; and that with its signature.
std::string text_to_sign(std::string_view header, std::string_view claims);
std::string write_jws(const std::string& signed_text, std::string_view signature);

/// A claim that is a text, or an array of one (`aud`, RFC 7519 §4.1.3). "": neither.
std::string text_claim(const fhir::Json& claims, std::string_view name);
/// A NumericDate in whole seconds since 1970; nullopt: it is none. Fractions are cut.
std::optional<std::int64_t> time_claim(const fhir::Json& claims, std::string_view name);

}  // namespace gateway::access
