#include "gateway/http/loop.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/http/connection.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http {
namespace {

/// Beyond the limit this many are heard, to be told so; the next wait in the accept queue.
std::size_t surplus_of(const Limits& limits) {
  return std::max<std::size_t>(16, limits.connections / 8);
}

std::chrono::milliseconds shortest_of(const Limits& limits) {
  return std::min({limits.handshake, limits.head, limits.body, limits.answer, limits.idle,
                   limits.goodbye, limits.drain});
}

}  // namespace

Loop::Loop(ServerSettings settings, Site site, std::unique_ptr<security::ServerTls> tls,
           const base::Clock& clock, observe::Metrics& metrics)
    : settings_(std::move(settings)),
      site_(std::move(site)),
      tls_(std::move(tls)),
      clock_(clock),
      metrics_(metrics),
      seconds_(metrics.seconds(observe::names::http_request_seconds, {{"door", settings_.name}})),
      open_(metrics.gauge(observe::names::connections, {{"door", settings_.name}})),
      acceptor_(
          std::make_shared<net::Acceptor>(thread_.context(), [this] { return next_place(); })),
      pace_(settings_.limits.handshakes_per_second),
      addresses_(std::make_shared<net::Addresses>(settings_.limits.connections_per_address)),
      workers_(settings_.threads) {}

Loop::~Loop() = default;

boost::system::error_code Loop::listen() {
  const auto error = acceptor_->listen(settings_.host, settings_.port);
  if (!error) port_ = acceptor_->port();
  return error;
}

void Loop::start() {
  if (site_.bell)
    site_.bell->connect([this] { post([this] { connections_.on_each(&Connection::hear_bell); }); });
  acceptor_->accept_next();
  thread_.start(net::often_enough_for(shortest_of(settings_.limits)),
                [this] { connections_.on_each(&Connection::check_deadlines); });
}

base::Result<void> Loop::renew_tls() {
  if (!tls_) return {};
  const auto renewed = tls_->renew();
  if (!renewed) return renewed.error();
  if (*renewed == security::ServerTls::Renewed::trust)
    post([this] { connections_.on_each(&Connection::ask_peer_anew); });
  return {};
}

void Loop::begin_drain() {
  post([this] {
    if (drains_since_ != 0) return;
    acceptor_->close();
    drains_since_ = clock_.steady_microseconds();
    connections_.on_each(&Connection::begin_drain);
  });
}

void Loop::drain() {
  begin_drain();
  if (!open_.wait_for_none(settings_.limits.drain))
    base::log(base::Level::warning, "http.drain_incomplete",
              {{"door", base::ConfiguredName(settings_.name)}});
}

void Loop::stop() {
  if (site_.bell) site_.bell->connect({});
  workers_.finish();
  thread_.stop();
  connections_.on_each(&Connection::close);
  acceptor_->close();
  thread_.drop_handlers();
}

std::optional<net::Place> Loop::next_place() {
  if (connections_.size() >= settings_.limits.connections + surplus_of(settings_.limits))
    return std::nullopt;
  if (!pace_.take(clock_.steady_microseconds())) return std::nullopt;
  return net::Place{&thread_.context(),
                    [this](boost::asio::ip::tcp::socket socket) { adopt(std::move(socket)); }};
}

void Loop::adopt(boost::asio::ip::tcp::socket socket) {
  const bool is_surplus = connections_.size() >= settings_.limits.connections && !make_room();
  const auto connection = std::make_shared<Connection>(*this, std::move(socket), is_surplus);
  connections_.add(connection);
  open_.change(+1);
  connection->start();
}

/// Closes the connection that has been idle for longest.
bool Loop::make_room() {
  std::shared_ptr<Connection> idle;
  connections_.look_at_each([&idle](const auto& connection) {
    if (connection->is_idle() && (!idle || connection->since() < idle->since())) idle = connection;
  });
  if (idle) idle->close();
  return idle != nullptr;
}

void Loop::forget(const Connection* connection) {
  if (connections_.forget(connection)) open_.change(-1);
}

bool Loop::account(std::size_t from, std::size_t to) {
  bodies_ = bodies_ - from + to;
  return to <= from || bodies_ <= settings_.limits.all_bodies;
}

void Loop::hand_on(std::shared_ptr<Connection> connection, Request request) {
  workers_.give([loop = shared_from_this(), home = std::weak_ptr<Connection>(std::move(connection)),
                 request = std::move(request)] {
    loop->post([home, response = loop->answered(request)]() mutable {
      if (const auto there = home.lock()) there->take_answer(std::move(response));
    });
  });
}

void Loop::ask(std::shared_ptr<Connection> connection, std::shared_ptr<Feed> feed) {
  workers_.give([loop = shared_from_this(), home = std::weak_ptr<Connection>(std::move(connection)),
                 feed = std::move(feed)] {
    std::optional<std::string> more;
    try {
      more = feed->next(loop->clock_);
    } catch (const std::exception&) {
      base::log(base::Level::error, "http.feed_failed");
    }
    loop->post([home, more = std::move(more)] {
      if (const auto there = home.lock()) there->take_more(more);
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

}  // namespace gateway::http
