#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/// Of 16 bytes, which a JSON string must escape: a bit each, the lowest for the first.
inline unsigned escape_bits(const char* sixteen) {
#ifdef __SSE2__
  __m128i bytes;
  std::memcpy(&bytes, sixteen, sizeof bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash))));
#else
  for (unsigned half = 0; half < 16; half += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, sixteen + half, sizeof eight);
    if (const auto flags = escape_flags(eight); flags != 0)  // the first one is all that is asked
      return 1U << (half + static_cast<unsigned>(std::countr_zero(flags)) / 8);
  }
  return 0;
#endif
}

/// The same of fewer than 16 bytes; the others count as not to be escaped.
inline unsigned escape_bits(const char* bytes, std::size_t count) {
  if (count >= 8) {  // two halves that overlap: what both say is the same
    std::uint64_t first = 0, last = 0;
    std::memcpy(&first, bytes, 8);
    std::memcpy(&last, bytes + count - 8, 8);
    if (const auto flags = escape_flags(first); flags != 0)
      return 1U << (static_cast<unsigned>(std::countr_zero(flags)) / 8);
    const auto flags = escape_flags(last);
    if (flags == 0) return 0;
    return 1U << (count - 8 + static_cast<unsigned>(std::countr_zero(flags)) / 8);
  }
  std::uint64_t eight = 0x2020202020202020;
  if (count >= 4) {  // likewise; the lower half shows what is first
    std::uint32_t first = 0, last = 0;
    std::memcpy(&first, bytes, 4);
    std::memcpy(&last, bytes + count - 4, 4);
    eight = first | std::uint64_t{last} << (8 * (count - 4));
  } else {
    for (std::size_t i = 0; i < count; ++i)
      eight = (eight << 8) | static_cast<unsigned char>(bytes[count - 1 - i]);
  }
  const auto flags = escape_flags(eight);
  return flags == 0 ? 0 : 1U << (static_cast<unsigned>(std::countr_zero(flags)) / 8);
}

/// Index of the first byte from `at` on that a JSON string must escape; `text.size()` if none.
inline std::size_t find_escape(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "the lowest byte is the first");
  for (; at + 16 <= text.size(); at += 16)
    if (const unsigned bits = escape_bits(text.data() + at); bits != 0)
      return at + static_cast<std::size_t>(std::countr_zero(bits));
  if (at >= text.size()) return text.size();
  const unsigned bits = escape_bits(text.data() + at, text.size() - at);
  return bits == 0 ? text.size() : at + static_cast<std::size_t>(std::countr_zero(bits));
}

/// Is there a byte that a JSON string must escape? Looks of full width overlap at the end.
inline bool needs_escape(std::string_view text) {
  const char* const bytes = text.data();
  const std::size_t size = text.size();
  if (size < 16) return size != 0 && escape_bits(bytes, size) != 0;
  for (std::size_t at = 0; at + 16 <= size; at += 16)
    if (escape_bits(bytes + at) != 0) return true;
  return escape_bits(bytes + size - 16) != 0;
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
