#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gateway::fhir {

/// Flags the top bits of the bytes that a JSON string must escape: a byte b is below 0x20 where
/// b − 0x20 borrows, a quote or backslash where b ^ quote − 1 borrows. A borrow may flag too much
/// in the bytes above one that is rightly flagged, so the lowest flag is right.
inline std::uint64_t escape_flags(std::uint64_t eight) {
  constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
  const std::uint64_t quote = eight ^ (ones * '"');
  const std::uint64_t backslash = eight ^ (ones * '\\');
  const std::uint64_t low = (eight - ones * 0x20) & ~eight;
  const std::uint64_t special = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
  return (low | special) & tops;
}

/// Index of the first byte from `at` on that a JSON string must escape; `text.size()` if none.
inline std::size_t find_escape(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "the lowest byte is the first");
  constexpr std::uint64_t blanks = 0x2020202020202020;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if (const auto flags = escape_flags(eight); flags != 0)
      return at + static_cast<std::size_t>(std::countr_zero(flags)) / 8;
  }
  if (at >= text.size()) return text.size();
  std::uint64_t rest = blanks;
  std::memcpy(&rest, text.data() + at, text.size() - at);
  const auto flags = escape_flags(rest);
  return flags == 0 ? text.size() : at + static_cast<std::size_t>(std::countr_zero(flags)) / 8;
}

/// Appends `text` (UTF-8) as a JSON string, quotes included. Bytes that need no escape are copied
/// in runs; control characters become \n … or \u00XX (RFC 8259 §7). Solidus and non-ASCII stay.
inline void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view shorthands = "btn?fr";  // from \b (8) to \r (13)
  constexpr std::string_view hex = "0123456789abcdef";

  out += '"';
  std::size_t run = 0;
  for (std::size_t at = find_escape(text, 0); at < text.size(); at = find_escape(text, run)) {
    out.append(text, run, at - run);
    run = at + 1;
    out += '\\';
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20) {
      out += text[at];
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      out += shorthands[byte - 8U];
    } else {
      out += "u00";
      out += hex[byte >> 4U];
      out += hex[byte & 15U];
    }
  }
  out.append(text, run);
  out += '"';
}

}  // namespace gateway::fhir
