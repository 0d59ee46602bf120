/// Room net (floor 2): bytes on a wire, as far as libraries leave something to do. Knows no MLLP,
/// no FHIR, and not what bytes mean.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>

#include "gateway/base/result.hpp"

namespace gateway::net {

/// How far an outgoing connection may reach.
enum class Reach {
  public_only,
  also_private  // loopback and private networks too, since the administrator said so
};

/// Why no connection may go to an address; "" = it may. Never allowed: unspecified, link-local,
/// multicast, reserved, and where clouds keep their metadata. An IPv4 address inside an IPv6 one
/// (mapped, compatible, NAT64, 6to4) is judged as what it is (TRUST T10).
const char* refusal(const Poco::Net::IPAddress& address, Reach reach);

/// Resolves a name, in whatever spelling the system's resolver takes, and keeps the addresses that
/// may be reached. Connect to one of these, never to the name again: it could resolve to something
/// else then. Error `unavailable`: it does not resolve now; `configuration`: none may be reached.
base::Result<std::vector<Poco::Net::SocketAddress>> reachable_addresses(const std::string& host,
                                                                        std::uint16_t port,
                                                                        Reach reach);

}  // namespace gateway::net
