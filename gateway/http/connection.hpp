#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "gateway/http/loop.hpp"
#include "gateway/http/request_reader.hpp"
#include "gateway/net/stream.hpp"

namespace gateway::http {

/// One peer: bytes → requests → the site, and answers back, one request at a time: while one is
/// answered nothing is read, so what is pipelined waits with its sender. All on the loop's thread.
///
///   handshaking ──▶ reading ──▶ working ──▶ writing ──▶ reading … ──▶ leaving ──▶ closed
///                                              └──▶ feeding ──▶ leaving
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `is_surplus`: over the limit of connections; its first request is answered 503.
  Connection(Loop& loop, boost::asio::ip::tcp::socket socket, bool is_surplus);
  ~Connection();

  void start();
  void take_answer(Response response);
  /// Of a feed: what it gave, and that there may be more.
  void take_more(const std::optional<std::string>& more);
  void ask_feed();
  void hear_bell();
  void check_deadlines();
  void begin_drain();
  void ask_peer_anew();  // whom the door believes has changed
  void close();
  /// Between two requests, or before the first.
  bool is_idle() const { return phase_ == Phase::reading && !reader_.has_bytes(); }
  std::int64_t since() const { return since_; }

 private:
  enum class Phase { handshaking, reading, working, writing, feeding, leaving, closed };

  void shake_hands();
  void read_on();
  void discard();
  void on_end();
  void go_on();
  bool admit();
  bool account();
  void hand_on();
  void refuse(const Refusal& refusal);
  void respond(const Response& response, bool closes);
  void flush();
  void on_flushed();
  void begin_feeding();
  void check_feeding();
  void leave();
  void part();
  void check_reading(std::int64_t time);
  bool is_over(std::chrono::milliseconds span) const;
  bool is_too_slow(std::chrono::milliseconds span, std::size_t bytes) const;
  void await_read(net::Step step);
  void await_write();
  std::int64_t now() const { return loop_.clock().steady_microseconds(); }

  Loop& loop_;  // holds us, or the handler that holds us
  net::Stream stream_;
  RequestReader reader_;
  security::PeerIdentity peer_;
  std::shared_ptr<void> admitted_;  // our share of the address's connections
  Phase phase_ = Phase::handshaking;
  const bool is_surplus_;
  bool ended_ = false;      // the peer sends no more
  bool closes_ = false;     // after what is being written
  bool has_begun_ = false;  // a request has
  bool is_first_ = true;    // it is the first
  std::string out_;
  std::size_t out_sent_ = 0;
  std::size_t accounted_ = 0;  // bytes of a body that the loop knows of
  std::int64_t since_ = 0;     // steady microseconds: when the phase, or its part, began
  std::int64_t moved_ = 0;     // when a byte last came or went
  std::int64_t asked_ = 0;     // when the request was whole
  std::shared_ptr<Feed> feed_;
  bool feed_is_asked_ = false, feed_is_wanted_ = false;  // by a worker; once more after that
  observe::Histogram* also_seconds_ = nullptr;           // of the response being written
};

}  // namespace gateway::http
