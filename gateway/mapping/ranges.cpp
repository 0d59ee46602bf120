// OBX-7 (N10).
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/number_text.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {
namespace {

/// Takes a hyphen or one of the dashes and minus signs that word processors put for it.
bool take_dash(std::string_view& text) {
  static constexpr std::string_view dashes[] = {
      "-",           "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93", "\xE2\x80\x94",
      "\xE2\x88\x92"};
  for (const std::string_view dash : dashes) {
    if (!text.starts_with(dash)) continue;
    text = without_edge_blanks(text.substr(dash.size()));
    return true;
  }
  return false;
}

/// One number off the front; nullopt where there is none or it is ambiguous.
std::optional<Number> number_off(std::string_view& text, std::string_view decimal_comma) {
  auto number = read_plain_number(take_number(text), decimal_comma);
  text = without_edge_blanks(text);
  return number;
}

}  // namespace

Interval read_range(std::string_view text, std::string_view unit, std::string_view decimal_comma) {
  std::string_view rest = without_edge_blanks(text);
  const std::string comparator = take_comparator(rest);
  const auto first = number_off(rest, decimal_comma);
  if (!first) return {};
  if (!comparator.empty()) {
    if (!is_unit_or_nothing(rest, unit)) return {};
    return comparator.front() == '<' ? Interval{std::nullopt, first->value, first->issue}
                                     : Interval{first->value, std::nullopt, first->issue};
  }
  if (!take_dash(rest)) return {};
  const auto second = number_off(rest, decimal_comma);
  if (!second || !is_unit_or_nothing(rest, unit) || second->value < first->value) return {};
  return {first->value, second->value, either_issue(first->issue, second->issue)};
}

}  // namespace gateway::mapping
