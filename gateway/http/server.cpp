#include "gateway/http/server.hpp"

#include <utility>

#include "gateway/http/loop.hpp"

namespace gateway::http {
namespace {

base::Error cannot_listen(const ServerSettings& settings, const std::string& why) {
  return {
      base::ErrorKind::configuration,
      "cannot listen on " + settings.host + ":" + std::to_string(settings.port) + " (" + why + ")",
      settings.name, "choose a free address, or end what uses it"};
}

}  // namespace

struct Server::State {
  std::shared_ptr<Loop> loop;
};

Server::Server() : state_(std::make_unique<State>()) {}

base::Result<std::unique_ptr<Server>> Server::start(ServerSettings settings, Site site,
                                                    const base::Clock& clock,
                                                    observe::Metrics& metrics) {
  std::unique_ptr<security::ServerTls> tls;
  if (settings.tls) {
    auto opened = security::ServerTls::open(*settings.tls, security::ClientCertificate::optional);
    if (!opened) return opened.error();
    tls = *std::move(opened);
  }
  std::unique_ptr<Server> server(new Server);
  auto& loop = server->state_->loop;
  loop =
      std::make_shared<Loop>(std::move(settings), std::move(site), std::move(tls), clock, metrics);
  if (const auto error = loop->listen()) return cannot_listen(loop->settings(), error.message());
  loop->start();
  return server;
}

Server::~Server() {
  if (!state_->loop->is_running()) return;
  state_->loop->drain();
  state_->loop->stop();
}

void Server::begin_drain() {
  state_->loop->begin_drain();
}

base::Result<void> Server::renew_tls() {
  return state_->loop->renew_tls();
}

std::uint16_t Server::port() const {
  return state_->loop->port();
}

}  // namespace gateway::http
