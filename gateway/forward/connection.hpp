#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <sys/socket.h>

#include "gateway/base/result.hpp"
#include "gateway/forward/watch.hpp"
#include "gateway/net/address_guard.hpp"
#include "gateway/security/client_tls.hpp"

namespace gateway::forward {

using ContextPtr = Poco::Net::Context::Ptr;

/// Whom a connection goes to.
struct Destination {
  std::string host;
  std::uint16_t port = 0;
  net::Reach reach = net::Reach::public_only;
  std::chrono::milliseconds timeout{30'000};  // of the connection, and of each read and write
  std::string name;                           // as it is configured, for errors
};

/// A TLS profile of ours as a context of the library's; `host` is compared in the handshake.
base::Result<ContextPtr> context_of(const security::TlsFiles& files, const std::string& host);

struct Connected {
  Poco::Net::SecureStreamSocket socket;
  int descriptor;  // the socket's
};
/// The one place of the server that connects (TRUST T10): the resolved address checked and
/// connected to as checked, host name verified. `until` ends the handshake. Errors: `unavailable`;
/// `configuration`: a person must put something right (certificate, address).
base::Result<Connected> connect(const Destination& to, const ContextPtr& context, Watch& watch,
                                Watch::Time until);

/// For libraries that connect by themselves: the same check of an address, then the socket's own
/// connect. 0, also where it is on its way, else an errno; EACCES: it must not go there.
int connect_checked(int socket, const sockaddr& address, socklen_t length, net::Reach reach);

/// What keeps failing until a person acts, and what may heal by itself.
base::Error tls_error(const Poco::Exception& exception, const std::string& where);

}  // namespace gateway::forward
