#include "gateway/mllp/loop.hpp"

#include <algorithm>
#include <utility>

#include "gateway/mllp/connection.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::mllp {

namespace {

std::chrono::milliseconds shortest_of(const Limits& limits) {
  return std::min({limits.handshake, limits.frame, limits.write, limits.goodbye});
}

}  // namespace

Shared::Shared(Limits the_limits, Sink the_sink, const base::Clock& the_clock,
               observe::Metrics& registry)
    : limits(the_limits),
      sink(std::move(the_sink)),
      clock(the_clock),
      metrics(registry),
      acknowledgement_seconds(registry.seconds(observe::names::acknowledgement_seconds)),
      open(registry.gauge(observe::names::connections, {{"door", "mllp"}})),
      addresses(std::make_shared<net::Addresses>(limits.connections_per_address)),
      budget(limits.bytes_in_flight) {}

Loop::Loop(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Loop::~Loop() = default;

void Loop::start() {
  thread_.start(net::often_enough_for(shortest_of(shared_->limits)), [this] {
    connections_.on_each(&Connection::check_deadlines);
    resume(lack_bytes_);  // another loop may have freed some
  });
}

void Loop::stop() {
  thread_.stop();
  draining_ = true;
  lack_room_.clear();
  lack_bytes_.clear();
  connections_.on_each(&Connection::close);
}

void Loop::drop_handlers() {
  thread_.drop_handlers();
}

void Loop::adopt(boost::asio::ip::tcp::socket socket, std::shared_ptr<Listener> listener) {
  shared_->open.change(+1);
  post([this, socket = std::move(socket), listener = std::move(listener)]() mutable {
    if (draining_) {
      socket.close();
      return shared_->open.change(-1);
    }
    const auto connection =
        std::make_shared<Connection>(*this, std::move(socket), std::move(listener));
    connections_.add(connection);
    connection->start();
  });
}

void Loop::forget(const Connection* connection) {
  if (connections_.forget(connection)) shared_->open.change(-1);
}

void Loop::begin_drain() {
  post([this] {
    draining_ = true;
    connections_.on_each(&Connection::begin_drain);
  });
}

void Loop::abandon_frames() {
  post([this] { connections_.on_each(&Connection::abandon_frame); });
}

void Loop::close_all() {
  post([this] { connections_.on_each(&Connection::close); });
}

void Loop::ask_peers_anew() {
  post([this] { connections_.on_each(&Connection::ask_peer_anew); });
}

void Loop::resume_later(std::shared_ptr<Connection> connection, Lack lack) {
  (lack == Lack::room ? lack_room_ : lack_bytes_).push_back(std::move(connection));
  if (lack == Lack::room) wait_for_room();
}

void Loop::wait_for_room() {
  if (std::exchange(asked_for_room_, true)) return;
  shared_->sink.when_room([home = weak_from_this()] {
    const auto loop = home.lock();
    if (!loop) return;
    loop->post([self = loop.get()] {
      self->asked_for_room_ = false;
      resume(self->lack_room_);
    });
  });
}

void Loop::bytes_were_freed() {
  if (lack_bytes_.empty() || std::exchange(resumes_soon_, true)) return;
  post([this] {
    resumes_soon_ = false;
    resume(lack_bytes_);
  });
}

void Loop::resume(Waiting& waiting) {
  for (const auto& connection : std::exchange(waiting, {})) connection->resume();
}

}  // namespace gateway::mllp
