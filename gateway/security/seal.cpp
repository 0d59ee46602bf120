#include "gateway/security/seal.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "gateway/base/result.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/openssl_owned.hpp"

namespace gateway::security {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using Cipher = Owned<EVP_CIPHER_CTX>;

}  // namespace

std::string seal(std::string_view key, std::string_view text, std::string_view bound_to) {
  base::invariant(key.size() == 32, "a sealing key has 32 bytes");
  std::array<unsigned char, nonce_bytes> nonce{};
  base::invariant(RAND_bytes(nonce.data(), static_cast<int>(nonce.size())) == 1,
                  "there is randomness for a nonce");
  std::vector<unsigned char> out(nonce_bytes + text.size() + tag_bytes);
  std::copy(nonce.begin(), nonce.end(), out.begin());

  const Cipher cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  int last = 0;
  const bool done =
      cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key), nonce.data()) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, octets(bound_to),
                        static_cast<int>(bound_to.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), out.data() + nonce_bytes, &length, octets(text),
                        static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), out.data() + nonce_bytes + length, &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                          out.data() + nonce_bytes + text.size()) == 1;
  base::invariant(done, "AES-256-GCM seals what it is given");
  return to_base64url({reinterpret_cast<const char*>(out.data()), out.size()});
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view bound_to) {
  base::invariant(key.size() == 32, "a sealing key has 32 bytes");
  const auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < nonce_bytes + tag_bytes) return std::nullopt;
  const std::string_view nonce(bytes->data(), nonce_bytes);
  const std::string_view hidden(bytes->data() + nonce_bytes,
                                bytes->size() - nonce_bytes - tag_bytes);
  std::array<unsigned char, tag_bytes> tag{};
  std::copy(bytes->end() - static_cast<std::ptrdiff_t>(tag_bytes), bytes->end(), tag.begin());

  std::string text(hidden.size(), '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  int last = 0;
  const bool genuine =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key), octets(nonce)) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, octets(bound_to),
                        static_cast<int>(bound_to.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), out, &length, octets(hidden),
                        static_cast<int>(hidden.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), out + length, &last) == 1;
  if (!genuine) return std::nullopt;
  return text;
}

}  // namespace gateway::security
