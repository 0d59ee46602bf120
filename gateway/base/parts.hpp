/// Small steps over text that comes in parts. ASCII alone; no locale is asked.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace gateway::base {

/// Takes what stands before the next `end`, or all, and the `end` behind it.
inline std::string_view next_part(std::string_view& rest, char end) {
  const auto at = std::min(rest.find(end), rest.size());
  const auto part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

inline std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace gateway::base
