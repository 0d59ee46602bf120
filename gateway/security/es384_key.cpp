#include "gateway/security/es384_key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "gateway/base/hash.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/openssl_owned.hpp"

namespace gateway::security {
namespace {

/// Nobody is at the terminal: a key with a passphrase is refused instead of asked for.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

std::string fixed(const BIGNUM* number) {
  std::string bytes(p384_bytes, '\0');
  const int written =
      BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), p384_bytes);
  base::invariant(written == p384_bytes, "a number of P-384 has at most 48 bytes");
  return bytes;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  base::invariant(EVP_PKEY_get_bn_param(key, name, &number) == 1, "a key of P-384 has a point");
  const Owned<BIGNUM> owned(number);
  return fixed(owned.get());
}

bool is_p384(const EVP_PKEY* key) {
  char group[32] = {};
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         (std::string_view(group) == "secp384r1" || std::string_view(group) == "P-384");
}

}  // namespace

Es384Key::Es384Key(EVP_PKEY* key)
    : key_(key, FreeOpenssl()),
      x_(coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X)),
      y_(coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y)) {
  // RFC 7638 §3.2: the required members, in the order of their names, without a blank.
  const std::string members = R"({"crv":"P-384","kty":"EC","x":")" + to_base64url(x_) +
                              R"(","y":")" + to_base64url(y_) + R"("})";
  id_ = to_base64url(base::bytes_of(base::sha256(members)));
}

Es384Key Es384Key::generate() {
  EVP_PKEY* key = EVP_EC_gen("P-384");
  base::invariant(key != nullptr, "OpenSSL makes a key of P-384");
  return Es384Key(key);
}

base::Result<Es384Key> Es384Key::read(std::string_view pem) {
  ERR_clear_error();
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Owned<EVP_PKEY> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                          : nullptr);
  ERR_clear_error();
  if (!key || !is_p384(key.get()))
    return base::Error{base::ErrorKind::configuration, "this is no private key of P-384", "",
                       "give one as PEM without a passphrase, or take the file away: a new key is "
                       "made"};
  return Es384Key(key.release());
}

std::string Es384Key::pem() const {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  base::invariant(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0,
                                                       nullptr, nullptr) == 1,
                  "a key can be written");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string Es384Key::sign(std::string_view text) const {
  ERR_clear_error();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string der(128, '\0');
  std::size_t length = der.size();
  base::invariant(context &&
                      EVP_DigestSignInit_ex(context.get(), nullptr, "SHA384", nullptr, nullptr,
                                            key_.get(), nullptr) == 1 &&
                      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()),
                                     &length, octets(text), text.size()) == 1,
                  "a key of P-384 signs");
  const auto* at = octets(der);
  const Owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
  base::invariant(static_cast<bool>(pair), "OpenSSL reads its own signature");
  return fixed(ECDSA_SIG_get0_r(pair.get())) + fixed(ECDSA_SIG_get0_s(pair.get()));
}

PublicKey Es384Key::public_key() const {
  auto key = PublicKey::p384(x_, y_);
  base::invariant(static_cast<bool>(key), "the point of a key is a key");
  return *std::move(key);
}

}  // namespace gateway::security
