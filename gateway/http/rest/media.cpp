#include "gateway/http/rest/media.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/parts.hpp"

namespace gateway::http::rest {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_part(std::string_view& rest, char end) {
  return trimmed(base::next_part(rest, end));
}

/// "0.8" → 800. What is no weight counts as the whole: rather an answer than none.
int thousandths(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 1000;
  if (text[0] == '1') return 1000;
  int value = 0;
  for (std::size_t digit = 2, unit = 100; digit < 5; ++digit, unit /= 10)
    if (digit < text.size() && text[digit] >= '0' && text[digit] <= '9')
      value += (text[digit] - '0') * static_cast<int>(unit);
  return value;
}

/// How precisely the range names a type.
int precision(const MediaRange& range) {
  if (range.type == "*/*") return 0;
  return range.type.ends_with("/*") ? 1 : 2;
}

}  // namespace

std::vector<MediaRange> accepted(std::string_view accept) {
  std::vector<MediaRange> ranges;
  while (!accept.empty()) {
    auto part = next_part(accept, ',');
    MediaRange range;
    range.type = base::in_lower_case(next_part(part, ';'));
    while (!part.empty()) {
      auto parameter = next_part(part, ';');
      const auto name = base::in_lower_case(next_part(parameter, '='));
      if (parameter.size() > 1 && parameter.front() == '"' && parameter.back() == '"')
        parameter = parameter.substr(1, parameter.size() - 2);
      if (name == "q") range.weight = thousandths(parameter);
      if (name == "fhirversion") range.fhir_version = parameter;
    }
    if (!range.type.empty()) ranges.push_back(std::move(range));
  }
  return ranges;
}

std::string media_type(std::string_view content_type) {
  return base::in_lower_case(next_part(content_type, ';'));
}

bool is_fhir_json(std::string_view type) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"application/fhir+json", "application/json", "text/json", "application/json+fhir", "json"});
  return std::ranges::find(names, type) != names.end();
}

bool takes(const MediaRange& range, std::string_view type) {
  if (range.type == "*/*" || range.type == "*" || range.type == type) return true;
  return range.type.ends_with("/*") &&
         type.starts_with(std::string_view(range.type).substr(0, range.type.size() - 1));
}

int weight_of(const std::vector<MediaRange>& ranges, std::string_view type) {
  int weight = 0;
  int best = -1;
  for (const MediaRange& range : ranges) {
    if (!takes(range, type) || precision(range) <= best) continue;
    best = precision(range);
    weight = range.weight;
  }
  return weight;
}

}  // namespace gateway::http::rest
