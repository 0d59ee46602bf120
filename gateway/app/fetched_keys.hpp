#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "gateway/access/client_keys.hpp"
#include "gateway/forward/https_client.hpp"

namespace gateway::app {

/// What may be asked of others because it is configured, and how long all of it may take.
struct OutgoingRules {
  std::vector<std::string> hosts;
  std::filesystem::path ca;  // verifies them; "": this machine's authorities
  std::chrono::milliseconds longest = std::chrono::seconds(3);
};

/// Asks a URL once: https to a host among those named, at an address that may be reached and is
/// connected to as it was checked, its name verified, no redirect (TRUST T9, T10). Private
/// addresses too, since the administrator named the host; metadata and link-local ones never.
base::Result<forward::HttpsAnswer> ask_outside(const std::string& url, const OutgoingRules& rules,
                                               forward::HttpsRequest request);

/// The keys behind a jwks_url; at most 64 KiB.
access::FetchKeys fetching_keys(OutgoingRules rules);

/// May this URL be asked? Asks no name service. Error `configuration` with the remedy.
base::Result<void> check_keys_url(const std::string& url, const std::vector<std::string>& hosts);

}  // namespace gateway::app
