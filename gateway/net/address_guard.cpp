#include "gateway/net/address_guard.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace gateway::net {

namespace {

using Poco::Net::IPAddress;

constexpr const char* local = "private";  // allowed where the administrator says so

struct Network4 {
  std::uint32_t address;
  int bits;
  const char* why;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 Special-Purpose Address Registry; metadata addresses from the clouds' manuals. The
// first that fits decides.
constexpr Network4 networks4[] = {
    {v4(169, 254, 0, 0), 16, "link-local or metadata"},
    {v4(100, 100, 100, 200), 32, "metadata"},
    {v4(168, 63, 129, 16), 32, "metadata"},
    {v4(192, 0, 0, 0), 24, "reserved or metadata"},
    {v4(0, 0, 0, 0), 8, "unspecified"},
    {v4(224, 0, 0, 0), 4, "multicast"},
    {v4(240, 0, 0, 0), 4, "reserved or broadcast"},
    {v4(127, 0, 0, 0), 8, local},
    {v4(10, 0, 0, 0), 8, local},
    {v4(172, 16, 0, 0), 12, local},
    {v4(192, 168, 0, 0), 16, local},
    {v4(100, 64, 0, 0), 10, local},
    {v4(198, 18, 0, 0), 15, local},
};

const char* classify4(std::uint32_t address) {
  for (const auto& network : networks4) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - network.bits);
    if ((address & mask) == network.address) return network.why;
  }
  return "";
}

using Octets = std::array<unsigned char, 16>;

std::uint32_t v4_at(const Octets& octets, std::size_t at) {
  return v4(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
}

bool begins(const Octets& octets, std::initializer_list<unsigned char> prefix) {
  return std::equal(prefix.begin(), prefix.end(), octets.begin());
}

/// The IPv4 address that packets to this IPv6 address end up at.
std::optional<std::uint32_t> embedded4(const Octets& octets) {
  if (begins(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return v4_at(octets, 12);
  if (begins(octets, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return v4_at(octets, 12);
  if (begins(octets, {0x20, 0x02})) return v4_at(octets, 2);
  const bool compatible = begins(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  if (compatible && v4_at(octets, 12) > 1) return v4_at(octets, 12);
  return std::nullopt;
}

const char* classify6(const Octets& octets) {
  if (const auto inner = embedded4(octets)) return classify4(*inner);
  constexpr Octets loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  constexpr Octets aws_metadata = {0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};
  if (octets == loopback) return local;
  if (octets == Octets{}) return "unspecified";
  if (octets == aws_metadata) return "metadata";
  if (octets[0] == 0xff) return "multicast";
  if (octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80) return "link-local or metadata";
  if (octets[0] == 0xfe && (octets[1] & 0xc0) == 0xc0) return local;  // site-local, deprecated
  if ((octets[0] & 0xfe) == 0xfc) return local;
  if (begins(octets, {0, 0x64, 0xff, 0x9b, 0, 1})) return local;  // local NAT64
  if (begins(octets, {0x20, 0x01, 0, 0})) return "tunnelled";     // Teredo
  return "";
}

struct FreeFound {
  void operator()(addrinfo* found) const noexcept { freeaddrinfo(found); }
};

}  // namespace

const char* refusal(const IPAddress& address, Reach reach) {
  const char* why = "";
  if (address.family() == IPAddress::IPv4) {
    std::uint32_t network_order = 0;
    std::memcpy(&network_order, address.addr(), sizeof network_order);
    why = classify4(ntohl(network_order));
  } else {
    Octets octets{};
    std::memcpy(octets.data(), address.addr(), octets.size());
    why = classify6(octets);
  }
  return why == local && reach == Reach::also_private ? "" : why;
}

base::Result<std::vector<Poco::Net::SocketAddress>> reachable_addresses(const std::string& host,
                                                                        std::uint16_t port,
                                                                        Reach reach) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(host.c_str(), nullptr, &wanted, &list);
  const std::unique_ptr<addrinfo, FreeFound> found(list);
  if (failed != 0) {
    return base::Error{base::ErrorKind::unavailable,
                       std::string("host name does not resolve (") + gai_strerror(failed) + ")",
                       host, "correct the url, or look at this machine's name service"};
  }
  std::vector<Poco::Net::SocketAddress> reachable;
  const char* why = "";
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    const Poco::Net::SocketAddress resolved(one->ai_addr, one->ai_addrlen);
    const char* refused = refusal(resolved.host(), reach);
    if (*refused == '\0') {
      reachable.emplace_back(resolved.host(), port);
    } else {
      why = refused;
    }
  }
  if (!reachable.empty()) return reachable;
  const bool could_be_allowed = std::strcmp(why, local) == 0;
  return base::Error{base::ErrorKind::configuration,
                     std::string("address is ") + why + " and not connected to", host,
                     could_be_allowed ? "set allow_private_address if this is meant"
                                      : "name another host in the url"};
}

}  // namespace gateway::net
