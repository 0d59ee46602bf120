#include "gateway/mllp/door.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <netinet/tcp.h>

#include "gateway/base/log.hpp"
#include "gateway/mllp/loop.hpp"

namespace gateway::mllp {

namespace {

using boost::asio::ip::tcp;

/// Peers that vanished are noticed: probes after a minute of silence, unread answers after one too.
void watch_peer(tcp::socket& socket) {
  const auto set = [&](int level, int option, int value) {
    setsockopt(socket.native_handle(), level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

/// Accepts for one listener, on the first loop, and gives the connections to all in turn.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(std::shared_ptr<Listener> listener, const std::vector<std::shared_ptr<Loop>>& loops)
      : listener_(std::move(listener)),
        loops_(loops.size()),
        acceptor_(loops.front()->context()),
        breath_(loops.front()->context()) {
    std::transform(loops.begin(), loops.end(), loops_.begin(),
                   [](const auto& loop) { return loop.get(); });
  }

  boost::system::error_code listen(const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    tcp::resolver resolver(acceptor_.get_executor());
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error) return error;
    const tcp::endpoint endpoint = *found.begin();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    return error;
  }

  std::uint16_t port() const {
    boost::system::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

  void accept_next() {
    Loop& loop = *loops_[turn_++ % loops_.size()];
    if (loop.shared().connections() >= loop.shared().limits.connections) return wait_a_little();
    acceptor_.async_accept(
        loop.context(),
        [self = shared_from_this(), &loop](boost::system::error_code error, tcp::socket socket) {
          if (!self->acceptor_.is_open()) return;
          if (error) return self->wait_a_little();  // out of descriptors, or a peer that left
          watch_peer(socket);
          loop.adopt(std::move(socket), self->listener_);
          self->accept_next();
        });
  }

  void close() {
    boost::system::error_code ignored;
    breath_.cancel();
    acceptor_.close(ignored);
  }

 private:
  /// Who comes meanwhile waits in the accept queue: slowed, not refused.
  void wait_a_little() {
    breath_.expires_after(std::chrono::milliseconds(50));
    breath_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error && self->acceptor_.is_open()) self->accept_next();
    });
  }

  std::shared_ptr<Listener> listener_;
  std::vector<Loop*> loops_;  // which hold the handlers that hold us
  tcp::acceptor acceptor_;
  boost::asio::steady_timer breath_;
  std::size_t turn_ = 0;
};

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

  base::Result<void> add(ListenerSettings settings) {
    auto listener = std::make_shared<Listener>();
    if (settings.tls) {
      auto context = security::server_context(*settings.tls, security::ClientCertificate::required);
      if (!context) return context.error();
      listener->tls = *std::move(context);
    }
    auto acceptor = std::make_shared<Acceptor>(listener, loops);
    if (const auto error = acceptor->listen(settings.host, settings.port)) {
      return cannot_listen(settings, error);
    }
    listener->policy = std::move(settings.policy);
    if (listener->policy.name.empty()) {
      listener->policy.name = "mllp:" + std::to_string(acceptor->port());
    }
    acceptors.push_back(std::move(acceptor));
    return {};
  }

  void stop_accepting() {
    boost::asio::post(loops.front()->context(), [all = acceptors] {
      for (const auto& acceptor : all) acceptor->close();
    });
  }
};

Door::Door() : state_(std::make_unique<State>()) {}

base::Result<std::unique_ptr<Door>> Door::open(std::vector<ListenerSettings> listeners,
                                               Limits limits, Sink sink, const base::Clock& clock,
                                               observe::Metrics& metrics) {
  std::unique_ptr<Door> door(new Door);
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

void Door::drain(std::chrono::seconds longest) {
  const auto half = std::chrono::milliseconds(longest) / 2;
  state_->stop_accepting();
  for (const auto& loop : state_->loops) loop->begin_drain();
  if (state_->shared->wait_for_the_last(half)) return;
  for (const auto& loop : state_->loops) loop->abandon_frames();
  if (state_->shared->wait_for_the_last(half)) return;
  for (const auto& loop : state_->loops) loop->close_all();
  state_->shared->wait_for_the_last(std::chrono::seconds(1));
}

}  // namespace gateway::mllp
