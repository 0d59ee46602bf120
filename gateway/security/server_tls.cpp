#include "gateway/security/server_tls.hpp"

#include <utility>

#include "gateway/security/files_hash.hpp"

namespace gateway::security {
ServerTls::ServerTls(TlsFiles files, ClientCertificate clients)
    : files_(std::move(files)), clients_(clients) {}

base::Result<std::unique_ptr<ServerTls>> ServerTls::open(TlsFiles files,
                                                         ClientCertificate clients) {
  std::unique_ptr<ServerTls> tls(new ServerTls(std::move(files), clients));
  if (auto read = tls->renew(); !read) return read.error();
  return tls;
}

std::shared_ptr<SSL_CTX> ServerTls::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

base::Result<ServerTls::Renewed> ServerTls::renew() {
  // Hashed before they are read: what is written in between is seen as new the next time.
  std::string shown = hash_of({files_.certificate, files_.key});
  std::string believed = hash_of({files_.ca, files_.crl});
  auto context = server_context(files_, clients_);
  if (!context) return context.error();
  const std::lock_guard lock(mutex_);
  const bool same_shown = shown == shown_, same_believed = believed == believed_;
  if (same_shown && same_believed) return Renewed::nothing;
  shown_ = std::move(shown);
  believed_ = std::move(believed);
  context_ = *std::move(context);
  return same_believed ? Renewed::certificate : Renewed::trust;
}

}  // namespace gateway::security
