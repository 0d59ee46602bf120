#include "gateway/mllp/door.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/mllp/loop.hpp"
#include "gateway/net/acceptor.hpp"

namespace gateway::mllp {

namespace {

using net::Acceptor;

base::Error cannot_listen(const ListenerSettings& settings, const boost::system::error_code& why) {
  return {base::ErrorKind::configuration, "cannot listen (" + why.message() + ")",
          settings.host + ":" + std::to_string(settings.port),
          why == boost::asio::error::address_in_use
              ? "stop what listens there, or choose another port in `mllp`"
              : "correct `listen` in `mllp`"};
}

}  // namespace

struct Door::State {
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Loop>> loops;
  std::vector<std::shared_ptr<Acceptor>> acceptors;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::size_t turn = 0;  // on the first loop's thread, like `pace`
  net::Pace pace;

  explicit State(int handshakes_per_second) : pace(handshakes_per_second) {}

  /// The loops in turn; none while as many are connected as may be. Loops hold the handlers that
  /// hold an acceptor, so it must not hold them.
  std::optional<net::Place> next_place(const std::shared_ptr<Listener>& listener) {
    if (shared->open.open() >= shared->limits.connections) return std::nullopt;
    if (!pace.take(shared->clock.steady_microseconds())) return std::nullopt;
    Loop& loop = *loops[turn++ % loops.size()];
    return net::Place{&loop.context(), [&loop, listener](boost::asio::ip::tcp::socket socket) {
                        loop.adopt(std::move(socket), listener);
                      }};
  }

  base::Result<void> add(ListenerSettings settings) {
    auto listener = std::make_shared<Listener>();
    if (settings.tls) {
      auto tls = security::ServerTls::open(*settings.tls, security::ClientCertificate::required);
      if (!tls) return tls.error();
      listener->tls = *std::move(tls);
    }
    auto acceptor = std::make_shared<Acceptor>(loops.front()->context(),
                                               [this, listener] { return next_place(listener); });
    if (const auto error = acceptor->listen(settings.host, settings.port)) {
      return cannot_listen(settings, error);
    }
    listener->policy = std::move(settings.policy);
    if (listener->policy.name.empty()) {
      listener->policy.name = "mllp:" + std::to_string(acceptor->port());
    }
    acceptors.push_back(std::move(acceptor));
    listeners.push_back(std::move(listener));
    return {};
  }

  void stop_accepting() {
    loops.front()->post([all = acceptors] {
      for (const auto& acceptor : all) acceptor->close();
    });
  }
};

Door::Door(const Limits& limits) : state_(std::make_unique<State>(limits.handshakes_per_second)) {}

base::Result<std::unique_ptr<Door>> Door::open(std::vector<ListenerSettings> listeners,
                                               Limits limits, Sink sink, const base::Clock& clock,
                                               observe::Metrics& metrics) {
  std::unique_ptr<Door> door(new Door(limits));
  State& state = *door->state_;
  state.shared = std::make_shared<Shared>(limits, std::move(sink), clock, metrics);
  for (int i = 0; i < limits.threads; ++i) {
    state.loops.push_back(std::make_shared<Loop>(state.shared));
  }
  for (ListenerSettings& settings : listeners) {
    if (auto added = state.add(std::move(settings)); !added) return added.error();
  }
  for (const auto& acceptor : state.acceptors) acceptor->accept_next();
  for (const auto& loop : state.loops) loop->start();
  return door;
}

Door::~Door() {
  for (const auto& loop : state_->loops) loop->stop();
  for (const auto& acceptor : state_->acceptors) acceptor->close();
  // An accept under way on the first loop holds a socket of another.
  for (const auto& loop : state_->loops) loop->drop_handlers();
}

std::uint16_t Door::port(std::size_t listener) const {
  return state_->acceptors[listener]->port();
}

std::vector<base::Error> Door::renew_tls() {
  std::vector<base::Error> errors;
  bool trust = false;
  for (const auto& listener : state_->listeners) {
    if (!listener->tls) continue;
    const auto renewed = listener->tls->renew();
    if (!renewed)
      errors.push_back(renewed.error());
    else if (*renewed == security::ServerTls::Renewed::trust)
      trust = true;
  }
  if (trust)
    for (const auto& loop : state_->loops) loop->ask_peers_anew();
  return errors;
}

void Door::drain(std::chrono::seconds longest) {
  const auto half = std::chrono::milliseconds(longest) / 2;
  state_->stop_accepting();
  for (const auto& loop : state_->loops) loop->begin_drain();
  if (state_->shared->open.wait_for_none(half)) return;
  for (const auto& loop : state_->loops) loop->abandon_frames();
  if (state_->shared->open.wait_for_none(half)) return;
  for (const auto& loop : state_->loops) loop->close_all();
  state_->shared->open.wait_for_none(std::chrono::seconds(1));
}

}  // namespace gateway::mllp
