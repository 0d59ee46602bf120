#pragma once
#include <string>

namespace gateway::app {

/// The host of a URL, an IPv6 address without its brackets; "" of what is no URL with a host.
std::string host_of(const std::string& url);

/// Is this host surely this machine: `localhost`, `::1`, or an address 127.a.b.c written whole? A
/// name that only begins so may be anybody's.
bool is_loopback(const std::string& host);

}  // namespace gateway::app
