#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace gateway::net {

/// Where the next connection lives: the event loop whose it will be, and who takes it.
struct Place {
  boost::asio::io_context* context = nullptr;
  std::function<void(boost::asio::ip::tcp::socket)> take;
};

/// Accepts TCP connections of one listener on the thread of one event loop. Accepted sockets notice
/// a peer that vanished (TRUST T3). Everything but construction and `listen` on the loop's thread.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  /// `next` is asked before each accept; nothing: there is no place now, who comes meanwhile waits
  /// in the accept queue.
  using NextPlace = std::function<std::optional<Place>()>;
  Acceptor(boost::asio::io_context& context, NextPlace next);

  /// `inherited`: a socket that listens already, taken instead of opening one; -1: none.
  boost::system::error_code listen(const std::string& host, std::uint16_t port, int inherited = -1);
  std::uint16_t port() const;
  void accept_next();
  void close();

 private:
  boost::system::error_code adopt(int listening);
  void wait_a_little();

  NextPlace next_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer breath_;
};

}  // namespace gateway::net
