#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gateway::hl7v2 {

/// Three characters, a capital letter and two capital letters or digits.
bool may_name_segment(std::string_view name);

/// A segment of the standard that a line of three bare letters may well be (`NTE` without fields).
bool is_standard_segment(std::string_view name);

/// MSH, FHS, BHS: their first two fields are the delimiters.
bool carries_delimiters(std::string_view name);

/// Segment terminators that were lost leave `…2.5.1PID|1|`, `…OBR|1|` or `…FOBX|2|NM|` within a
/// line. The name of the segment that seems to begin right before the field separator at `at` of
/// `text`;
/// "" if what stands there may as well be a field's text. `line` is the name of the line's own
/// segment, `field` the number of the field that ends at `at`.
std::string_view segment_within_line(std::string_view text, std::size_t at,
                                     std::string_view separator, std::string_view line,
                                     std::uint16_t field);

/// A value type of table 0125, as OBX-2 may say.
bool is_value_type(std::string_view name);

}  // namespace gateway::hl7v2
