#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/security/client_tls.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::forward {

/// The process ignores SIGPIPE: OpenSSL writes with write(2).
struct HttpsSettings {
  std::string name, url;   // "https://host:8443/fhir"
  security::TlsFiles tls;  // ca verifies the target; certificate and key are ours
  bool allow_private_address = false;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);   // a request as a whole
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones of each request
  /// Where the files of `tls` may be exchanged: its editions. New connections take the new one, and
  /// those of the one before are not used again. Null: what is read at first counts for good.
  std::shared_ptr<const security::ClientTls> editions = {};
};

struct HttpsAddress {
  std::string host, path;  // path: "/fhir"; "/" where there is none
  std::uint16_t port = 443;
};
/// Error `configuration` with the remedy: not https, user information, query or fragment.
base::Result<HttpsAddress> parse_https_url(const std::string& url);

struct HttpsRequest {
  std::string method = "GET", path;  // of the URL: "/fhir/metadata"
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type, body;  // none with GET
};
struct HttpsAnswer {
  int status = 0;
  std::string body;  // ≤ 1 MiB
  std::optional<std::chrono::seconds> retry_after;
  std::optional<std::chrono::seconds> max_age;  // of Cache-Control
};

/// What leaves this gateway by HTTPS goes through `ask`, the one place that connects (TRUST T10):
/// the resolved address checked (link-local, multicast and metadata refused always; loopback and
/// private ones unless allowed) and connected to as checked, host name always verified, redirects
/// never followed, answers capped, the whole request under one deadline, connections kept alive.
/// Any thread.
class HttpsClient {
 public:
  /// `settings.url` names the host; requests name their paths there. Error `configuration`.
  static base::Result<std::unique_ptr<HttpsClient>> to(const HttpsSettings& settings);
  virtual ~HttpsClient() = default;
  virtual const HttpsAddress& address() const = 0;
  /// Errors: `unavailable`: nothing was sent; `unknown`: it was, and no whole answer came;
  /// `configuration`: a person must put something right (certificate, redirect, address).
  virtual base::Result<HttpsAnswer> ask(const HttpsRequest& request) = 0;
};

/// Is this a URL and an address that may be connected to? Asks the name service, connects to
/// nothing. Error `configuration`: never as it is configured; `unavailable`: the name does not
/// resolve now.
base::Result<void> check_address(const HttpsSettings& settings);

}  // namespace gateway::forward
