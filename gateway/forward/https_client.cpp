#include "gateway/forward/https_client.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/NumberParser.h>
#include <Poco/URI.h>
#include <openssl/err.h>

#include "gateway/forward/connection.hpp"
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
  Line(const Poco::Net::SecureStreamSocket& socket, int its_descriptor, std::uint64_t its_edition)
      : session(socket), descriptor(its_descriptor), edition(its_edition) {}
  Session session;
  int descriptor;
  std::uint64_t edition;  // of TLS files
};

std::uint64_t edition_of(const HttpsSettings& settings) {
  return settings.editions ? settings.editions->edition() : 0;
}

net::Reach reach_of(const HttpsSettings& settings) {
  return settings.allow_private_address ? net::Reach::also_private : net::Reach::public_only;
}

class Client final : public HttpsClient {
 public:
  Client(HttpsSettings settings, HttpsAddress address, ContextPtr context, std::uint64_t edition)
      : settings_(std::move(settings)),
        address_(std::move(address)),
        context_(std::move(context)),
        edition_(edition) {}

  const HttpsAddress& address() const override { return address_; }

  base::Result<HttpsAnswer> ask(const HttpsRequest& request) override {
    const auto until = Clock::now() + settings_.timeout;
    take_new_edition();
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

  /// Files that were exchanged again in the meantime, and do not fit just now, leave what stands
  /// until they do.
  void take_new_edition() {
    const auto edition = edition_of(settings_);
    const std::lock_guard lock(mutex_);
    if (edition == edition_) return;
    auto context = context_of(settings_.tls, address_.host);
    if (!context) return;
    context_ = *std::move(context);
    edition_ = edition;
    kept_.clear();
  }

  base::Result<Kept> connect(Clock::time_point until) {
    const auto [context, edition] = current();
    auto connected = forward::connect(
        {address_.host, address_.port, reach_of(settings_), settings_.timeout, settings_.url},
        context, watch_, until);
    if (!connected) return connected.error();
    auto line = std::make_unique<Line>(connected->socket, connected->descriptor, edition);
    line->session.setKeepAlive(true);
    line->session.setTimeout(Poco::Timespan(settings_.timeout.count() * 1000));
    // How long a connection is good is the target's to say; we notice when it is gone.
    line->session.setKeepAliveTimeout(Poco::Timespan(1, 0, 0, 0, 0));
    return line;
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
    if (line->edition == edition_) kept_.push_back(std::move(line));
  }

  std::pair<ContextPtr, std::uint64_t> current() {
    const std::lock_guard lock(mutex_);
    return {context_, edition_};
  }

  const HttpsSettings settings_;
  const HttpsAddress address_;
  Watch watch_;
  std::mutex mutex_;
  ContextPtr context_;      // guarded by mutex_, like what follows
  std::uint64_t edition_;   // of the files that context_ is of
  std::vector<Kept> kept_;  // at most as many as threads that post
};

}  // namespace

base::Result<HttpsAddress> parse_https_url(const std::string& url) {
  return parse(url);
}

base::Result<std::unique_ptr<HttpsClient>> HttpsClient::to(const HttpsSettings& settings) {
  auto address = parse(settings.url);
  if (!address) return address.error();
  const auto edition = edition_of(settings);  // before the files are read: a newer one is seen
  auto context = context_of(settings.tls, address->host);
  if (!context) return context.error();
  return std::unique_ptr<HttpsClient>(
      std::make_unique<Client>(settings, *std::move(address), *std::move(context), edition));
}

base::Result<void> check_address(const HttpsSettings& settings) {
  const auto address = parse(settings.url);
  if (!address) return address.error();
  const auto found = net::reachable_addresses(address->host, address->port, reach_of(settings));
  if (!found) return found.error();
  return {};
}

}  // namespace gateway::forward
