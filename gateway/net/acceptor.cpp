#include "gateway/net/acceptor.hpp"

#include <cerrno>
#include <chrono>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace gateway::net {
namespace {

using boost::asio::ip::tcp;

/// Probes after a minute of silence, and an end of waiting for what is never acknowledged.
void watch_peer(tcp::socket& socket) {
  const auto set = [&](int level, int option, int value) {
    setsockopt(socket.native_handle(), level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& context, NextPlace next)
    : next_(std::move(next)), acceptor_(context), breath_(context) {}

boost::system::error_code Acceptor::listen(const std::string& host, std::uint16_t port,
                                           int inherited) {
  if (inherited >= 0) return adopt(inherited);
  boost::system::error_code error;
  tcp::resolver resolver(acceptor_.get_executor());
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
  if (error) return error;
  const tcp::endpoint endpoint = *found.begin();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

boost::system::error_code Acceptor::adopt(int listening) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  boost::system::error_code error;
  if (::getsockname(listening, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return {errno, boost::system::system_category()};
  acceptor_.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), listening, error);
  return error;
}

std::uint16_t Acceptor::port() const {
  boost::system::error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

void Acceptor::accept_next() {
  auto place = next_();
  if (!place) return wait_a_little();
  auto& context = *place->context;
  acceptor_.async_accept(context, [self = shared_from_this(), take = std::move(place->take)](
                                      boost::system::error_code error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (error) return self->wait_a_little();  // out of descriptors, or a peer that left
    watch_peer(socket);
    take(std::move(socket));
    self->accept_next();
  });
}

void Acceptor::close() {
  boost::system::error_code ignored;
  breath_.cancel();
  acceptor_.close(ignored);
}

void Acceptor::wait_a_little() {
  breath_.expires_after(std::chrono::milliseconds(50));
  breath_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error && self->acceptor_.is_open()) self->accept_next();
  });
}

}  // namespace gateway::net
