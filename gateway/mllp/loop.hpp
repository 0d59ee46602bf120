#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "gateway/base/time.hpp"
#include "gateway/mllp/budget.hpp"
#include "gateway/mllp/door.hpp"
#include "gateway/mllp/sink.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::mllp {

class Connection;

/// One listener: what its connections share. Lives until the last answer to one of its messages was
/// given, since messages point at its policy.
struct Listener {
  intake::ListenerPolicy policy;
  security::TlsContext tls;  // null: plain
};

/// What all connections of a door share.
class Shared {
 public:
  Shared(Limits the_limits, Sink the_sink, const base::Clock& the_clock,
         observe::Metrics& registry);

  const Limits limits;
  const Sink sink;
  const base::Clock& clock;
  observe::Metrics& metrics;
  observe::Histogram& acknowledgement_seconds;
  observe::Gauge& open_connections;
  Budget budget;

  void count(int change);  // of connections
  std::size_t connections();
  /// True when no connection is open, at the latest after `longest`.
  bool wait_for_the_last(std::chrono::milliseconds longest);

 private:
  std::mutex mutex_;
  std::condition_variable closed_;
  std::size_t connections_ = 0;  // guarded by mutex_
};

/// One thread with its connections: everything of a connection happens there.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);
  ~Loop();

  void start();
  /// Ends the thread and drops what is open. Not from the loop's own thread.
  void stop();
  /// After `stop`: ends what was under way.
  void drop_handlers();

  // From any thread.
  void adopt(boost::asio::ip::tcp::socket socket, std::shared_ptr<Listener> listener);
  void begin_drain();
  void abandon_frames();  // what has begun and not ended is waited for no longer
  void close_all();

  boost::asio::io_context& context() { return context_; }
  Shared& shared() { return *shared_; }

  // For its connections, on its thread.
  enum class Lack { room, bytes };  // the taker's lanes are full; the budget is used up
  std::span<char> scratch() { return scratch_; }
  void resume_later(std::shared_ptr<Connection> connection, Lack lack);
  void bytes_were_freed();
  void forget(const Connection* connection);

 private:
  using Waiting = std::vector<std::shared_ptr<Connection>>;
  void tick();
  void wait_for_room();
  static void resume(Waiting& waiting);
  void on_every_connection(void (Connection::*action)());

  std::shared_ptr<Shared> shared_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_{
      context_.get_executor()};
  boost::asio::steady_timer timer_{context_};
  std::array<char, 64 * 1024> scratch_{};
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
  Waiting lack_room_, lack_bytes_;
  bool asked_for_room_ = false, resumes_soon_ = false, draining_ = false;
  std::thread thread_;
};

}  // namespace gateway::mllp
