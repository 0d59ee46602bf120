#include "gateway/security/seal.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "gateway/base/hash.hpp"
#include "gateway/base/result.hpp"

namespace gateway::security {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_url_form(std::string base64) {
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  while (!base64.empty() && base64.back() == '=') base64.pop_back();
  return base64;
}

std::optional<std::string> from_url_form(std::string_view sealed) {
  std::string base64(sealed);
  for (char& c : base64) {
    if (c == '+' || c == '/' || c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      return std::nullopt;  // one text, one spelling
    }
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (base64.size() % 4 != 0) base64 += '=';
  return base::base64_decode(base64);
}

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
  return to_url_form(base::base64({reinterpret_cast<const char*>(out.data()), out.size()}));
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view bound_to) {
  base::invariant(key.size() == 32, "a sealing key has 32 bytes");
  auto bytes = from_url_form(sealed);
  if (!bytes || bytes->size() < nonce_bytes + tag_bytes) return std::nullopt;
  // A last character may carry bits that decode to nothing: only the one spelling is ours.
  if (to_url_form(base::base64(*bytes)) != sealed) return std::nullopt;
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
