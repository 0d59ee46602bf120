#include "tests/support/peer.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tests {

struct Peer::State {
  int descriptor = -1;
  SSL_CTX* context = nullptr;
  SSL* tls = nullptr;
  std::string read;

  State() { std::signal(SIGPIPE, SIG_IGN); }  // OpenSSL writes with write(2)
  ~State() {
    if (tls != nullptr) SSL_free(tls);
    if (context != nullptr) SSL_CTX_free(context);
    if (descriptor >= 0) close(descriptor);
  }

  /// False: closed.
  bool read_some() {
    char buffer[16 * 1024];
    errno = 0;  // OpenSSL leaves an old one
    const auto count = tls != nullptr
                           ? SSL_read(tls, buffer, sizeof buffer)
                           : static_cast<int>(recv(descriptor, buffer, sizeof buffer, 0));
    if (count <= 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) throw std::runtime_error("nothing came in time");
      return false;
    }
    read.append(buffer, static_cast<std::size_t>(count));
    return true;
  }
};

Peer::Peer(Peer&&) noexcept = default;
Peer& Peer::operator=(Peer&&) noexcept = default;
Peer::~Peer() = default;

Peer::Peer(std::uint16_t port) : state_(std::make_unique<State>()) {
  state_->descriptor = socket(AF_INET, SOCK_STREAM, 0);
  const timeval longest{std::chrono::duration_cast<std::chrono::seconds>(patience).count(), 0};
  setsockopt(state_->descriptor, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  setsockopt(state_->descriptor, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(state_->descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

bool Peer::begin_tls(const PeerFiles& files) {
  State& state = *state_;
  state.context = SSL_CTX_new(TLS_client_method());
  if (!files.certificate.empty()) {
    SSL_CTX_use_certificate_chain_file(state.context, files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(state.context, files.key.c_str(), SSL_FILETYPE_PEM);
  }
  SSL_CTX_load_verify_file(state.context, files.ca.c_str());
  SSL_CTX_set_verify(state.context, SSL_VERIFY_PEER, nullptr);
  if (files.version != 0) {
    SSL_CTX_set_security_level(state.context, 0);
    SSL_CTX_set_min_proto_version(state.context, files.version);
    SSL_CTX_set_max_proto_version(state.context, files.version);
  }
  state.tls = SSL_new(state.context);
  SSL_set_fd(state.tls, state.descriptor);
  return SSL_connect(state.tls) == 1;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = state_->tls != nullptr
                           ? SSL_write(state_->tls, bytes.data(), static_cast<int>(bytes.size()))
                           : static_cast<int>(::send(state_->descriptor, bytes.data(), bytes.size(),
                                                     MSG_NOSIGNAL));
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> Peer::receive_until(std::string_view end) {
  auto& read = state_->read;
  for (;;) {
    if (const auto at = read.find(end); at != std::string::npos) {
      auto found = read.substr(0, at + end.size());
      read.erase(0, found.size());
      return found;
    }
    if (!state_->read_some()) return std::nullopt;
  }
}

std::optional<std::string> Peer::receive_bytes(std::size_t count) {
  auto& read = state_->read;
  while (read.size() < count)
    if (!state_->read_some()) return std::nullopt;
  auto found = read.substr(0, count);
  read.erase(0, count);
  return found;
}

bool Peer::has_bytes_in_time(std::chrono::milliseconds longest) {
  if (!state_->read.empty() || (state_->tls != nullptr && SSL_pending(state_->tls) > 0))
    return true;
  pollfd readable{state_->descriptor, POLLIN, 0};
  return poll(&readable, 1, static_cast<int>(longest.count())) > 0;
}

bool Peer::is_closed_in_time(std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const bool waits = state_->tls != nullptr && SSL_pending(state_->tls) > 0;
    pollfd readable{state_->descriptor, POLLIN, 0};
    if (!waits && poll(&readable, 1, static_cast<int>(left.count())) <= 0) return false;
    if (!state_->read_some()) return true;
  }
}

void Peer::shut_down_sending() {
  if (state_->tls != nullptr) SSL_shutdown(state_->tls);
  shutdown(state_->descriptor, SHUT_WR);
}

void Peer::reset() {
  const linger at_once{1, 0};
  setsockopt(state_->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(state_->descriptor);
  state_->descriptor = -1;
}

void Peer::abandon() {
  close(state_->descriptor);
  state_->descriptor = -1;
}

}  // namespace tests
