#pragma once
#include <cctype>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/peer.hpp"

namespace tests {

struct HttpAnswer {
  int status = 0;
  std::string head, body;
  /// Value of a field named as we write it; "" if absent.
  std::string field(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

/// A peer that sends what a test says, and reads answers.
class HttpPeer : public Peer {
 public:
  using Peer::Peer;
  /// nullopt: closed before an answer was whole. `to_head`: it has no body.
  std::optional<HttpAnswer> receive(bool to_head = false) {
    HttpAnswer answer;
    const auto head = receive_until("\r\n\r\n");
    if (!head) return std::nullopt;
    answer.head = *head;
    answer.status = std::atoi(answer.head.substr(9, 3).c_str());
    const auto length = answer.field("Content-Length");
    if (to_head || length.empty()) return answer;
    const auto body = receive_bytes(std::strtoul(length.c_str(), nullptr, 10));
    if (!body) return std::nullopt;
    answer.body = *body;
    return answer;
  }
  int status() {
    const auto answer = receive();
    return answer ? answer->status : 0;
  }
};

}  // namespace tests
