#include "gateway/security/public_key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "gateway/security/openssl_owned.hpp"

namespace gateway::security {
namespace {

constexpr int least_bits = 2048;
constexpr int most_bits = 8192;  // what takes longer to verify is no key but a burden

base::Error unusable(std::string what, std::string remedy) {
  return {base::ErrorKind::malformed, std::move(what), "", std::move(remedy)};
}

/// nullptr: not a key of this type.
Owned<EVP_PKEY> key_of(const char* type, OSSL_PARAM_BLD* parts) {
  ERR_clear_error();
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(parts));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  Owned<EVP_PKEY> key(made);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;  // a point of the curve
  return key;
}

Owned<BIGNUM> number(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// R and S side by side into the DER that OpenSSL takes. "": no signature.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * p384_bytes) return "";
  Owned<BIGNUM> r = number(signature.substr(0, p384_bytes));
  Owned<BIGNUM> s = number(signature.substr(p384_bytes));
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return "";
  static_cast<void>(r.release());  // the pair's now
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  if (length <= 0) return "";
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rs384:
      return "RS384";
    case Algorithm::es384:
      return "ES384";
    case Algorithm::rs256:
      return "RS256";
  }
  return "";
}

PublicKey::PublicKey(Algorithm algorithm, EVP_PKEY* key)
    : algorithm_(algorithm), key_(key, FreeOpenssl()) {}

base::Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent,
                                       Algorithm algorithm) {
  if (modulus.size() > most_bits / 8 || exponent.size() > 8)
    return unusable("an RSA key is longer than 8192 bits", "take one of 2048 to 4096 bits");
  const Owned<BIGNUM> n = number(modulus);
  const Owned<BIGNUM> e = number(exponent);
  const Owned<OSSL_PARAM_BLD> parts(OSSL_PARAM_BLD_new());
  if (!n || !e || !parts || BN_num_bits(n.get()) < least_bits || !BN_is_odd(n.get()) ||
      !BN_is_odd(e.get()) || BN_is_one(e.get()) ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return unusable("an RSA key is shorter than 2048 bits, or none", "make a new key");
  auto key = key_of("RSA", parts.get());
  if (!key) return unusable("an RSA key cannot be used", "make a new key");
  return PublicKey(algorithm, key.release());
}

base::Result<PublicKey> PublicKey::p384(std::string_view x, std::string_view y) {
  const Owned<OSSL_PARAM_BLD> parts(OSSL_PARAM_BLD_new());
  const std::string point = std::string(1, '\4').append(x).append(y);  // uncompressed
  if (x.size() != p384_bytes || y.size() != p384_bytes || !parts ||
      OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return unusable("a key of P-384 has coordinates of another length", "make a new key");
  auto key = key_of("EC", parts.get());
  if (!key) return unusable("a key is no point of P-384", "make a new key");
  return PublicKey(Algorithm::es384, key.release());
}

bool PublicKey::verifies(std::string_view text, std::string_view signature) const {
  const std::string der = algorithm_ == Algorithm::es384 ? der_of(signature) : "";
  const std::string_view given = algorithm_ == Algorithm::es384 ? der : signature;
  if (given.empty()) return false;
  ERR_clear_error();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const char* digest = algorithm_ == Algorithm::rs256 ? "SHA256" : "SHA384";
  // RSA here is PKCS #1 v1.5, which is what RS384 and RS256 mean (RFC 7518 §3.3).
  const bool genuine =
      context &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(),
                              nullptr) == 1 &&
      EVP_DigestVerify(context.get(), octets(given), given.size(), octets(text), text.size()) == 1;
  ERR_clear_error();
  return genuine;
}

}  // namespace gateway::security
