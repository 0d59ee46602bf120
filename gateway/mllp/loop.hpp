#pragma once
#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "gateway/base/time.hpp"
#include "gateway/mllp/budget.hpp"
#include "gateway/mllp/door.hpp"
#include "gateway/mllp/sink.hpp"
#include "gateway/net/admission.hpp"
#include "gateway/net/loop_thread.hpp"
#include "gateway/net/peers.hpp"
#include "gateway/net/tally.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/server_tls.hpp"

namespace gateway::mllp {

class Connection;

/// One listener: what its connections share. Lives until the last answer to one of its messages was
/// given, since messages point at its policy.
struct Listener {
  intake::ListenerPolicy policy;
  std::unique_ptr<security::ServerTls> tls;  // null: plain
};

/// What all connections of a door share.
struct Shared {
  Shared(Limits the_limits, Sink the_sink, const base::Clock& the_clock,
         observe::Metrics& registry);

  const Limits limits;
  const Sink sink;
  const base::Clock& clock;
  observe::Metrics& metrics;
  observe::Histogram& acknowledgement_seconds;
  net::Tally open;
  const std::shared_ptr<net::Addresses> addresses;
  Budget budget;
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
  void ask_peers_anew();  // whom the door believes has changed

  boost::asio::io_context& context() { return thread_.context(); }
  template <class Work>
  void post(Work work) {
    thread_.post(std::move(work));
  }
  Shared& shared() { return *shared_; }

  // For its connections, on its thread.
  enum class Lack { room, bytes };  // the taker's lanes are full; the budget is used up
  std::span<char> scratch() { return scratch_; }
  void resume_later(std::shared_ptr<Connection> connection, Lack lack);
  void bytes_were_freed();
  void forget(const Connection* connection);

 private:
  using Waiting = std::vector<std::shared_ptr<Connection>>;
  void wait_for_room();
  static void resume(Waiting& waiting);

  std::shared_ptr<Shared> shared_;
  net::LoopThread thread_;
  std::array<char, 64 * 1024> scratch_{};
  net::Peers<Connection> connections_;
  Waiting lack_room_, lack_bytes_;
  bool asked_for_room_ = false, resumes_soon_ = false, draining_ = false;
};

}  // namespace gateway::mllp
