#include "gateway/mllp/loop.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <boost/asio/post.hpp>

#include "gateway/mllp/connection.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::mllp {

namespace {

/// How often deadlines are looked at: a timer of its own for each connection would cost more than
/// the precision is worth.
std::chrono::milliseconds tick_of(const Limits& limits) {
  const auto shortest = std::min({limits.handshake, limits.frame, limits.write, limits.goodbye});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace

Shared::Shared(Limits the_limits, Sink the_sink, const base::Clock& the_clock,
               observe::Metrics& registry)
    : limits(the_limits),
      sink(std::move(the_sink)),
      clock(the_clock),
      metrics(registry),
      acknowledgement_seconds(registry.seconds(observe::names::acknowledgement_seconds)),
      open_connections(registry.gauge(observe::names::connections, {{"door", "mllp"}})),
      budget(limits.bytes_in_flight) {}

void Shared::count(int change) {
  const std::lock_guard lock(mutex_);
  connections_ += static_cast<std::size_t>(change);
  open_connections.set(static_cast<double>(connections_));
  if (connections_ == 0) closed_.notify_all();
}

std::size_t Shared::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

bool Shared::wait_for_the_last(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return closed_.wait_for(lock, longest, [this] { return connections_ == 0; });
}

Loop::Loop(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Loop::~Loop() = default;

void Loop::start() {
  tick();
  thread_ = std::thread([this] {
    // OpenSSL writes with write(2): a peer that has gone would end the process.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    context_.run();
  });
}

void Loop::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  draining_ = true;
  lack_room_.clear();
  lack_bytes_.clear();
  on_every_connection(&Connection::close);
}

void Loop::drop_handlers() {
  timer_.cancel();
  context_.restart();
  context_.poll();
}

void Loop::adopt(boost::asio::ip::tcp::socket socket, std::shared_ptr<Listener> listener) {
  shared_->count(+1);
  boost::asio::post(
      context_, [this, socket = std::move(socket), listener = std::move(listener)]() mutable {
        if (draining_) {
          socket.close();
          return shared_->count(-1);
        }
        const auto connection =
            std::make_shared<Connection>(*this, std::move(socket), std::move(listener));
        connections_.emplace(connection.get(), connection);
        connection->start();
      });
}

void Loop::forget(const Connection* connection) {
  if (connections_.erase(connection) == 1) shared_->count(-1);
}

void Loop::begin_drain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    on_every_connection(&Connection::begin_drain);
  });
}

void Loop::abandon_frames() {
  boost::asio::post(context_, [this] { on_every_connection(&Connection::abandon_frame); });
}

void Loop::close_all() {
  boost::asio::post(context_, [this] { on_every_connection(&Connection::close); });
}

void Loop::on_every_connection(void (Connection::*action)()) {
  Waiting all;  // an action may end connections
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) ((*connection).*action)();
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
    boost::asio::post(loop->context_, [self = loop.get()] {
      self->asked_for_room_ = false;
      resume(self->lack_room_);
    });
  });
}

void Loop::bytes_were_freed() {
  if (lack_bytes_.empty() || std::exchange(resumes_soon_, true)) return;
  boost::asio::post(context_, [this] {
    resumes_soon_ = false;
    resume(lack_bytes_);
  });
}

void Loop::resume(Waiting& waiting) {
  for (const auto& connection : std::exchange(waiting, {})) connection->resume();
}

void Loop::tick() {
  timer_.expires_after(tick_of(shared_->limits));
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    on_every_connection(&Connection::check_deadlines);
    resume(lack_bytes_);  // another loop may have freed some
    tick();
  });
}

}  // namespace gateway::mllp
