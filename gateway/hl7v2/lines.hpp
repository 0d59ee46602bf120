#pragma once
#include <cstddef>
#include <string_view>

namespace gateway::hl7v2 {

/// Index of the first byte from `at` on that ends a line or a block (CR, LF, 0B, 1C);
/// `text.size()` if none. Asks one question of nearly every byte: what ends a line is a control.
inline std::size_t end_of_line_or_block(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 && (byte == '\r' || byte == '\n' || byte == 0x0B || byte == 0x1C)) return at;
  }
  return text.size();
}

/// Index of the first CR or LF from `at` on; `text.size()` if none.
inline std::size_t end_of_line(std::string_view text, std::size_t at = 0) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 && (byte == '\r' || byte == '\n')) return at;
  }
  return text.size();
}

}  // namespace gateway::hl7v2
