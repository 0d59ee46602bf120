#pragma once
#include <chrono>
#include <cstddef>
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

/// What one door bears. Times are whole spans, from the first byte to the last, and not only pauses
/// between two reads: who drips is cut like who is silent (TRUST T3). Where a size is not known
/// before (`body`, `answer`), the span is that of the first byte and of each pause, and what lasts
/// longer must move 1 kB a second.
struct Limits {
  std::size_t url_bytes = 16 * 1024;           // 414
  std::size_t header_bytes = 32 * 1024;        // all fields of a request together: 431
  std::size_t body_bytes = 16 * 1024 * 1024;   // 413
  std::size_t all_bodies = 256 * 1024 * 1024;  // being read, all connections together: 503
  /// Over it an idle connection makes room; if all are busy, who comes is answered 503.
  std::size_t connections = 4096;
  std::size_t connections_per_address = 5'000;
  int handshakes_per_second = 500;  // what comes faster waits in the accept queue
  std::chrono::milliseconds handshake = std::chrono::seconds(10);
  std::chrono::milliseconds head = std::chrono::seconds(10);    // 408
  std::chrono::milliseconds body = std::chrono::seconds(60);    // 408
  std::chrono::milliseconds answer = std::chrono::seconds(30);  // until the peer has read it
  std::chrono::milliseconds idle = std::chrono::seconds(60);    // between two requests
  std::chrono::milliseconds goodbye = std::chrono::seconds(5);  // until the peer closes too
  std::chrono::milliseconds drain = std::chrono::seconds(30);
};

struct ServerSettings {
  std::string name;  // "https", "operations": in metrics and logs
  std::string host;
  std::uint16_t port = 0;                 // 0: the system chooses
  std::optional<security::TlsFiles> tls;  // absent: plain
  Limits limits;
  int threads = 64;    // requests answered at once; others wait. None is held by a slow client
  int inherited = -1;  // a socket that listens already; -1: opened here
};

/// Serves one site. Bytes come and go on one event loop; a thread of the pool is taken only when a
/// request is whole, and free when its answer is made.
///   head → 414, 431, 400, 505 | `admit` | 413 (or cut), 411, 417, 501 → body (counted or
///   chunked) → `answer`
/// What is cut off or too slow is refused (400, 408) and never reaches the handler. Answers carry
/// Content-Length and come in the order of the requests.
class Server {
 public:
  /// Error `configuration`: port in use, certificate missing – one sentence with the remedy.
  static base::Result<std::unique_ptr<Server>> start(ServerSettings settings, Site site,
                                                     const base::Clock& clock,
                                                     observe::Metrics& metrics);
  /// The orderly end: stops accepting, answers every request that was read whole, gives one that
  /// has begun a third of `drain`, closes idle connections.
  ~Server();
  std::uint16_t port() const;
  /// The beginning of that end, without waiting for it.
  void begin_drain();
  /// Takes certificate, key, authorities and revocations that changed, without dropping a
  /// connection but of those who would not be let in any more. Error: what stood stays.
  base::Result<void> renew_tls();

 private:
  Server();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::http
