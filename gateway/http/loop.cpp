#include "gateway/http/loop.hpp"

#include <algorithm>
#include <atomic>
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

/// The way of one answer to its connection. The loop does not end before it.
class WayBack final : public Answering {
 public:
  WayBack(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> home)
      : loop_(std::move(loop)), home_(std::move(home)) {
    loop_->begin_answering();
  }
  ~WayBack() override { loop_->end_answering(); }
  WayBack(const WayBack&) = delete;
  WayBack& operator=(const WayBack&) = delete;
  void put(Response response) override {
    if (!is_put_.exchange(true)) loop_->lay_down({home_, std::move(response)});
  }
  void ring() override { loop_->ring(); }

 private:
  const std::shared_ptr<Loop> loop_;
  const std::weak_ptr<Connection> home_;
  std::atomic<bool> is_put_{false};
};

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
  const auto error = acceptor_->listen(settings_.host, settings_.port, settings_.inherited);
  if (!error) port_ = acceptor_->port();
  return error;
}

void Loop::start() {
  if (site_.bell)
    site_.bell->connect([this](const Subjects& subjects) {
      post([this, subjects] {
        connections_.look_at_each(
            [&subjects](const auto& connection) { connection->hear_bell(subjects); });
      });
    });
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
  {
    std::unique_lock lock(answers_mutex_);
    none_under_way_.wait(lock, [this] { return under_way_ == 0; });
  }
  thread_.stop();
  connections_.on_each(&Connection::close);
  acceptor_->close();
  thread_.drop_handlers();
}

void Loop::breathe() {
  if (std::exchange(breathes_, true)) return;
  breath_.expires_after(breath);
  breath_.async_wait([this](const boost::system::error_code& error) {
    breathes_ = false;
    if (!error) connections_.on_each(&Connection::go_on_feeding);
  });
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

observe::Counter& Loop::requests(std::string_view route, std::string_view method, int status) {
  for (const auto& one : counted_)
    if (one.status == status && one.route == route && one.method == method) return *one.counter;
  auto& counter =
      metrics_.counter(observe::names::http_requests, {{"route", std::string(route)},
                                                       {"method", std::string(method)},
                                                       {"status", std::to_string(status)}});
  counted_.push_back({route, method, status, &counter});
  return counter;
}

bool Loop::account(std::size_t from, std::size_t to) {
  bodies_ = bodies_ - from + to;
  return to <= from || bodies_ <= settings_.limits.all_bodies;
}

void Loop::hand_on(std::shared_ptr<Connection> connection, Request request) {
  const auto back = std::make_shared<WayBack>(shared_from_this(), std::move(connection));
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  auto run = [this, back, asked = std::make_shared<const Request>(std::move(request))] {
    answer(asked, back);
  };
  asked_.push_back({std::move(run), is_read && site_.answer_later});
  // Behind all that is ready now: what comes together is handed on together.
  if (asked_.size() == 1) post([this] { workers_.give(std::exchange(asked_, {})); });
}

void Loop::begin_answering() {
  const std::lock_guard lock(answers_mutex_);
  ++under_way_;
}

void Loop::end_answering() {
  const std::lock_guard lock(answers_mutex_);
  if (--under_way_ == 0) none_under_way_.notify_all();
}

void Loop::lay_down(Answer answer) {
  const std::lock_guard lock(answers_mutex_);
  answers_.push_back(std::move(answer));
}

void Loop::ring() {
  {
    const std::lock_guard lock(answers_mutex_);
    if (answers_.empty() || std::exchange(is_called_, true)) return;
  }
  post([this] { take_in(); });
}

void Loop::take_in() {
  std::vector<Answer> answers;
  {
    const std::lock_guard lock(answers_mutex_);
    answers.swap(answers_);
    is_called_ = false;
  }
  for (auto& answer : answers)
    if (const auto there = answer.home.lock()) there->take_answer(std::move(answer.response));
}

void Loop::ask(std::shared_ptr<Connection> connection, std::shared_ptr<Feed> feed) {
  auto run = [loop = shared_from_this(), home = std::weak_ptr<Connection>(std::move(connection)),
              feed = std::move(feed)] {
    std::optional<Feed::Said> more;
    try {
      more = feed->next(loop->clock_);
    } catch (const std::exception&) {
      base::log(base::Level::error, "http.feed_failed");
    }
    loop->post([home, more = std::move(more)]() mutable {
      if (const auto there = home.lock()) there->take_more(std::move(more));
    });
  };
  workers_.give({{std::move(run)}});
}

void Loop::answer(const std::shared_ptr<const Request>& request,
                  const std::shared_ptr<Answering>& back) const {
  try {
    if (site_.answer_later) return site_.answer_later(request, back);
    back->put(site_.answer(*request));
  } catch (const std::exception&) {
    base::log(base::Level::error, "http.request_failed");
    back->put(site_.refuse(
        *request,
        {500, "internal", "the request could not be answered; the gateway's log says when"}));
  }
  back->ring();
}

}  // namespace gateway::http
