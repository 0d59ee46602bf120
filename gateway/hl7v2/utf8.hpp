#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gateway::hl7v2 {

/// Bytes of the well-formed UTF-8 character at the beginning of `text` (Unicode table 3-7: no
/// overlong forms, no surrogates, nothing above U+10FFFF); 0 if there is none.
std::size_t utf8_size(std::string_view text);

/// Offset of the first byte that is no well-formed UTF-8, `text.size()` if all is.
std::size_t utf8_valid_size(std::string_view text);

/// Offset of the first byte ≥ 0x80, `text.size()` if there is none.
std::size_t ascii_size(std::string_view text);

/// Code point of one well-formed character.
std::uint32_t code_point(std::string_view character);

}  // namespace gateway::hl7v2
