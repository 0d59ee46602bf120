#include "gateway/http/server.hpp"

#include <algorithm>
#include <chrono>
#include <istream>
#include <thread>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include "gateway/base/log.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http {
namespace {

namespace net = Poco::Net;

constexpr std::chrono::seconds longest_goodbye{10};

/// What the connections share; outlives every one of them.
struct Shared {
  ServerSettings settings;
  Handler handler;
  std::function<Response(int, std::string_view)> refusal;
  const base::Clock& clock;
  observe::Metrics& metrics;
  observe::Histogram& seconds;
};

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// Label values are bounded: a method we do not know is one of them.
std::string known_method(const std::string& method) {
  static constexpr std::string_view known[] = {"GET",   "HEAD",   "POST",   "PUT",
                                               "PATCH", "DELETE", "OPTIONS"};
  return std::find(std::begin(known), std::end(known), method) != std::end(known) ? method
                                                                                  : "other";
}

security::PeerIdentity peer_of(net::HTTPServerRequest& request) {
  if (!request.secure()) return {};
  net::SecureStreamSocket socket(static_cast<net::HTTPServerRequestImpl&>(request).socket());
  // A certificate that does not verify ends the handshake, so one that is here was verified.
  if (!socket.havePeerCertificate()) return {};
  const auto certificate = socket.peerCertificate();
  return security::identity_of(certificate.certificate());
}

class Exchange final : public net::HTTPRequestHandler {
 public:
  explicit Exchange(Shared& shared) : shared_(shared) {}

  void handleRequest(net::HTTPServerRequest& from, net::HTTPServerResponse& to) override {
    const auto started = shared_.clock.steady_microseconds();
    const std::string method = from.getMethod();
    Response response = answered(from);
    shared_.metrics
        .counter(observe::names::http_requests, {{"route", std::string(response.route)},
                                                 {"method", known_method(method)},
                                                 {"status", std::to_string(response.status)}})
        .add();
    send(method, response, to);
    shared_.seconds.observe(static_cast<double>(shared_.clock.steady_microseconds() - started) /
                            1e6);
  }

 private:
  Response answered(net::HTTPServerRequest& from) {
    try {
      return answer(from);
    } catch (const Poco::Exception&) {  // the peer went away in the middle, or spoke no HTTP
      return shared_.refusal(400, "the request could not be read");
    } catch (const std::exception&) {
      base::log(base::Level::error, "http.request_failed");
      return shared_.refusal(500, "the request could not be answered; the gateway's log says when");
    }
  }

  Response answer(net::HTTPServerRequest& from) {
    Request request;
    request.received = shared_.clock.now();
    request.method = from.getMethod();
    const std::string& uri = from.getURI();
    if (uri.size() > shared_.settings.url_bytes)
      return shared_.refusal(414, "the URL is too long; use POST _search");
    const auto question = std::min(uri.find('?'), uri.size());
    Poco::URI::decode(uri.substr(0, question), request.path);
    if (question < uri.size()) request.query = uri.substr(question + 1);
    for (const auto& [name, value] : from) request.headers.emplace_back(in_lower_case(name), value);
    if (const int refused = body(from, request.body); refused != 0) {
      from.response().setKeepAlive(false);  // what is left of the body is not read
      return shared_.refusal(refused, why_refused(refused));
    }
    request.peer = peer_of(from);
    return shared_.handler(request);
  }

  std::string why_refused(int status) const {
    if (status == 411) return "a body needs a Content-Length: without it a cut one looks whole";
    if (status == 400) return "the body ended before its Content-Length";
    return "the body is larger than " + std::to_string(shared_.settings.body_bytes) + " bytes";
  }

  /// Reads exactly the body that was announced; 0, or the status it is refused with. The library's
  /// streams end alike at the end of a body and where a connection broke, so only a length tells a
  /// whole message from a cut one: chunked bodies are refused.
  int body(net::HTTPServerRequest& from, std::string& into) const {
    if (from.getChunkedTransferEncoding()) return 411;
    const auto announced = from.getContentLength64();
    if (announced == net::HTTPMessage::UNKNOWN_CONTENT_LENGTH || announced == 0) return 0;
    const auto size = static_cast<std::uint64_t>(announced);
    if (size > shared_.settings.body_bytes) return 413;
    std::istream& stream = from.stream();
    char chunk[16384];
    while (into.size() < size && (stream.read(chunk, sizeof chunk) || stream.gcount() > 0))
      into.append(chunk, static_cast<std::size_t>(stream.gcount()));
    return into.size() == size ? 0 : 400;
  }

