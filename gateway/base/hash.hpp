#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::base {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);

/// SHA-256 over parts joined by the unit separator 1F, so that ("a","bc") and ("ab","c") differ.
class KeyHash {
 public:
  KeyHash& add(std::string_view part);
  Digest digest() const;

 private:
  std::string joined_;
};

/// RFC 4648 base32, lower case, without padding; the first `characters` of it.
std::string base32(const Digest& digest, std::size_t characters);

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
/// Strict RFC 4648 base64 with padding; white space is skipped. nullopt if it does not decode.
std::optional<std::string> base64_decode(std::string_view text);

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace gateway::base
