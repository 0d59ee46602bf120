#include "gateway/app/gateway_client.hpp"

#include <istream>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/URI.h>

namespace gateway::app {
namespace {

constexpr std::size_t answer_bytes = 256 * 1024 * 1024;

base::Error no_url() {
  return {base::ErrorKind::configuration, "is no address of a gateway", "--url",
          "write --url https://HOST:PORT, such as --url https://localhost:8443"};
}

}  // namespace

struct GatewayClient::State {
  std::string url;
  std::unique_ptr<Poco::Net::HTTPClientSession> session;  // null: `socket`, anew for each request
  std::filesystem::path socket;
};

GatewayClient::GatewayClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
GatewayClient::GatewayClient(GatewayClient&&) noexcept = default;
GatewayClient& GatewayClient::operator=(GatewayClient&&) noexcept = default;
GatewayClient::~GatewayClient() = default;

base::Result<GatewayClient> GatewayClient::to(const std::string& url,
                                              const security::TlsFiles& tls) {
  std::string host;
  std::uint16_t port = 0;
  try {
    const Poco::URI uri(url);
    const bool is_bare = uri.getPathEtc().empty() || uri.getPathEtc() == "/";
    if (uri.getScheme() != "https" || uri.getHost().empty() || !uri.getUserInfo().empty() ||
        !is_bare)
      return no_url();
    host = uri.getHost();
    port = uri.getPort();
  } catch (const Poco::Exception&) {
    return no_url();
  }
  Poco::Net::Context::Ptr context(
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, Poco::Net::Context::Params()));
  // OpenSSL compares the host name within the handshake; Poco's own check comes after it.
  context->enableExtendedCertificateVerification(false);
  if (auto ours = security::configure_client(context->sslContext(), tls, host); !ours)
    return ours.error();
  std::unique_ptr<State> state(
      new State{url, std::make_unique<Poco::Net::HTTPSClientSession>(host, port, context), {}});
  state->session->setTimeout(Poco::Timespan(60, 0));
  return GatewayClient(std::move(state));
}

base::Result<GatewayClient> GatewayClient::at(const std::filesystem::path& socket) {
  return GatewayClient(std::unique_ptr<State>(new State{socket.string(), nullptr, socket}));
}

base::Result<GatewayClient::Answer> GatewayClient::get(const std::string& path) {
  return ask(Poco::Net::HTTPRequest::HTTP_GET, path, "");
}

base::Result<GatewayClient::Answer> GatewayClient::post(const std::string& path,
                                                        const std::string& json) {
  return ask(Poco::Net::HTTPRequest::HTTP_POST, path, json);
}

base::Result<GatewayClient::Answer> GatewayClient::ask(const std::string& method,
                                                       const std::string& path,
                                                       const std::string& json) {
  const auto away = [this](const std::string& why, const std::string& remedy) {
    return base::Error{base::ErrorKind::unavailable, why, state_->url, remedy};
  };
  try {
    std::unique_ptr<Poco::Net::HTTPClientSession> local;
    if (!state_->session) {
      Poco::Net::StreamSocket socket;
      socket.connect(
          Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, state_->socket.string()));
      local = std::make_unique<Poco::Net::HTTPClientSession>(socket);
    }
    auto& session = local ? *local : *state_->session;
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPRequest::HTTP_1_1);
    if (local) request.setHost("localhost");
    request.set("Accept",
                json.empty() ? "application/fhir+json, application/json" : "application/json");
    if (!json.empty()) {
      request.setContentType("application/json");
      request.setContentLength64(static_cast<Poco::Int64>(json.size()));
    }
    session.sendRequest(request) << json << std::flush;
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    Answer answer{static_cast<int>(response.getStatus()), {}};
    auto& buffer = *in.rdbuf();
    for (int c = buffer.sbumpc(); c != EOF && answer.body.size() < answer_bytes;
         c = buffer.sbumpc())
      answer.body += static_cast<char>(c);
    if (response.hasContentLength() &&
        std::cmp_not_equal(answer.body.size(), response.getContentLength64()))
      return away("the answer broke off", "ask again");
    return answer;
  } catch (const Poco::Net::SSLException&) {
    return away(
        "TLS did not come about",
        "give --ca, --cert and --key that gateway and you share, and the name its certificate has");
  } catch (const Poco::Exception& exception) {
    return away("cannot be reached (" + exception.displayText() + ")",
                "is the gateway running, and the port right?");
  }
}

}  // namespace gateway::app
