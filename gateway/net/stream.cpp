#include "gateway/net/stream.hpp"

namespace gateway::net {

Stream::Stream(boost::asio::ip::tcp::socket socket, SSL_CTX* tls)
    : socket_(std::move(socket)),
      wire_(tls != nullptr ? Wire(socket_.native_handle(), tls) : Wire(socket_.native_handle())) {}

bool Stream::prepare() {
  boost::system::error_code error;
  socket_.non_blocking(true, error);  // OpenSSL works on the descriptor behind Asio's back
  return !error;
}

std::string Stream::address() const {
  boost::system::error_code error;
  const auto peer = socket_.remote_endpoint(error);
  return error ? std::string() : peer.address().to_string();
}

void Stream::end_sending() {
  wire_.say_goodbye();
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

Step Stream::discard(std::span<char> scratch) {
  for (int turn = 0; turn < reads_a_turn; ++turn) {
    const Tried tried = wire_.read(scratch);
    if (tried.step != Step::done) return tried.step;
  }
  return Step::done;
}

void Stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace gateway::net
