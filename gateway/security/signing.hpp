#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace gateway::security {

/// An Ed25519 key (RFC 8032), as its 32 secret bytes; the public ones follow from them.
struct SigningKey {
  std::string secret_key, public_key;
};

/// Of 32 random bytes that somebody keeps.
SigningKey signing_key(std::string_view secret_bytes);
/// Of a PEM file, private (PKCS #8) as `openssl genpkey -algorithm ed25519` writes it. Error
/// `configuration` with file and remedy.
base::Result<SigningKey> read_signing_key(const std::filesystem::path& file);
/// The public key of a PEM file, private or public; its 32 bytes.
base::Result<std::string> read_public_key(const std::filesystem::path& file);

/// 64 bytes.
std::string sign(const SigningKey& key, std::string_view text);
bool is_signed(std::string_view public_key, std::string_view text, std::string_view signature);

}  // namespace gateway::security
