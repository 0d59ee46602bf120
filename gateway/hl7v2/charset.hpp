#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/buffer.hpp"
#include "gateway/base/result.hpp"

namespace gateway::hl7v2 {

/// A whole message in UTF-8, and what it was before.
struct DecodedText {
  base::Buffer text;
  std::string charset;  // iconv's name of what the bytes were in; "US-ASCII" if all were below 0x80
  std::string assumed;  // why `charset-assumed` is to be raised; empty if it is not
};

/// Decodes a message by V2FHIR.md §1.2, before anything is split. ASCII and UTF-8 are validated in
/// place, without a copy. A byte order mark wins over MSH-18 and stays in a UTF-8 text as it came.
/// `profile` is the sender's set for bytes ≥ 0x80 under an empty MSH-18, HL7's name or iconv's.
/// Errors: `unsupported`; `where` is the segment, `what` the byte offset. Never a replacement
/// character, never a byte dropped.
base::Result<DecodedText> decode_text(base::Buffer bytes, std::string_view profile);

/// iconv's name for what MSH-18 says (all its repetitions); "" if it is not known.
std::string iconv_name(std::string_view msh18, std::string_view repetition);

/// iconv's name of the set whose right half (bytes ≥ 0xA0) ISO 2022 designates by ESC and this:
/// `-B` for ISO 8859-2; "" if it designates none.
std::string right_half(std::string_view designator);

/// Converts between sets of iconv; nullopt if a character is wrong, cut or not in `to`.
/// `bad_at` receives the offset of the first byte that could not be read.
std::optional<std::vector<char>> convert(std::string_view bytes, const std::string& from,
                                         const std::string& to, std::size_t* bad_at = nullptr);

/// "UTF-16LE" and its kin where the bytes begin so, by a byte order mark or by the zeros of an
/// ASCII `MSH`; "" otherwise. `mark` receives the size of the mark.
std::string wide_charset(std::string_view bytes, std::size_t& mark);

}  // namespace gateway::hl7v2
