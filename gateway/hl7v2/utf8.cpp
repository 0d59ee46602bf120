#include "gateway/hl7v2/utf8.hpp"

#include <cstring>

namespace gateway::hl7v2 {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::size_t utf8_size(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  const unsigned second = byte_at(text, 1);
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  }
  return size;
}

std::size_t ascii_size(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at;
}

std::size_t utf8_valid_size(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    at += ascii_size(text.substr(at));
    if (at == text.size()) return at;
    while (at < text.size() && byte_at(text, at) >= 0x80) {
      const std::size_t size = utf8_size(text.substr(at));
      if (size == 0) return at;
      at += size;
    }
  }
}

std::uint32_t code_point(std::string_view character) {
  if (character.empty()) return 0;
  const unsigned first = byte_at(character, 0);
  if (character.size() == 1) return first;
  std::uint32_t point = first & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i)
    point = point << 6 | (byte_at(character, i) & 0x3F);
  return point;
}

}  // namespace gateway::hl7v2
