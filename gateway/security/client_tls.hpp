#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/security/tls_context.hpp"

namespace gateway::security {

/// What we show to servers and which of them we believe, exchanged while connections to them come
/// and go (TRUST P15). Who connects compares the edition with the one it has read. Any thread.
class ClientTls {
 public:
  /// Error `configuration` naming the file and the remedy.
  static base::Result<std::shared_ptr<ClientTls>> open(TlsFiles files);

  const TlsFiles& files() const { return files_; }
  /// Another number each time that what the files hold was another.
  std::uint64_t edition() const;
  /// Reads the files again. Error: what stood stays.
  base::Result<void> renew();

 private:
  explicit ClientTls(TlsFiles files) : files_(std::move(files)) {}

  const TlsFiles files_;
  mutable std::mutex mutex_;
  std::uint64_t edition_ = 0;  // guarded by mutex_
  std::string hash_;           // guarded by mutex_; of the files
};

}  // namespace gateway::security
