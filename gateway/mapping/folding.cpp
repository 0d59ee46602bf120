#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {

std::string joined_key(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    out += part;
    out += '\x1F';
  }
  return out;
}

std::string_view without_edge_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string folded_unit(std::string_view unit) {
  unit = without_edge_blanks(unit);
  std::string out;
  for (std::size_t at = 0; at < unit.size(); ++at) {
    const std::string_view pair = unit.substr(at, 2);
    if (pair == "\xC2\xB5" || pair == "\xCE\xBC") {
      out += 'u';
      ++at;
    } else {
      out += unit[at];
    }
  }
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace gateway::mapping
