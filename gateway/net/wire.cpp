#include "gateway/net/wire.hpp"

#include <cerrno>

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include "gateway/security/tls_context.hpp"

namespace gateway::net {

namespace {

const char* certificate_refusal(long verified) {
  switch (verified) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "certificate-expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "certificate-not-yet-valid";
    case X509_V_ERR_CERT_REVOKED:
      return "certificate-revoked";
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return "revocation-list-expired";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return "revocation-list-missing";
    case X509_V_ERR_INVALID_PURPOSE:
      return "certificate-purpose";
    default:
      return "certificate-authority";
  }
}

const char* refusal_of(const SSL* tls, unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "no-certificate";
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return certificate_refusal(SSL_get_verify_result(tls));
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      return "protocol-version";
    case SSL_R_NO_SHARED_CIPHER:
      return "no-shared-cipher";
    default:
      return "protocol";
  }
}

}  // namespace

Wire::Wire(int descriptor, SSL_CTX* context) : descriptor_(descriptor), tls_(SSL_new(context)) {
  SSL_set_fd(tls_.get(), descriptor);
  SSL_set_accept_state(tls_.get());
  SSL_set_read_ahead(tls_.get(), 1);  // head and body of a record with one call
  // What is spoken on top has an end of its own (a frame, a counted body), so a peer that leaves
  // without close_notify between two messages says an ordinary goodbye, one inside a message is
  // found out there, and one that only closed its sending side still gets its answers.
  SSL_set_options(tls_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

Step Wire::handshake() {
  // OpenSSL must not read before we have looked: a byte that came in between would go unseen.
  if (!looked_ && !look_at_first_byte()) return Step::wants_read;
  ERR_clear_error();
  const int result = SSL_accept(tls_.get());
  if (result == 1) return Step::done;
  const int kind = SSL_get_error(tls_.get(), result);
  if (kind == SSL_ERROR_WANT_READ) return Step::wants_read;
  if (kind == SSL_ERROR_WANT_WRITE) return Step::wants_write;
  if (plain_peer_) {
    refusal_ = "plain bytes on a TLS listener";
  } else if (kind == SSL_ERROR_SSL) {
    refusal_ = refusal_of(tls_.get(), ERR_peek_last_error());
  } else {
    refusal_ = "peer-left";
  }
  return Step::failed;
}

/// Something else than the first byte of a TLS handshake record (16): somebody forgot to switch TLS
/// on. False: nothing has come yet. A peer that left, or an error, is SSL_accept's to name.
bool Wire::look_at_first_byte() {
  char first = 0;
  const auto got = recv(descriptor_, &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return false;
  looked_ = true;
  plain_peer_ = got == 1 && first != '\x16';
  return true;
}

security::PeerIdentity Wire::peer() const {
  auto peer = tls_ ? security::peer_of(tls_.get()) : security::PeerIdentity{};
  peer.address = peer_address();
  return peer;
}

std::string Wire::peer_address() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getpeername(descriptor_, generic, &size) != 0 ||
      getnameinfo(generic, size, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  const std::string text = host;
  return (address.ss_family == AF_INET6 ? "[" + text + "]" : text) + ":" + port;
}

bool Wire::is_believed_by(SSL_CTX* context) const {
  return !tls_ || security::still_believes(context, tls_.get());
}

std::string Wire::shown_certificate() const {
  return tls_ ? security::shown_certificate(tls_.get()) : std::string();
}

Tried Wire::read(std::span<char> into) {
  if (tls_) {
    std::size_t count = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
    return result == 1 ? Tried{Step::done, count} : Tried{judge(result), 0};
  }
  const auto count = recv(descriptor_, into.data(), into.size(), MSG_DONTWAIT);
  if (count > 0) return {Step::done, static_cast<std::size_t>(count)};
  if (count == 0) return {Step::closed, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Step::wants_read, 0};
  return {Step::failed, 0};
}

Tried Wire::write(std::string_view bytes) {
  if (tls_) {
    std::size_t count = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
    return result == 1 ? Tried{Step::done, count} : Tried{judge(result), 0};
  }
  const auto count = send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count >= 0) return {Step::done, static_cast<std::size_t>(count)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Step::wants_write, 0};
  return {Step::failed, 0};
}

void Wire::say_goodbye() {
  if (!tls_ || SSL_in_init(tls_.get()) != 0) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
}

Step Wire::judge(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return Step::closed;
    default:
      return Step::failed;
  }
}

}  // namespace gateway::net
