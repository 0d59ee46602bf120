#include "gateway/forward/https_client.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/NumberParser.h>
#include <Poco/URI.h>
#include <openssl/err.h>

#include "gateway/forward/watch.hpp"
#include "gateway/net/address_guard.hpp"

namespace gateway::forward {

namespace {

using base::Error;
using base::ErrorKind;
using Poco::Net::HTTPClientSession;

constexpr std::size_t answer_bytes = 1024 * 1024;
using Clock = std::chrono::steady_clock;

base::Result<HttpsAddress> parse(const std::string& url) {
  const auto wrong = [&](std::string what) {
    return Error{ErrorKind::configuration, std::move(what), url, "write https://host:port/path"};
  };
  try {
    const Poco::URI uri(url);
    if (uri.getScheme() != "https") return wrong("url is not https");
    if (uri.getHost().empty()) return wrong("url names no host");
    if (!uri.getUserInfo().empty()) return wrong("url carries user information");
    if (!uri.getRawQuery().empty() || !uri.getFragment().empty()) {
      return wrong("url carries a query or a fragment");
    }
    HttpsAddress address{uri.getHost(), uri.getPathEtc(), uri.getPort()};
    if (address.path.empty()) address.path = "/";
    return address;
  } catch (const Poco::Exception&) {
    return wrong("url cannot be read");
  }
}

/// OpenSSL's reason out of Poco's text "error:0A000086:SSL routines::certificate verify failed";
/// the number, because the words are not promised. 0 if there is none.
int tls_reason(const std::string& text) {
  const auto at = text.find("error:");
  if (at == std::string::npos) return 0;
  unsigned code = 0;
  if (!Poco::NumberParser::tryParseHex(text.substr(at + 6, 8), code)) return 0;
  return ERR_GET_REASON(code);
}

/// What keeps failing until a person acts, and what may heal by itself.
Error tls_error(const Poco::Exception& exception, const std::string& where) {
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

Error unavailable(std::string what, const std::string& where) {
  return {ErrorKind::unavailable, std::move(what), where, ""};
}

/// A header value is made of what may stand in one.
std::string header_value(const std::string& text) {
  std::string value;
  std::copy_if(text.begin(), text.end(), std::back_inserter(value),
               [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  return value;
}

std::optional<std::chrono::seconds> retry_after(const Poco::Net::HTTPResponse& response) {
  unsigned seconds = 0;
  if (!Poco::NumberParser::tryParseUnsigned(response.get("Retry-After", ""), seconds)) return {};
  return std::chrono::seconds(std::min(seconds, 86'400U));
}

std::optional<std::chrono::seconds> max_age(const Poco::Net::HTTPResponse& response) {
  constexpr std::string_view name = "max-age=";
  const std::string told = response.get("Cache-Control", "");
  const auto at = told.find(name);
  unsigned seconds = 0;
  if (at == told.npos) return {};
  const auto digits =
      told.substr(at + name.size(), told.find_first_of(", ", at) - at - name.size());
  if (!Poco::NumberParser::tryParseUnsigned(digits, seconds)) return {};
  return std::chrono::seconds(std::min(seconds, 86'400U));
}

/// One connection. The session is the plain one over a secure socket, since Poco's HTTPS session
/// refuses a socket that is connected already (it sets its port), and we connect to addresses that
/// were checked. It never connects by itself.
class Session final : public HTTPClientSession {
 public:
  explicit Session(const Poco::Net::SecureStreamSocket& socket) : HTTPClientSession(socket) {}

 protected:
  /// A target that refuses us, or the request, closes before all is sent: what it said is still
  /// there to be read, and says more than the failed write.
  int write(const char* buffer, std::streamsize length) override {
    try {
      if (!is_cut_) HTTPSession::write(buffer, length);
    } catch (const Poco::Exception&) {
      is_cut_ = true;
      clearException();
    }
    return static_cast<int>(length);
  }
  void connect(const Poco::Net::SocketAddress&) override {
    throw Poco::Net::NetException("the connection is closed");
  }

 private:
  bool is_cut_ = false;
};

/// The descriptor is the session's; it is closed with it.
struct Line {
  Line(const Poco::Net::SecureStreamSocket& socket, int its_descriptor)
      : session(socket), descriptor(its_descriptor) {}
  Session session;
  int descriptor;
};

net::Reach reach_of(const HttpsSettings& settings) {
  return settings.allow_private_address ? net::Reach::also_private : net::Reach::public_only;
}

class Client final : public HttpsClient {
 public:
  Client(HttpsSettings settings, HttpsAddress address, Poco::Net::Context::Ptr context)
      : settings_(std::move(settings)),
        address_(std::move(address)),
        context_(std::move(context)) {}

  const HttpsAddress& address() const override { return address_; }

  base::Result<HttpsAnswer> ask(const HttpsRequest& request) override {
    const auto until = Clock::now() + settings_.timeout;
    if (auto kept = take_kept()) {
      auto answer = ask(std::move(kept), request, until);
      // The target may have closed it while it lay here: that says nothing about the target, and
      // a transaction of PUTs may be sent twice.
      if (answer || answer.error().kind == ErrorKind::configuration) return answer;
      if (Clock::now() >= until) return answer;
    }
    auto line = connect(until);
    if (!line) return line.error();
    return ask(*std::move(line), request, until);
  }

 private:
  using Kept = std::unique_ptr<Line>;

  base::Result<Kept> connect(Clock::time_point until) {
    const auto addresses =
        net::reachable_addresses(address_.host, address_.port, reach_of(settings_));
    if (!addresses) return addresses.error();
    std::optional<Error> failed;
    for (const auto& address : *addresses) {
      auto line = connect_to(address, until);
      if (line) return line;
      failed = line.error();
    }
    return *failed;
  }

  base::Result<Kept> connect_to(const Poco::Net::SocketAddress& address, Clock::time_point until) {
    ERR_clear_error();
    try {
      Poco::Net::StreamSocket plain;
      plain.connect(address, wait());
      plain.setNoDelay(true);
      plain.setReceiveTimeout(wait());
      plain.setSendTimeout(wait());
      const int descriptor = plain.impl()->sockfd();
      const Watch::Guard guard(watch_, descriptor, until);
      auto secure = Poco::Net::SecureStreamSocket::attach(plain, server_name(), context_);
      auto line = std::make_unique<Line>(secure, descriptor);
      line->session.setKeepAlive(true);
      line->session.setTimeout(wait());
      // How long a connection is good is the target's to say; we notice when it is gone.
      line->session.setKeepAliveTimeout(Poco::Timespan(1, 0, 0, 0, 0));
      return line;
    } catch (const Poco::Net::SSLException& exception) {
      return tls_error(exception, settings_.url);
    } catch (const Poco::TimeoutException&) {
      return unavailable("the target did not take the connection in time", settings_.url);
    } catch (const Poco::Exception& exception) {
      return unavailable("the target cannot be reached (" + exception.displayText() + ")",
                         settings_.url);
    }
  }

  base::Result<HttpsAnswer> ask(Kept line, const HttpsRequest& request, Clock::time_point until) {
    ERR_clear_error();
    const Watch::Guard guard(watch_, line->descriptor, until);
    const auto failure = [&](Error error) { return guard.ran_out() ? too_late() : error; };
    try {
      send(line->session, request);
      auto answer = receive(line->session);
      if (!answer) return failure(answer.error());
      if (line->session.getKeepAlive() && !guard.ran_out()) keep(std::move(line));
      return answer;
    } catch (const Poco::Net::SSLException& exception) {
      auto error = tls_error(exception, settings_.url);
      // What is refused of us in TLS 1.3 is refused behind the handshake, with the first answer.
      if (error.kind == ErrorKind::unavailable) error.kind = ErrorKind::unknown;
      return failure(std::move(error));
    } catch (const Poco::TimeoutException&) {
      return too_late();
    } catch (const Poco::Exception& exception) {
      return failure(unknown(std::string("no whole answer (") + exception.displayText() + ")"));
    }
  }

  Error unknown(std::string what) const {
    return {ErrorKind::unknown, std::move(what), settings_.url, ""};
  }
  Error too_late() const { return unknown("the target did not answer in time"); }

  void send(Session& session, const HttpsRequest& asked) {
    Poco::Net::HTTPRequest request(asked.method, asked.path, Poco::Net::HTTPRequest::HTTP_1_1);
    request.setHost(address_.host, address_.port);
    for (const auto& [name, value] : asked.headers) request.set(name, header_value(value));
    for (const auto& [name, value] : settings_.headers) request.set(name, header_value(value));
    if (!asked.content_type.empty()) {
      request.setContentType(asked.content_type);
      request.setContentLength64(static_cast<Poco::Int64>(asked.body.size()));
    }
    std::ostream& out = session.sendRequest(request);
    out.write(asked.body.data(), static_cast<std::streamsize>(asked.body.size()));
    out.flush();
  }

  base::Result<HttpsAnswer> receive(Session& session) {
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    HttpsAnswer answer;
    answer.status = static_cast<int>(response.getStatus());
    answer.retry_after = retry_after(response);
    answer.max_age = max_age(response);
    if (answer.status >= 300 && answer.status < 400) {
      session.setKeepAlive(false);
      return Error{ErrorKind::configuration,
                   "the target redirects elsewhere, which is not followed", settings_.url,
                   "name the final address in `url`"};
    }
    if (!response.getKeepAlive()) session.setKeepAlive(false);
    const bool is_whole = read_body(in, response, answer.body);
    if (session.networkException() != nullptr) session.networkException()->rethrow();
    if (!is_whole) {
      return unknown("the target's answer broke off");
    }
    // More than we keep: the status stands, the connection is not used again.
    if (answer.body.size() == answer_bytes && in.peek() != EOF) session.setKeepAlive(false);
    return answer;
  }

  /// False if less came than was announced. Poco cannot tell a chunked answer that ends early, or a
  /// head that does, from a whole one; the JSON that should be there can.
  static bool read_body(std::istream& in, const Poco::Net::HTTPResponse& response,
                        std::string& body) {
    auto& buffer = *in.rdbuf();
    while (body.size() < answer_bytes) {
      const int c = buffer.sbumpc();
      if (c == EOF) break;
      body += static_cast<char>(c);
    }
    if (body.size() == answer_bytes) return true;
    if (response.hasContentLength()) {
      return static_cast<Poco::Int64>(body.size()) == response.getContentLength64();
    }
    const auto last = body.find_last_not_of(" \r\n\t");
    if (last == std::string::npos) {
      return response.getChunkedTransferEncoding() || response.getStatus() == 204;
    }
    const bool is_json = response.getContentType().find("json") != std::string::npos;
    return !is_json || body[last] == '}';
  }

  Kept take_kept() {
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) return nullptr;
    auto line = std::move(kept_.back());
    kept_.pop_back();
    return line;
  }

  void keep(Kept line) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(line));
  }

  Poco::Timespan wait() const { return Poco::Timespan(settings_.timeout.count() * 1000); }

  /// Named in the handshake; an address is not (RFC 6066 §3).
  std::string server_name() const {
    Poco::Net::IPAddress ignored;
    return Poco::Net::IPAddress::tryParse(address_.host, ignored) ? "" : address_.host;
  }

  const HttpsSettings settings_;
  const HttpsAddress address_;
  const Poco::Net::Context::Ptr context_;
  Watch watch_;
  std::mutex mutex_;
  std::vector<Kept> kept_;  // guarded by mutex_; at most as many as threads that post
};

}  // namespace

base::Result<HttpsAddress> parse_https_url(const std::string& url) {
  return parse(url);
}

base::Result<std::unique_ptr<HttpsClient>> HttpsClient::to(const HttpsSettings& settings) {
  auto address = parse(settings.url);
  if (!address) return address.error();
  Poco::Net::Context::Ptr context(
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, Poco::Net::Context::Params()));
  // OpenSSL compares the host name within the handshake, before a byte of ours goes out; Poco's own
  // check comes after it and lets localhost pass.
  context->enableExtendedCertificateVerification(false);
  auto ours = security::configure_client(context->sslContext(), settings.tls, address->host);
  if (!ours) return ours.error();
  return std::unique_ptr<HttpsClient>(
      std::make_unique<Client>(settings, *std::move(address), context));
}

base::Result<void> check_address(const HttpsSettings& settings) {
  const auto address = parse(settings.url);
  if (!address) return address.error();
  const auto found = net::reachable_addresses(address->host, address->port, reach_of(settings));
  if (!found) return found.error();
  return {};
}

}  // namespace gateway::forward
