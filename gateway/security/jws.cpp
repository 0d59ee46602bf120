#include "gateway/security/jws.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "gateway/base/hash.hpp"
#include "gateway/security/base64url.hpp"

namespace gateway::security {
namespace {

constexpr std::size_t coordinate_bytes = 48;  // of P-384
constexpr int least_rsa_bits = 2048;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* value) const noexcept {
    free(value);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Signing = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

base::Error refusal(const std::filesystem::path& file, std::string what) {
  return {base::ErrorKind::configuration, std::move(what), file.string(),
          "name a PEM file with an unencrypted EC P-384 or RSA key of at least 2048 bits"};
}

Number number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(key, name, &found);
  return Number(found);
}

std::string bytes_of(const BIGNUM* number, std::size_t size) {
  std::string bytes(size, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  return bytes;
}
std::string bytes_of(const BIGNUM* number) {
  return bytes_of(number, static_cast<std::size_t>(BN_num_bytes(number)));
}

/// The members RFC 7638 §3.2 hashes, in its order.
std::string jwk_of(const EVP_PKEY* key, bool is_ec) {
  if (is_ec) {
    const auto x = number_of(key, OSSL_PKEY_PARAM_EC_PUB_X);
    const auto y = number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (!x || !y) return "";
    return R"({"crv":"P-384","kty":"EC","x":")" +
           to_base64url(bytes_of(x.get(), coordinate_bytes)) + R"(","y":")" +
           to_base64url(bytes_of(y.get(), coordinate_bytes)) + R"("})";
  }
  const auto n = number_of(key, OSSL_PKEY_PARAM_RSA_N), e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e) return "";
  return R"({"e":")" + to_base64url(bytes_of(e.get())) + R"(","kty":"RSA","n":")" +
         to_base64url(bytes_of(n.get())) + R"("})";
}

bool is_p384(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 &&
         (std::string_view(name.data(), length) == "secp384r1" ||
          std::string_view(name.data(), length) == "P-384");
}

/// Of DER, which leaves leading zeros out, to R‖S of fixed width.
std::string fixed_width(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  base::invariant(signature != nullptr, "a signature of OpenSSL's is DER");
  return bytes_of(ECDSA_SIG_get0_r(signature.get()), coordinate_bytes) +
         bytes_of(ECDSA_SIG_get0_s(signature.get()), coordinate_bytes);
}

}  // namespace

base::Result<JwsKey> JwsKey::read(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, CloseFile> in(std::fopen(file.c_str(), "rb"));
  if (!in) return refusal(file, "the key cannot be read");
  const auto no_password = [](char*, int, int, void*) { return 0; };
  EVP_PKEY* read = PEM_read_PrivateKey(in.get(), nullptr, no_password, nullptr);
  if (read == nullptr) return refusal(file, "this is no private key");
  JwsKey key;
  key.key_ = std::shared_ptr<EVP_PKEY>(read, EVP_PKEY_free);
  const int kind = EVP_PKEY_get_base_id(read);
  key.is_ec_ = kind == EVP_PKEY_EC && is_p384(read);
  if (!key.is_ec_ && !(kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(read) >= least_rsa_bits))
    return refusal(file, "this key is of no kind that tokens are signed with");
  key.public_jwk_ = jwk_of(read, key.is_ec_);
  if (key.public_jwk_.empty()) return refusal(file, "this key has no public half");
  key.thumbprint_ = to_base64url(base::bytes_of(base::sha256(key.public_jwk_)));
  return key;
}

std::string JwsKey::sign(std::string_view header, std::string_view payload) const {
  const std::string signed_text = to_base64url(header) + "." + to_base64url(payload);
  const Signing signing(EVP_MD_CTX_new());
  std::size_t size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(signed_text.data());
  bool done = EVP_DigestSignInit(signing.get(), nullptr, EVP_sha384(), nullptr, key_.get()) == 1 &&
              EVP_DigestSign(signing.get(), nullptr, &size, text, signed_text.size()) == 1;
  std::string signature(size, '\0');
  done = done && EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                &size, text, signed_text.size()) == 1;
  base::invariant(done, "a key that was read signs");
  signature.resize(size);
  return signed_text + "." + to_base64url(is_ec_ ? fixed_width(signature) : signature);
}

}  // namespace gateway::security