  static void send(const std::string& method, const Response& response,
                   net::HTTPServerResponse& to) {
    to.setStatus(static_cast<net::HTTPResponse::HTTPStatus>(response.status));
    to.setReason(net::HTTPResponse::getReasonForStatus(to.getStatus()));
    if (!response.content_type.empty()) to.setContentType(response.content_type);
    for (const auto& [name, value] : response.headers) to.set(name, value);
    to.set("X-Content-Type-Options", "nosniff");
    try {
      if (method == "HEAD" || response.status == 304 || response.status == 204) {
        to.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
        to.send().flush();
      } else {
        to.sendBuffer(response.body.data(), response.body.size());
      }
    } catch (const Poco::Exception&) {  // the peer did not wait for its answer
    }
  }

  Shared& shared_;
};

class Exchanges final : public net::HTTPRequestHandlerFactory {
 public:
  explicit Exchanges(Shared& shared) : shared_(shared) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new Exchange(shared_);
  }

 private:
  Shared& shared_;
};

base::Error cannot_listen(const ServerSettings& settings, const std::string& why) {
  return {
      base::ErrorKind::configuration,
      "cannot listen on " + settings.host + ":" + std::to_string(settings.port) + " (" + why + ")",
      settings.name, "choose a free address, or end what uses it"};
}

base::Result<net::ServerSocket> listening(const ServerSettings& settings) {
  try {
    const Poco::Net::SocketAddress address(settings.host, settings.port);
    if (!settings.tls) {
      net::ServerSocket socket;
      socket.bind(address, true);
      socket.listen(512);
      return socket;
    }
    const net::Context::Ptr context(
        new net::Context(net::Context::TLS_SERVER_USE, net::Context::Params()));
    if (auto ours = security::configure_server(context->sslContext(), *settings.tls,
                                               security::ClientCertificate::optional);
        !ours)
      return ours.error();
    net::SecureServerSocket socket(context);
    socket.bind(address, true);
    socket.listen(512);
    return net::ServerSocket(socket);
  } catch (const Poco::Exception& failure) {
    return cannot_listen(settings, failure.displayText());
  }
}

}  // namespace

struct Server::State {
  std::unique_ptr<Shared> shared;
  std::unique_ptr<Poco::ThreadPool> threads;
  std::unique_ptr<net::HTTPServer> server;
};

Server::Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(
    const ServerSettings& settings, Handler handler,
    std::function<Response(int, std::string_view)> refusal, const base::Clock& clock,
    observe::Metrics& metrics) {
  auto socket = listening(settings);
  if (!socket) return socket.error();
  std::unique_ptr<Server> server(new Server());
  server->state_ = std::make_unique<State>();
  State& state = *server->state_;
  state.shared = std::make_unique<Shared>(
      Shared{settings, std::move(handler), std::move(refusal), clock, metrics,
             metrics.seconds(observe::names::http_request_seconds, {{"door", settings.name}})});
  state.threads = std::make_unique<Poco::ThreadPool>(2, settings.threads);
  net::HTTPServerParams::Ptr parameters(new net::HTTPServerParams());
  parameters->setMaxThreads(settings.threads);
  parameters->setMaxQueued(1024);
  parameters->setTimeout(Poco::Timespan(10, 0));
  parameters->setKeepAlive(true);
  parameters->setKeepAliveTimeout(Poco::Timespan(60, 0));
  parameters->setMaxKeepAliveRequests(0);
  state.server = std::make_unique<net::HTTPServer>(new Exchanges(*state.shared), *state.threads,
                                                   *socket, parameters);
  state.server->start();
  return server;
}

Server::~Server() {
  if (!state_ || !state_->server) return;
  state_->server->stopAll(false);  // idle connections are closed, busy ones finish their request
  const auto deadline = std::chrono::steady_clock::now() + longest_goodbye;
  while (state_->threads->used() > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  state_->server->stopAll(true);  // a request that still drips in is cut
  state_->threads->joinAll();
}

std::uint16_t Server::port() const {
  return state_->server->socket().address().port();
}

}  // namespace gateway::http
