#include "tests/support/forge.hpp"

#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "gateway/base/hash.hpp"

namespace tests {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* key_of(void* key) {
  return static_cast<EVP_PKEY*>(key);
}

std::string number_of(void* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key_of(key), name, &number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return base64url(bytes);
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string text = gateway::base::base64(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string unsigned_token(const std::string& header, const std::string& claims,
                           std::string_view signature) {
  return base64url(header) + '.' + base64url(claims) + '.' + base64url(signature);
}

std::string es384(const gateway::security::Es384Key& key, const std::string& header,
                  const std::string& claims) {
  return unsigned_token(header, claims, key.sign(base64url(header) + '.' + base64url(claims)));
}

std::string hmac(std::string_view secret, const std::string& header, const std::string& claims) {
  const std::string text = base64url(header) + '.' + base64url(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha384(), secret.data(), static_cast<int>(secret.size()), octets(text), text.size(),
       digest, &length);
  return text + '.' + base64url({reinterpret_cast<const char*>(digest), length});
}

RsaKey::RsaKey(int bits) : key_(EVP_RSA_gen(static_cast<unsigned>(bits))) {
  if (key_ == nullptr) throw std::runtime_error("no RSA key");
}

RsaKey::~RsaKey() {
  EVP_PKEY_free(key_of(key_));
}

std::string RsaKey::sign(const std::string& header, const std::string& claims, const char* digest,
                         bool pss) const {
  const std::string text = base64url(header) + '.' + base64url(claims);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  std::string signature(1024, '\0');
  std::size_t length = signature.size();
  EVP_DigestSignInit_ex(context, &parameters, digest, nullptr, nullptr, key_of(key_), nullptr);
  if (pss) EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
  const bool done = EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()),
                                   &length, octets(text), text.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!done) throw std::runtime_error("RSA does not sign");
  signature.resize(length);
  return text + '.' + base64url(signature);
}

std::string RsaKey::jwk(const std::string& kid, const std::string& more) const {
  return R"({"kty":"RSA","kid":")" + kid + R"(","n":")" + number_of(key_, OSSL_PKEY_PARAM_RSA_N) +
         R"(","e":")" + number_of(key_, OSSL_PKEY_PARAM_RSA_E) + '"' + more + '}';
}

std::string RsaKey::public_pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key_of(key_));
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio, &text);
  std::string out(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return out;
}

std::string jwk(const gateway::security::Es384Key& key, const std::string& kid,
                const std::string& more) {
  return R"({"kty":"EC","crv":"P-384","kid":")" + kid + R"(","x":")" + base64url(key.x()) +
         R"(","y":")" + base64url(key.y()) + '"' + more + '}';
}

std::string key_set(const std::string& keys) {
  return R"({"keys":[)" + keys + "]}";
}

}  // namespace tests
