#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "gateway/security/identity.hpp"

namespace gateway::net {

/// What came of one try on a socket that never blocks.
enum class Step { done, wants_read, wants_write, closed, failed };

struct Tried {
  Step step = Step::failed;
  std::size_t bytes = 0;
};

/// The bytes of one connection, plain or TLS. OpenSSL works on the descriptor itself: an idle
/// connection then holds no buffers of ours. Does not own the descriptor.
class Wire {
 public:
  explicit Wire(int descriptor) : descriptor_(descriptor) {}  // plain
  Wire(int descriptor, SSL_CTX* context);                     // TLS, as server

  bool is_tls() const { return tls_ != nullptr; }
  /// Tries the handshake; `failed`: see `refusal`.
  Step handshake();
  /// A word of ours for why a handshake failed ("no-certificate", "certificate-expired", …).
  const char* refusal() const { return refusal_; }
  security::PeerIdentity peer() const;
  /// "10.1.2.3:40112", "[fd00::1]:40112"; "" if the peer is gone already.
  std::string peer_address() const;
  /// Would a server with `context` let this peer in now? True of a plain one.
  bool is_believed_by(SSL_CTX* context) const;
  /// Of the certificate that was shown, believed or not: see security::shown_certificate.
  std::string shown_certificate() const;

  Tried read(std::span<char> into);
  /// Has something come from the socket that was not read? Of that no socket tells.
  bool holds_bytes() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }
  Tried write(std::string_view bytes);
  /// Says goodbye where the protocol has a word for it. Never waits.
  void say_goodbye();

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };
  Step judge(int result);
  bool look_at_first_byte();

  int descriptor_;
  std::unique_ptr<SSL, FreeSsl> tls_;
  const char* refusal_ = "";
  bool looked_ = false;
  bool plain_peer_ = false;
};

}  // namespace gateway::net
