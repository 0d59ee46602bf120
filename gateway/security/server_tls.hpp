#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "gateway/security/tls_context.hpp"

namespace gateway::security {

/// What a door shows and whom it believes, exchanged while it runs (TRUST P15). Any thread.
class ServerTls {
 public:
  static base::Result<std::unique_ptr<ServerTls>> open(TlsFiles files, ClientCertificate clients);

  /// For one connection, which takes a share of its own (SSL_new).
  std::shared_ptr<SSL_CTX> context() const;

  enum class Renewed { nothing, certificate, trust };
  /// Reads the files again. `trust`: authorities or revocations are others than before, so that who
  /// is connected must be asked anew. Error: what stood stays.
  base::Result<Renewed> renew();

 private:
  ServerTls(TlsFiles files, ClientCertificate clients);

  const TlsFiles files_;
  const ClientCertificate clients_;
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;  // guarded by mutex_, like what follows
  std::string shown_, believed_;      // hashes of the files
};

}  // namespace gateway::security
