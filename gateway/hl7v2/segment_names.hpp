#pragma once
#include <string_view>

namespace gateway::hl7v2 {

/// Three characters, a capital letter and two capital letters or digits.
bool may_name_segment(std::string_view name);

/// A segment of the standard that a line of three bare letters may well be (`NTE` without fields).
bool is_standard_segment(std::string_view name);

/// MSH, FHS, BHS: their first two fields are the delimiters.
bool carries_delimiters(std::string_view name);

/// A value type of table 0125, as OBX-2 may say.
bool is_value_type(std::string_view name);

}  // namespace gateway::hl7v2
