#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/http/message.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::http {

struct ServerSettings {
  std::string name;  // "https", "operations": in metrics and logs
  std::string host;
  std::uint16_t port = 0;                 // 0: the system chooses
  std::optional<security::TlsFiles> tls;  // absent: plain
  std::size_t body_bytes = 16 * 1024 * 1024;
  std::size_t url_bytes = 16 * 1024;
  int threads = 64;  // connections served at once; others wait
};

/// Serves one handler. Answers always carry Content-Length. What is over a limit of FHIR.md §4
/// (413, 414), and a body without a length (411) or short of it (400), is refused before the
/// handler is called, with what `refusal` makes of it.
class Server {
 public:
  /// Error `configuration`: port in use, certificate missing – one sentence with the remedy.
  static base::Result<std::unique_ptr<Server>> start(
      const ServerSettings& settings, Handler handler,
      std::function<Response(int status, std::string_view why)> refusal, const base::Clock& clock,
      observe::Metrics& metrics);
  ~Server();  // stops accepting, finishes requests under way
  std::uint16_t port() const;

 private:
  Server();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::http
