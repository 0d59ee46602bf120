#pragma once
#include <cstddef>
#include <string_view>

namespace gateway::base {

/// Levenshtein: how many bytes to add, drop or change to get from one word to the other. Time is
/// the product of both lengths; the caller bounds them.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace gateway::base
