#include "gateway/security/signing.hpp"

#include <cstdio>
#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace gateway::security {
namespace {

constexpr std::size_t key_bytes = 32, signature_bytes = 64;

struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;
struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using Reading = int (*)(const EVP_PKEY*, unsigned char*, std::size_t*);

std::string raw(const EVP_PKEY* key, Reading reading) {
  std::string out(key_bytes, '\0');
  std::size_t size = out.size();
  if (reading(key, reinterpret_cast<unsigned char*>(out.data()), &size) != 1) return {};
  return out;
}

base::Error no_key(const std::filesystem::path& file) {
  return {base::ErrorKind::configuration, "holds no Ed25519 key", file.string(),
          "make one with `openssl genpkey -algorithm ed25519 -out FILE`"};
}

template <class Read>
base::Result<Key> read(const std::filesystem::path& file, Read read) {
  const File open(std::fopen(file.c_str(), "rb"));
  if (!open)
    return base::Error{base::ErrorKind::configuration, "cannot be read", file.string(),
                       "see that it is there and belongs to the gateway's user"};
  ERR_clear_error();
  Key key(read(open.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) return no_key(file);
  return key;
}

}  // namespace

SigningKey signing_key(std::string_view secret_bytes) {
  base::invariant(secret_bytes.size() == key_bytes, "an Ed25519 key has 32 bytes");
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(secret_bytes),
                                             secret_bytes.size()));
  base::invariant(key != nullptr, "any 32 bytes are an Ed25519 key");
  return {std::string(secret_bytes), raw(key.get(), EVP_PKEY_get_raw_public_key)};
}

base::Result<SigningKey> read_signing_key(const std::filesystem::path& file) {
  const auto key = read(file, PEM_read_PrivateKey);
  if (!key) return key.error();
  return signing_key(raw(key->get(), EVP_PKEY_get_raw_private_key));
}

base::Result<std::string> read_public_key(const std::filesystem::path& file) {
  if (auto key = read(file, PEM_read_PUBKEY)) return raw(key->get(), EVP_PKEY_get_raw_public_key);
  const auto key = read_signing_key(file);
  if (!key) return key.error();
  return key->public_key;
}

std::string sign(const SigningKey& key, std::string_view text) {
  const Key own(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(key.secret_key),
                                             key.secret_key.size()));
  const Digest context(EVP_MD_CTX_new());
  std::string out(signature_bytes, '\0');
  std::size_t size = out.size();
  const bool is_done =
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, own.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     octets(text), text.size()) == 1;
  base::invariant(is_done && size == signature_bytes, "an Ed25519 key signs");
  return out;
}

bool is_signed(std::string_view public_key, std::string_view text, std::string_view signature) {
  if (public_key.size() != key_bytes || signature.size() != signature_bytes) return false;
  ERR_clear_error();
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(public_key),
                                            public_key.size()));
  const Digest context(EVP_MD_CTX_new());
  const bool holds =
      key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text),
                       text.size()) == 1;
  ERR_clear_error();
  return holds;
}

}  // namespace gateway::security
