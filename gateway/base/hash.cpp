#include "gateway/base/hash.hpp"

#include <algorithm>
#include <memory>

#include <openssl/evp.h>

#include "gateway/base/result.hpp"

namespace gateway::base {
namespace {
constexpr char unit_separator = '\x1F';

struct Free {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

Digest sha256(std::string_view bytes) {
  // Fetched once: with EVP_sha256() every digest looks the algorithm up again, under a lock.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Digest digest{};
  // A message is hashed in a hundred pieces: each thread keeps its context.
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  unsigned size = 0;
  const bool ok = EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
                  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1;
  invariant(ok && size == digest.size(), "SHA-256 is available");
  return digest;
}

KeyHash& KeyHash::add(std::string_view part) {
  constexpr std::size_t usual_bytes = 120;
  if (joined_.capacity() < usual_bytes) joined_.reserve(usual_bytes);
  if (!joined_.empty()) joined_ += unit_separator;
  joined_ += part;
  return *this;
}

Digest KeyHash::digest() const {
  return sha256(joined_);
}

std::string base32(const Digest& digest, std::size_t characters) {
  static constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out(std::min(characters, digest.size() * 8 / 5), '\0');
  std::uint32_t pending = 0;
  int bits = 0;
  auto byte = digest.begin();
  for (char& letter : out) {
    if (bits < 5) {
      pending = pending << 8 | *byte++;
      bits += 8;
    }
    bits -= 5;
    letter = alphabet[pending >> bits & 31U];
  }
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15U];
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string packed;
  packed.reserve(text.size());
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') packed += c;
  if (packed.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < packed.size() && packed[packed.size() - 1 - padding] == '=')
    ++padding;
  // OpenSSL reads '=' as zero bits anywhere, so a padding character inside must be refused here.
  if (packed.find('=') != std::string::npos && packed.find('=') < packed.size() - padding)
    return std::nullopt;
  std::string out(packed.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(packed.data()),
                                   static_cast<int>(packed.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace gateway::base
