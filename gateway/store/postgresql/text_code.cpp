#include "gateway/store/postgresql/text_code.hpp"

#include <cstddef>
#include <cstdint>

namespace gateway::store::postgresql {
namespace {

constexpr char mark = '\x01';
constexpr std::string_view digits = "0123456789abcdef";

/// How many bytes of the character that text begins with; 0: none of UTF-8 (RFC 3629), or one that
/// is coded.
std::size_t plain_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return first < 2 ? 0 : 1;
  const std::size_t size = first < 0xC2   ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const auto second = byte(1);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return is_overlong || is_beyond ? 0 : size;
}

std::size_t value_of(char digit) {
  return digits.find(digit);
}

}  // namespace

std::string encoded(std::string_view text) {
  std::string out;
  bool is_plain = true;
  for (std::size_t at = 0; at < text.size();) {
    const auto size = plain_character(text.substr(at));
    if (size == 0 && is_plain) {
      is_plain = false;
      out = text.substr(0, at);
    }
    if (size == 0) {
      const auto byte = static_cast<std::uint8_t>(text[at++]);
      out += mark;
      out += digits[byte >> 4];
      out += digits[byte & 0x0F];
    } else {
      if (!is_plain) out += text.substr(at, size);
      at += size;
    }
  }
  return out;
}

bool is_encoded(std::string_view kept) {
  return kept.find(mark) != std::string_view::npos;
}

std::string decoded(std::string_view kept) {
  std::string out;
  for (std::size_t at = 0; at < kept.size(); ++at) {
    if (kept[at] == mark && at + 2 < kept.size() && value_of(kept[at + 1]) < 16 &&
        value_of(kept[at + 2]) < 16) {
      out += static_cast<char>(value_of(kept[at + 1]) * 16 + value_of(kept[at + 2]));
      at += 2;
    } else {
      out += kept[at];
    }
  }
  return out;
}

}  // namespace gateway::store::postgresql
