#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace gateway::mapping {

/// Parts of a key joined by the unit separator 1F, which no code contains.
std::string joined_key(std::initializer_list<std::string_view> parts);

/// A unit's text as the unit map compares it: µ (U+00B5) and μ (U+03BC) are u, edge blanks gone.
std::string folded_unit(std::string_view unit);

std::string_view without_edge_blanks(std::string_view text);

/// ASCII letters in lower case; everything else as it is.
std::string lower_case(std::string_view text);

}  // namespace gateway::mapping
