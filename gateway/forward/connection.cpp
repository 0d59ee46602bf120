#include "gateway/forward/connection.hpp"

#include <optional>

#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SSLException.h>
#include <Poco/NumberParser.h>
#include <openssl/err.h>

namespace gateway::forward {
namespace {

using base::ErrorKind;

/// OpenSSL's reason out of Poco's text "error:0A000086:SSL routines::certificate verify failed";
/// the number, because the words are not promised. 0 if there is none.
int tls_reason(const std::string& text) {
  const auto at = text.find("error:");
  if (at == std::string::npos) return 0;
  unsigned code = 0;
  if (!Poco::NumberParser::tryParseHex(text.substr(at + 6, 8), code)) return 0;
  return ERR_GET_REASON(code);
}

base::Error unavailable(std::string what, const std::string& where) {
  return {ErrorKind::unavailable, std::move(what), where, ""};
}

/// Named in the handshake; an address is not (RFC 6066 §3).
std::string server_name(const std::string& host) {
  Poco::Net::IPAddress ignored;
  return Poco::Net::IPAddress::tryParse(host, ignored) ? "" : host;
}

base::Result<Connected> connect_to(const Poco::Net::SocketAddress& address, const Destination& to,
                                   const ContextPtr& context, Watch& watch, Watch::Time until) {
  const Poco::Timespan wait(to.timeout.count() * 1000);
  ERR_clear_error();
  try {
    Poco::Net::StreamSocket plain;
    plain.connect(address, wait);
    plain.setNoDelay(true);
    plain.setReceiveTimeout(wait);
    plain.setSendTimeout(wait);
    const int descriptor = plain.impl()->sockfd();
    const Watch::Guard guard(watch, descriptor, until);
    return Connected{Poco::Net::SecureStreamSocket::attach(plain, server_name(to.host), context),
                     descriptor};
  } catch (const Poco::Net::SSLException& exception) {
    return tls_error(exception, to.name);
  } catch (const Poco::TimeoutException&) {
    return unavailable("the target did not take the connection in time", to.name);
  } catch (const Poco::Exception& exception) {
    return unavailable("the target cannot be reached (" + exception.displayText() + ")", to.name);
  }
}

}  // namespace

base::Error tls_error(const Poco::Exception& exception, const std::string& where) {
  switch (tls_reason(exception.message())) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return {ErrorKind::configuration,
              "the target's certificate is not accepted (authority, validity or host name)", where,
              "compare it with `ca` and the host name in `url`"};
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return {ErrorKind::configuration, "the target does not accept our certificate", where,
              "have the target trust it, or name another one in `tls`"};
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_VERSION_NUMBER:
      return {ErrorKind::configuration, "the target does not speak TLS 1.2 or 1.3", where,
              "correct the port in `url`, or have the target's TLS brought up to date"};
    default:
      return {ErrorKind::unavailable, "TLS with the target broke off", where, ""};
  }
}

base::Result<ContextPtr> context_of(const security::TlsFiles& files, const std::string& host) {
  ContextPtr context(
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, Poco::Net::Context::Params()));
  // OpenSSL compares the host name within the handshake, before a byte of ours goes out; Poco's own
  // check comes after it and lets localhost pass.
  context->enableExtendedCertificateVerification(false);
  auto ours = security::configure_client(context->sslContext(), files, host);
  if (!ours) return ours.error();
  return context;
}

int connect_checked(int socket, const sockaddr& address, socklen_t length, net::Reach reach) {
  const Poco::Net::SocketAddress to(&address, length);
  if (*net::refusal(to.host(), reach) != '\0') return EACCES;
  return ::connect(socket, &address, length) == 0 || errno == EINPROGRESS ? 0 : errno;
}

base::Result<Connected> connect(const Destination& to, const ContextPtr& context, Watch& watch,
                                Watch::Time until) {
  const auto addresses = net::reachable_addresses(to.host, to.port, to.reach);
  if (!addresses) return addresses.error();
  std::optional<base::Error> failed;
  for (const auto& address : *addresses) {
    auto connected = connect_to(address, to, context, watch, until);
    if (connected) return connected;
    failed = connected.error();
  }
  return *failed;
}

}  // namespace gateway::forward
