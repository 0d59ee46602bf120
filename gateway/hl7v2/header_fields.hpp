#pragma once
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/delimiters.hpp"

namespace gateway::hl7v2 {

/// The MSH line in the bytes it came in, cut into fields: `fields[n]` is MSH-n, [0] is empty, 1 and
/// 2 are the delimiters. In character sets whose second bytes may look like a delimiter
/// (GB 18030, BIG-5, Shift-JIS, ISO 2022) such bytes do not cut.
struct HeaderFields {
  DelimiterReading reading;
  std::vector<std::string_view> fields;
  std::string_view field(std::size_t number) const {
    return number < fields.size() ? fields[number] : std::string_view();
  }
};

/// Cuts the line that begins with MSH, FHS or BHS at the beginning of `text` (byte order mark,
/// frame bytes, blank lines and leading blanks passed over). Errors: as `read_delimiters`;
/// `malformed` at "MSH" if no such line is there. At most 64 fields are cut.
base::Result<HeaderFields> header_fields(std::string_view text);

/// Byte offset of the first thing that is neither a UTF-8 byte order mark, MLLP frame byte, blank
/// nor line end.
std::size_t skip_to_text(std::string_view bytes);

}  // namespace gateway::hl7v2
