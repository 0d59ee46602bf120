#include "gateway/http/loop.hpp"

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "gateway/base/log.hpp"
#include "gateway/http/connection.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http {
namespace {

/// Beyond the limit this many are heard, to be told so; the next wait in the accept queue.
std::size_t surplus_of(const Limits& limits) {
  return std::max<std::size_t>(16, limits.connections / 8);
}

/// How often deadlines are looked at.
std::chrono::milliseconds tick_of(const Limits& limits) {
  const auto shortest = std::min({limits.handshake, limits.head, limits.body, limits.answer,
                                  limits.idle, limits.goodbye, limits.drain});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace

Loop::Loop(ServerSettings settings, Site site, security::TlsContext tls, const base::Clock& clock,
           observe::Metrics& metrics)
    : settings_(std::move(settings)),
      site_(std::move(site)),
      tls_(std::move(tls)),
      clock_(clock),
      metrics_(metrics),
      seconds_(metrics.seconds(observe::names::http_request_seconds, {{"door", settings_.name}})),
      open_connections_(metrics.gauge(observe::names::connections, {{"door", settings_.name}})),
      acceptor_(std::make_shared<net::Acceptor>(context_, [this] { return next_place(); })),
      workers_(settings_.threads) {}

Loop::~Loop() = default;

boost::system::error_code Loop::listen() {
  const auto error = acceptor_->listen(settings_.host, settings_.port);
  if (!error) port_ = acceptor_->port();
  return error;
}

void Loop::start() {
  acceptor_->accept_next();
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

void Loop::begin_drain() {
  boost::asio::post(context_, [this] {
    if (drains_since_ != 0) return;
    acceptor_->close();
    drains_since_ = clock_.steady_microseconds();
    on_every_connection(&Connection::begin_drain);
  });
}

void Loop::drain() {
  begin_drain();
  if (!wait_for_the_last(settings_.limits.drain))
    base::log(base::Level::warning, "http.drain_incomplete",
              {{"door", base::ConfiguredName(settings_.name)}});
}

void Loop::stop() {
  workers_.finish();
  context_.stop();
  if (thread_.joinable()) thread_.join();
  on_every_connection(&Connection::close);
  acceptor_->close();
  timer_.cancel();
  // What was under way holds connections, and they this loop.
  context_.restart();
  context_.poll();
}

std::optional<net::Place> Loop::next_place() {
  if (connections_.size() >= settings_.limits.connections + surplus_of(settings_.limits))
    return std::nullopt;
  return net::Place{&context_,
                    [this](boost::asio::ip::tcp::socket socket) { adopt(std::move(socket)); }};
}

void Loop::adopt(boost::asio::ip::tcp::socket socket) {
  const bool is_surplus = connections_.size() >= settings_.limits.connections && !make_room();
  const auto connection = std::make_shared<Connection>(*this, std::move(socket), is_surplus);
  connections_.emplace(connection.get(), connection);
  count();
  connection->start();
}

/// Closes the connection that has been idle for longest.
bool Loop::make_room() {
  std::shared_ptr<Connection> idle;
  for (const auto& [key, connection] : connections_)
    if (connection->is_idle() && (!idle || connection->since() < idle->since())) idle = connection;
  if (idle) idle->close();
  return idle != nullptr;
}

void Loop::forget(const Connection* connection) {
  if (connections_.erase(connection) == 1) count();
}

void Loop::count() {
  open_connections_.set(static_cast<double>(connections_.size()));
  const std::lock_guard lock(mutex_);
  connected_ = connections_.size();
  if (connected_ == 0) closed_.notify_all();
}

bool Loop::wait_for_the_last(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return closed_.wait_for(lock, longest, [this] { return connected_ == 0; });
}

bool Loop::account(std::size_t from, std::size_t to) {
  bodies_ = bodies_ - from + to;
  return to <= from || bodies_ <= settings_.limits.all_bodies;
}

void Loop::hand_on(std::shared_ptr<Connection> connection, Request request) {
  workers_.give([loop = shared_from_this(), home = std::weak_ptr<Connection>(std::move(connection)),
                 request = std::move(request)] {
    boost::asio::post(loop->context_, [home, response = loop->answered(request)]() mutable {
      if (const auto there = home.lock()) there->take_answer(std::move(response));
    });
  });
}

Response Loop::answered(const Request& request) const {
  try {
    return site_.answer(request);
  } catch (const std::exception&) {
    base::log(base::Level::error, "http.request_failed");
    return site_.refuse(
        request,
        {500, "internal", "the request could not be answered; the gateway's log says when"});
  }
}

void Loop::on_every_connection(void (Connection::*action)()) {
  std::vector<std::shared_ptr<Connection>> all;  // an action may end connections
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) ((*connection).*action)();
}

void Loop::tick() {
  timer_.expires_after(tick_of(settings_.limits));
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    on_every_connection(&Connection::check_deadlines);
    tick();
  });
}

}  // namespace gateway::http
