#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace gateway::security {

/// Seals bytes so that only the holder of a key reads them: CMS AuthEnvelopedData (RFC 5083) with
/// AES-256-GCM (RFC 5084), DER. `openssl cms -decrypt -inform DER -inkey KEY -in FILE` opens it as
/// well. It says nothing of who sealed it.
class Sealer {
 public:
  /// Of a certificate, PEM; RSA or EC. Error `configuration` with file and remedy.
  static base::Result<Sealer> read(const std::filesystem::path& certificate);
  base::Result<std::string> seal(std::string_view bytes) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

class Opener {
 public:
  /// Of its private key, PEM. Error `configuration` with file and remedy.
  static base::Result<Opener> read(const std::filesystem::path& key);
  /// Error `malformed`: it was sealed for somebody else, or was changed.
  base::Result<std::string> open(std::string_view sealed) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace gateway::security
