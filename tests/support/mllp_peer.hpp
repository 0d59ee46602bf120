#pragma once
#include <chrono>
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
class MllpPeer {
 public:
  static constexpr std::chrono::milliseconds patience{10'000};

  explicit MllpPeer(std::uint16_t port);  // plain
  /// nullopt: the handshake failed (in TLS 1.3 a server's refusal may show at the first read only).
  static std::optional<MllpPeer> tls(std::uint16_t port, const PeerFiles& files);
  MllpPeer(MllpPeer&&) noexcept;
  MllpPeer& operator=(MllpPeer&&) noexcept;
  ~MllpPeer();

  /// False: the other end is gone.
  bool send(std::string_view bytes);
  bool send_message(std::string_view text);  // framed
  /// Content of the next frame; nullopt: closed before one was whole. Throws at the deadline.
  std::optional<std::string> receive();
  /// Waits until the other end closes, reading what comes.
  bool is_closed_in_time(std::chrono::milliseconds longest = patience);
  void shut_down_sending();  // TLS: with close_notify
  void reset();              // as if the machine lost power: RST
  void abandon();            // closes the socket without close_notify

 private:
  MllpPeer();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tests
