#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::app {

/// A running gateway as commands ask it: blocking, one request after the other.
class GatewayClient {
 public:
  struct Answer {
    int status = 0;
    std::string body;
  };

  /// `url`: https://HOST:PORT. The gateway's certificate and name are verified. Error
  /// `configuration` for what is no such URL and for certificate files.
  static base::Result<GatewayClient> to(const std::string& url, const security::TlsFiles& tls);

  /// The same over `operations.socket` of a gateway on this host, which knows this process's user.
  static base::Result<GatewayClient> at(const std::filesystem::path& socket);

  GatewayClient(GatewayClient&&) noexcept;
  GatewayClient& operator=(GatewayClient&&) noexcept;
  ~GatewayClient();

  /// GET of a path with its query, percent-encoded: "/fhir/Patient/p1". Redirects are not followed.
  /// Error `unavailable`: nobody answers there, one of the two is not believed, or the answer broke
  /// off.
  base::Result<Answer> get(const std::string& path);
  /// POST of a JSON text, likewise.
  base::Result<Answer> post(const std::string& path, const std::string& json);

 private:
  struct State;
  explicit GatewayClient(std::unique_ptr<State> state);
  base::Result<Answer> ask(const std::string& method, const std::string& path,
                           const std::string& json);
  std::unique_ptr<State> state_;
};

}  // namespace gateway::app
