#include "gateway/security/client_tls.hpp"

#include <utility>

#include "gateway/security/files_hash.hpp"

namespace gateway::security {

base::Result<std::shared_ptr<ClientTls>> ClientTls::open(TlsFiles files) {
  std::shared_ptr<ClientTls> tls(new ClientTls(std::move(files)));
  if (auto read = tls->renew(); !read) return read.error();
  return tls;
}

std::uint64_t ClientTls::edition() const {
  const std::lock_guard lock(mutex_);
  return edition_;
}

base::Result<void> ClientTls::renew() {
  // Hashed before they are read: what is written in between is seen as new the next time.
  std::string hash = hash_of({files_.certificate, files_.key, files_.ca});
  if (auto context = client_context(files_); !context) return context.error();
  const std::lock_guard lock(mutex_);
  if (hash == hash_) return {};
  hash_ = std::move(hash);
  ++edition_;
  return {};
}

}  // namespace gateway::security
