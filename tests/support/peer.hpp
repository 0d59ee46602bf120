#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tests {

/// What a peer shows and believes on a TLS connection; empty paths: nothing shown.
struct PeerFiles {
  std::filesystem::path certificate, key, ca;
  int version = 0;  // TLS1_1_VERSION …; 0 = the best both know
};

/// One end of a connection to 127.0.0.1, blocking, with a deadline on everything.
class Peer {
 public:
  static constexpr std::chrono::milliseconds patience{10'000};

  explicit Peer(std::uint16_t port);  // plain
  Peer(Peer&&) noexcept;
  Peer& operator=(Peer&&) noexcept;
  ~Peer();

  /// False: the handshake failed (in TLS 1.3 a server's refusal may show at the first read only).
  bool begin_tls(const PeerFiles& files);
  /// False: the other end is gone.
  bool send(std::string_view bytes);
  /// What comes up to and with `end`; nullopt: closed before. Throws at the deadline.
  std::optional<std::string> receive_until(std::string_view end);
  std::optional<std::string> receive_bytes(std::size_t count);
  /// Something, or the end, is there to be read.
  bool has_bytes_in_time(std::chrono::milliseconds longest);
  /// Waits until the other end closes, reading what comes.
  bool is_closed_in_time(std::chrono::milliseconds longest = patience);
  void shut_down_sending();  // TLS: with close_notify
  void reset();              // as if the machine lost power: RST
  void abandon();            // closes the socket without close_notify

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tests
