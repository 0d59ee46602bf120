/// Room mllp (floor 6): framing, answers in order, idle and slow senders, drain. Does not know what
/// a message means, nor the store.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/mllp/sink.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::mllp {

struct Limits {
  std::size_t message_bytes = 16 * 1024 * 1024;
  std::size_t connections = 20'000;
  std::size_t frames_in_flight = 64;  // unanswered, a connection
  std::size_t bytes_in_flight = 256 * 1024 * 1024;
  std::chrono::milliseconds handshake = std::chrono::seconds(10);
  std::chrono::milliseconds frame = std::chrono::seconds(60);   // first to last byte, or 1 kB/s
  std::chrono::milliseconds write = std::chrono::seconds(30);   // without progress
  std::chrono::milliseconds goodbye = std::chrono::seconds(1);  // until the peer closes too
  int threads = 2;
  int handshakes_per_second = 500;  // what comes faster waits in the accept queue
  std::size_t connections_per_address = 5'000;
};

struct ListenerSettings {
  std::string host;
  std::uint16_t port = 0;                 // 0: the system chooses
  std::optional<security::TlsFiles> tls;  // absent: plain
  intake::ListenerPolicy policy;
};

/// All MLLP listeners on one event loop with a few threads.
class Door {
 public:
  /// Error `configuration`: port in use, certificate missing – one sentence with the remedy.
  static base::Result<std::unique_ptr<Door>> open(std::vector<ListenerSettings> listeners,
                                                  Limits limits, intake::Intake& intake,
                                                  const base::Clock& clock,
                                                  observe::Metrics& metrics);
  /// The same for any taker. `clock`, `metrics` and what `sink` refers to outlive the door; answers
  /// may come after it.
  static base::Result<std::unique_ptr<Door>> open(std::vector<ListenerSettings> listeners,
                                                  Limits limits, Sink sink,
                                                  const base::Clock& clock,
                                                  observe::Metrics& metrics);
  ~Door();
  std::uint16_t port(std::size_t listener) const;
  /// Takes certificates, keys, authorities and revocations that changed, without dropping a
  /// connection but of those who would not be let in any more. Errors: what stood there stays.
  std::vector<base::Error> renew_tls();
  /// Orderly end: stop accepting, begin no new frame (one that has begun gets half of `longest`),
  /// answer every frame that was read, close.
  /// Returns when all are closed, at the latest after `longest`.
  void drain(std::chrono::seconds longest);

 private:
  explicit Door(const Limits& limits);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::mllp
