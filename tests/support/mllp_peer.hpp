#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/peer.hpp"

namespace tests {

/// A peer that speaks frames.
class MllpPeer : public Peer {
 public:
  using Peer::Peer;
  /// nullopt: the handshake failed.
  static std::optional<MllpPeer> tls(std::uint16_t port, const PeerFiles& files) {
    MllpPeer peer(port);
    if (!peer.begin_tls(files)) return std::nullopt;
    return peer;
  }
  bool send_message(std::string_view text) { return send("\x0b" + std::string(text) + "\x1c\r"); }
  /// Content of the next frame; nullopt: closed before one was whole. Throws at the deadline.
  std::optional<std::string> receive() {
    auto frame = receive_until("\x1c\r");
    if (!frame) return frame;
    const auto start = frame->find('\x0b');
    return frame->substr(start + 1, frame->size() - start - 3);
  }
};

}  // namespace tests
