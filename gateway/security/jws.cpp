#include "gateway/security/jws.hpp"

#include <fstream>
#include <iterator>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "gateway/base/hash.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/openssl_owned.hpp"

namespace gateway::security {
namespace {

constexpr int least_rsa_bits = 2048;

base::Error refusal(const std::filesystem::path& file, std::string what) {
  return {base::ErrorKind::configuration, std::move(what), file.string(),
          "name a PEM file with an unencrypted EC P-384 or RSA key of at least 2048 bits"};
}

std::string number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  base::invariant(EVP_PKEY_get_bn_param(key, name, &found) == 1, "an RSA key has both numbers");
  const Owned<BIGNUM> number(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

/// RFC 7638 §3.2: the required members, in the order of their names, without a blank.
std::string thumbprint_of(const EVP_PKEY* rsa) {
  const std::string members = R"({"e":")" + to_base64url(number_of(rsa, OSSL_PKEY_PARAM_RSA_E)) +
                              R"(","kty":"RSA","n":")" +
                              to_base64url(number_of(rsa, OSSL_PKEY_PARAM_RSA_N)) + R"("})";
  return to_base64url(base::bytes_of(base::sha256(members)));
}

std::string rs384(EVP_PKEY* key, std::string_view text) {
  const Owned<EVP_MD_CTX> signing(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = signature.size();
  base::invariant(
      EVP_DigestSignInit(signing.get(), nullptr, EVP_sha384(), nullptr, key) == 1 &&
          EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         octets(text), text.size()) == 1,
      "a key that was read signs");
  signature.resize(size);
  return signature;
}

}  // namespace

base::Result<JwsKey> JwsKey::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return refusal(file, "the key cannot be read");
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  JwsKey key;
  if (auto ec = Es384Key::read(pem)) {
    key.thumbprint_ = ec->id();
    key.ec_ = *std::move(ec);
    return key;
  }
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_password = [](char*, int, int, void*) { return 0; };
  Owned<EVP_PKEY> read(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!read) return refusal(file, "this is no private key");
  if (EVP_PKEY_get_base_id(read.get()) != EVP_PKEY_RSA ||
      EVP_PKEY_get_bits(read.get()) < least_rsa_bits)
    return refusal(file, "this key is of no kind that tokens are signed with");
  key.thumbprint_ = thumbprint_of(read.get());
  key.rsa_ = std::shared_ptr<EVP_PKEY>(read.release(), FreeOpenssl());
  return key;
}

std::string JwsKey::sign(std::string_view header, std::string_view payload) const {
  const std::string text = to_base64url(header) + "." + to_base64url(payload);
  return text + "." + to_base64url(ec_ ? ec_->sign(text) : rs384(rsa_.get(), text));
}

}  // namespace gateway::security
