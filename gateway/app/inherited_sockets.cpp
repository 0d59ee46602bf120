#include "gateway/app/inherited_sockets.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::app {
namespace {

constexpr int first_descriptor = 3;  // SD_LISTEN_FDS_START
constexpr int most_descriptors = 1024;

int number_of(const char* variable) {
  const char* text = std::getenv(variable);
  int out = 0;
  if (text != nullptr) {
    const std::string_view whole = text;
    std::from_chars(whole.data(), whole.data() + whole.size(), out);
  }
  return out;
}

std::optional<Address> address_of(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bound.ss_family == AF_INET) {
    const auto& at = reinterpret_cast<const sockaddr_in&>(bound);
    ::inet_ntop(AF_INET, &at.sin_addr, text.data(), text.size());
    return Address{text.data(), ntohs(at.sin_port)};
  }
  if (bound.ss_family == AF_INET6) {
    const auto& at = reinterpret_cast<const sockaddr_in6&>(bound);
    ::inet_ntop(AF_INET6, &at.sin6_addr, text.data(), text.size());
    return Address{text.data(), ntohs(at.sin6_port)};
  }
  return std::nullopt;
}

std::string host_of(const Address& address) {
  if (address.host == "::") return "0.0.0.0";
  return address.host == "localhost" ? "127.0.0.1" : address.host;
}

}  // namespace

InheritedSockets InheritedSockets::of_this_process() {
  InheritedSockets out;
  if (number_of("LISTEN_PID") != ::getpid()) return out;
  const int count = std::min(number_of("LISTEN_FDS"), most_descriptors);
  for (int descriptor = first_descriptor; descriptor < first_descriptor + count; ++descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    out.sockets_.push_back({descriptor, address_of(descriptor).value_or(Address{"(no address)"})});
  }
  return out;
}

int InheritedSockets::take(const Address& listen) {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [&](const Socket& socket) {
    return socket.bound.port == listen.port && host_of(socket.bound) == host_of(listen);
  });
  if (found == sockets_.end()) return -1;
  const int descriptor = found->descriptor;
  sockets_.erase(found);
  return descriptor;
}

base::Result<void> InheritedSockets::all_taken() const {
  if (sockets_.empty()) return {};
  const Address& bound = sockets_.front().bound;
  return base::Error{base::ErrorKind::configuration,
                     "the service manager hands over a socket on " + bound.host + ":" +
                         std::to_string(bound.port) + ", which is no listener's address",
                     "LISTEN_FDS", "name it as `listen` of a door, or take it out of the .socket"};
}

}  // namespace gateway::app
