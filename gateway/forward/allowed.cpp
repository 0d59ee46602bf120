#include "gateway/forward/allowed.hpp"

#include <algorithm>

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/NumberParser.h>
#include <Poco/String.h>
#include <Poco/URI.h>

namespace gateway::forward {
namespace {

using Poco::Net::IPAddress;

base::Error refusal(std::string what, std::string remedy) {
  return {base::ErrorKind::configuration, std::move(what), "", std::move(remedy)};
}

/// `10.1.0.0/16` of an address.
bool is_within(const IPAddress& address, const std::string& network) {
  const auto slash = network.find('/');
  if (slash == network.npos) return false;
  IPAddress base;
  unsigned bits = 0;
  if (!IPAddress::tryParse(network.substr(0, slash), base) ||
      !Poco::NumberParser::tryParseUnsigned(network.substr(slash + 1), bits))
    return false;
  const unsigned longest = base.family() == IPAddress::IPv4 ? 32 : 128;
  if (base.family() != address.family() || bits > longest) return false;
  const IPAddress mask(bits, base.family());
  return (address & mask) == (base & mask);
}

}  // namespace

base::Result<void> check_allowed(const std::string& url, const std::vector<std::string>& hosts) {
  std::string host;
  try {
    const Poco::URI uri(url);
    if (uri.getScheme() != "https") return refusal("the endpoint is not https", "take https");
    host = uri.getHost();
  } catch (const Poco::Exception&) {
    return refusal("the endpoint cannot be read", "write https://host:port/path");
  }
  IPAddress address;
  const bool is_address = IPAddress::tryParse(host, address);
  const bool is_allowed = std::ranges::any_of(hosts, [&](const std::string& allowed) {
    IPAddress same;
    if (!is_address) return Poco::icompare(host, allowed) == 0;
    return IPAddress::tryParse(allowed, same) ? same == address : is_within(address, allowed);
  });
  if (is_allowed) return {};
  return refusal("the host of the endpoint is not among those that may be reached",
                 "ask the operator of this gateway to name it in access.allow_hosts");
}

}  // namespace gateway::forward
