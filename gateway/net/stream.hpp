#pragma once
#include <span>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "gateway/net/wire.hpp"

namespace gateway::net {

/// An accepted socket and the bytes on it, as an event loop uses them: try, and where a try would
/// block be told when the next may do. Everything on the loop's thread. What is to be called holds
/// the owner of the stream, so that neither goes while it waits.
class Stream {
 public:
  /// Plain where there is no `tls`.
  Stream(boost::asio::ip::tcp::socket socket, SSL_CTX* tls);

  /// Before anything else; false: the socket is of no use.
  bool prepare();
  Wire& wire() { return wire_; }
  /// Of the peer, without its port; "" if it is gone already.
  std::string address() const;

  bool awaits_read() const { return awaits_read_; }
  bool awaits_write() const { return awaits_write_; }
  /// Another try of what said `step`; a second call before it came changes nothing.
  template <class Then>
  void await_read(Step step, Then then) {
    await(step == Step::wants_write ? boost::asio::ip::tcp::socket::wait_write
                                    : boost::asio::ip::tcp::socket::wait_read,
          awaits_read_, std::move(then));
  }
  template <class Then>
  void await_write(Then then) {
    await(boost::asio::ip::tcp::socket::wait_write, awaits_write_, std::move(then));
  }
  /// Lets something be read while `await_read` still waits: what lies there already.
  void read_regardless() { awaits_read_ = false; }

  /// Our last word: goodbye, and the end of what we send.
  void end_sending();
  /// What comes after it is read and dropped, so that closing does not reset the connection under
  /// an answer the peer has not read yet. `done`: a turn is over and there may be more.
  Step discard(std::span<char> scratch);
  void close();

 private:
  template <class Then>
  void await(boost::asio::ip::tcp::socket::wait_type what, bool& flag, Then then) {
    if (std::exchange(flag, true)) return;
    socket_.async_wait(what,
                       [&flag, then = std::move(then)](boost::system::error_code error) mutable {
                         flag = false;
                         if (!error) then();
                       });
  }

  boost::asio::ip::tcp::socket socket_;
  Wire wire_;
  bool awaits_read_ = false, awaits_write_ = false;
};

/// Reads of one connection in one turn: one greedy peer must not starve the rest.
inline constexpr int reads_a_turn = 8;

}  // namespace gateway::net
