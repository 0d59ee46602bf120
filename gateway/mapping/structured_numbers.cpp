// SN (N6) and text under a quantitative code (N7).
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/number_text.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {
namespace {

bool is_comparator(std::string_view text) {
  return text == "<" || text == "<=" || text == ">" || text == ">=";
}

std::string issue_of(const std::variant<Number, NoNumber>& reading) {
  return std::visit([](const auto& read) { return read.issue; }, reading);
}

/// Of numbers that could not be read, only the ambiguous comma is a statement about the number:
/// other text in an SN is text.
std::string why_text(const std::string& issue) {
  return issue == "nm-ambiguous-comma" ? issue : std::string();
}

}  // namespace

StructuredReading read_structured(const StructuredNumber& sent, std::string_view decimal_comma) {
  const std::string text = sent.comparator + sent.first + sent.separator + sent.second;
  const std::string_view comparator = without_edge_blanks(sent.comparator);
  const std::string_view separator = without_edge_blanks(sent.separator);
  const bool compares = is_comparator(comparator);
  if (!compares && !comparator.empty() && comparator != "=") return PlainText{text, ""};

  auto first = number_text(sent.first, decimal_comma);
  auto* number = std::get_if<Number>(&first);
  if (separator.empty() && without_edge_blanks(sent.second).empty()) {
    if (number == nullptr) return PlainText{text, why_text(issue_of(first))};
    number->comparator = compares ? std::string(comparator) : std::string();
    return std::move(*number);
  }
  const auto second = number_text(sent.second, decimal_comma);
  const auto* other = std::get_if<Number>(&second);
  const std::string issue = either_issue(issue_of(first), issue_of(second));
  // A comparator has no place in a ratio or a range, and is never dropped: the parts stay text.
  if (number == nullptr || other == nullptr || compares) {
    return PlainText{text, why_text(issue)};
  }
  if (separator == ":" || separator == "/") return Ratio{number->value, other->value, issue};
  if (separator == "-" && number->value <= other->value) {
    return Interval{number->value, other->value, issue};
  }
  return PlainText{text, ""};
}

QuantitativeText read_quantitative_text(std::string_view text, std::string_view unit,
                                        bool is_ratio_code, std::string_view decimal_comma) {
  std::string_view rest = without_edge_blanks(text);
  const std::string comparator = take_comparator(rest);
  auto first = number_text(take_number(rest), decimal_comma);
  auto* number = std::get_if<Number>(&first);
  std::string issue = issue_of(first);
  if (number == nullptr && why_text(issue).empty()) return std::nullopt;
  rest = without_edge_blanks(rest);
  if (is_ratio_code && comparator.empty() && rest.starts_with(':')) {
    const auto second = number_text(rest.substr(1), decimal_comma);
    const auto* denominator = std::get_if<Number>(&second);
    issue = either_issue(issue, issue_of(second));
    if (denominator == nullptr && why_text(issue_of(second)).empty()) return std::nullopt;
    if (number == nullptr || denominator == nullptr) return NoNumber{issue};
    return Ratio{number->value, denominator->value, issue};
  }
  if (!is_unit_or_nothing(rest, unit)) return std::nullopt;
  if (number == nullptr) return NoNumber{issue};
  number->comparator = comparator;
  return std::move(*number);
}

}  // namespace gateway::mapping
