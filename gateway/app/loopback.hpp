#pragma once
#include <string_view>

namespace gateway::app {

/// The host of a URL as it is written, an IPv6 address without its brackets; "" without `//`.
/// RFC 3986 §3.2.2.
std::string_view host_of(std::string_view url);

/// Is this host surely this machine: `localhost`, `::1`, or an address 127.a.b.c written whole? A
/// name that only begins so may be anybody's.
bool is_loopback(std::string_view host);

}  // namespace gateway::app
