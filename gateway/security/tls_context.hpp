#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/security/identity.hpp"

namespace gateway::security {

/// Files of one side of TLS. `ca` verifies the other side; `crl` (one or more PEM lists) names what
/// its authorities have revoked, absent: nothing is asked. With a list, a certificate of an
/// authority that has none is refused, and so is every one once the list is out of date, unless
/// `believe_old_crl`.
struct TlsFiles {
  std::filesystem::path certificate, key, ca, crl;
  bool believe_old_crl = false;
};

enum class ClientCertificate { required, optional };

struct FreeContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

/// TLS 1.3, and 1.2 with ECDHE and AEAD only; groups X25519, P-256, P-384; no renegotiation, no
/// compression, no 0-RTT (TRUST §4.4). No session is resumed, so that every connection's chain is
/// checked afresh (T6). The certificate must match its key. A client's certificate must name
/// clientAuth in its extended key usage. Error `configuration` naming the file and the remedy.
base::Result<TlsContext> server_context(const TlsFiles& files, ClientCertificate clients);
/// Would a server with `context` let in the certificate that the peer of an open connection showed?
/// True where it showed none.
bool still_believes(SSL_CTX* context, const SSL* connection);
/// Verifies the server's certificate, and its name: `host` (a DNS name or an address), or, where
/// that is empty, what the caller gives to SSL_set1_host. Certificate and key may be absent;
/// without `ca` the system's authorities are believed.
base::Result<TlsContext> client_context(const TlsFiles& files, const std::string& host = "");

/// The client's applied to a context that a library made and owns
/// (Poco::Net::Context::sslContext()): replaces its verification and its profile.
base::Result<void> configure_client(SSL_CTX* context, const TlsFiles& files,
                                    const std::string& host = "");

/// The verified certificate of the peer of a connection; empty identity if it showed none.
PeerIdentity peer_of(const SSL* connection);
/// First 8 bytes, in hex, of the SHA-256 fingerprint of the certificate a client showed, also of
/// one that was refused; "" if it showed none. For the log: it finds the certificate, names nobody.
std::string shown_certificate(const SSL* connection);
/// What a certificate says of its owner.
PeerIdentity identity_of(const X509* certificate);

/// When a certificate file ends, and whether it is a development one (O=ImmunoGate development).
struct CertificateFacts {
  base::Instant not_after;
  bool development = false;
  PeerIdentity identity;
};
base::Result<CertificateFacts> certificate_facts(const std::filesystem::path& file);
/// When the first of a file's revocation lists is out of date.
base::Result<base::Instant> revocation_list_end(const std::filesystem::path& file);

}  // namespace gateway::security
