#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "gateway/base/time.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/workers.hpp"
#include "gateway/net/acceptor.hpp"
#include "gateway/net/admission.hpp"
#include "gateway/net/loop_thread.hpp"
#include "gateway/net/peers.hpp"
#include "gateway/net/tally.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/server_tls.hpp"

namespace gateway::http {

class Connection;

/// The one thread on which all connections of a server are read and written. It never waits for
/// anything but sockets.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  Loop(ServerSettings settings, Site site, std::unique_ptr<security::ServerTls> tls,
       const base::Clock& clock, observe::Metrics& metrics);
  ~Loop();

  boost::system::error_code listen();
  std::uint16_t port() const { return port_; }
  bool is_running() const { return thread_.is_running(); }
  void start();
  /// From any thread.
  base::Result<void> renew_tls();
  /// From any thread: the orderly end begins. Again: nothing more.
  void begin_drain();
  /// Not from the loop's own thread: that end, to the last connection; then `stop`.
  void drain();
  /// Ends the threads and drops what is open.
  void stop();

  const ServerSettings& settings() const { return settings_; }
  const Limits& limits() const { return settings_.limits; }
  const Site& site() const { return site_; }
  /// For one connection; null: plain.
  std::shared_ptr<SSL_CTX> tls() const { return tls_ ? tls_->context() : nullptr; }
  net::Addresses& addresses() { return *addresses_; }
  const base::Clock& clock() const { return clock_; }
  observe::Metrics& metrics() { return metrics_; }
  observe::Histogram& seconds() { return seconds_; }
  /// Answered requests of a route, method and status, all of them words of ours.
  observe::Counter& requests(std::string_view route, std::string_view method, int status);
  template <class Work>
  void post(Work work) {
    thread_.post(std::move(work));
  }

  // For its connections, on its thread.
  std::span<char> scratch() { return scratch_; }
  void forget(const Connection* connection);
  /// Has the request answered by a worker; the answer finds its way to the connection, if there
  /// still is one.
  void hand_on(std::shared_ptr<Connection> connection, Request request);
  /// The same of what a feed has to say.
  void ask(std::shared_ptr<Connection> connection, std::shared_ptr<Feed> feed);
  /// Looks at all feeds after a while.
  void breathe();
  static constexpr std::chrono::milliseconds breath{50};
  /// Bodies that are being read. False: there is no room for them all.
  bool account(std::size_t from, std::size_t to);
  /// Steady microseconds since which the server drains; 0: it does not.
  std::int64_t drains_since() const { return drains_since_; }

  // From any thread, of answers on their way.
  struct Answer {
    std::weak_ptr<Connection> home;
    Response response;
  };
  void begin_answering();
  void lay_down(Answer answer);
  /// The loop takes in what lies there, if it is not called already.
  void ring();
  void end_answering();

 private:
  std::optional<net::Place> next_place();
  void adopt(boost::asio::ip::tcp::socket socket);
  bool make_room();
  void answer(const std::shared_ptr<const Request>& request,
              const std::shared_ptr<Answering>& back) const;
  void take_in();

  const ServerSettings settings_;
  const Site site_;
  const std::unique_ptr<security::ServerTls> tls_;  // null: plain
  const base::Clock& clock_;
  observe::Metrics& metrics_;
  observe::Histogram& seconds_;
  struct Counted {
    std::string_view route, method;
    int status = 0;
    observe::Counter* counter = nullptr;
  };
  std::vector<Counted> counted_;  // looked up once
  net::Tally open_;
  net::LoopThread thread_;
  std::shared_ptr<net::Acceptor> acceptor_;
  std::uint16_t port_ = 0;
  std::array<char, 64 * 1024> scratch_{};
  net::Peers<Connection> connections_;
  net::Pace pace_;
  const std::shared_ptr<net::Addresses> addresses_;
  std::size_t bodies_ = 0;  // bytes
  std::int64_t drains_since_ = 0;
  boost::asio::steady_timer breath_{thread_.context()};
  bool breathes_ = false;
  std::vector<Workers::Work> asked_;  // to be handed on when all that is ready was read
  std::mutex answers_mutex_;
  std::condition_variable none_under_way_;
  std::vector<Answer> answers_;  // guarded by answers_mutex_
  bool is_called_ = false;       // guarded by answers_mutex_
  std::size_t under_way_ = 0;    // guarded by answers_mutex_; answers
  Workers workers_;
};

}  // namespace gateway::http
