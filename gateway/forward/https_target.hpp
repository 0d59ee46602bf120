/// Room forward (floor 6): the targets: HTTPS with client certificate. Does not know deliveries'
/// states nor the store.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::forward {

/// The process ignores SIGPIPE: OpenSSL writes with write(2).
struct HttpsSettings {
  std::string name, url;   // "https://host:8443/fhir"
  security::TlsFiles tls;  // ca verifies the target; certificate and key are ours
  bool allow_private_address = false;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);   // a request as a whole
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones of each request
};

/// POSTs transaction Bundles. Host name always verified, redirects never followed, the resolved
/// address checked (TRUST T10: link-local, multicast and metadata refused always; loopback and
/// private ones unless allowed), connections kept alive. Error `configuration` with the remedy.
base::Result<std::unique_ptr<outbox::Target>> https_target(const HttpsSettings& settings);

/// Is this a URL and an address that may be connected to? Asks the name service, connects to
/// nothing. Error `configuration`: never as it is configured; `unavailable`: the name does not
/// resolve now.
base::Result<void> check_address(const HttpsSettings& settings);

}  // namespace gateway::forward
