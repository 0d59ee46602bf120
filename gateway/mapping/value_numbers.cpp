// OBX-5 as a number (N1–N9).
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/number_text.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

using ValueKind = Value::Kind;

void add_issue(Value& value, const std::string& issue) {
  if (!issue.empty()) value.issues.push_back(issue);
}

/// Neither reading is emitted: the text as sent, its unit in a note (N4, N9).
Value unread(std::string text, const std::string& issue, const Text& said) {
  Value value = text_value(std::move(text), {said});
  add_issue(value, issue);
  value.unit_in_note = true;
  return value;
}

Value of_number(const Number& number, const Text& said) {
  Value value;
  value.kind = ValueKind::quantity;
  value.number = number;
  value.origins = {said};
  add_issue(value, number.issue);
  return value;
}

Value of_interval(const Interval& interval, const Text& said) {
  Value value;
  value.kind = ValueKind::range;
  value.interval = interval;
  value.origins = {said};
  add_issue(value, interval.issue);
  return value;
}

bool is_quantitative(const Row& row) {
  return row.code.target != nullptr && row.code.target->quantitative();
}

bool is_ratio_code(const Row& row) {
  return row.code.target != nullptr && row.code.target->is_ratio();
}

}  // namespace

Value value_of_ratio(const Ratio& ratio, const Text& said) {
  Value value;
  value.kind = ValueKind::ratio;
  value.ratio = ratio;
  value.origins = {said};
  add_issue(value, ratio.issue);
  return value;
}

QuantitativeText read_quantity_in(std::string_view text, const Unit& unit, bool is_ratio_code,
                                  std::string_view decimal_comma) {
  auto reading = read_quantitative_text(text, unit.code.text, is_ratio_code, decimal_comma);
  if (reading || unit.text.text == unit.code.text) return reading;
  return read_quantitative_text(text, unit.text.text, is_ratio_code, decimal_comma);
}

Value value_of_number(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  const NumberReading reading =
      read_number(said.text, desk.profile().decimal_comma, desk.profile().no_result_words);
  if (const auto* number = std::get_if<Number>(&reading)) return of_number(*number, said);
  if (std::holds_alternative<NoResult>(reading)) return no_result(said);
  if (is_ratio_code(row)) {  // N8: `1:80` is a ratio by its code, also where NM should hold none
    const auto ratio = read_quantity_in(said.text, unit, true, desk.profile().decimal_comma);
    if (ratio && std::holds_alternative<Ratio>(*ratio))
      return value_of_ratio(std::get<Ratio>(*ratio), said);
  }
  std::string_view words = said.text;
  if (words = without_edge_blanks(words); !take_comparator(words).empty()) {  // "<0.5 %" (N9)
    const auto bound = read_quantity_in(said.text, unit, false, desk.profile().decimal_comma);
    if (bound && std::holds_alternative<Number>(*bound))
      return of_number(std::get<Number>(*bound), said);
  }
  return unread(std::string(said.text), std::get<NoNumber>(reading).issue, said);
}

namespace {

/// The leaves of the four parts that an SN has; what stands behind them has no home in a number.
Text first_parts(FieldReader& fields, const Text& said, const Place& place) {
  Text parts = said;
  parts.leaf_count = 0;
  for (std::uint16_t number = 1; number <= 4; ++number)
    parts.leaf_count += fields.at(place.part(number)).leaf_count;
  return parts;
}

}  // namespace

Value value_of_structured(Desk& desk, const Row& row, const Place& place, const Text& said) {
  const auto part = [&](std::uint16_t number) {
    return std::string(desk.fields().at(place.part(number)).text);
  };
  const StructuredReading reading =
      read_structured({part(1), part(2), part(3), part(4)}, desk.profile().decimal_comma);
  const Text parts_of_sn = first_parts(desk.fields(), said, place);
  const bool has_more = parts_of_sn.leaf_count < said.leaf_count;
  const auto with_more = [&](Value value) {
    if (!has_more) return value;
    value.original = said;
    value.issues.push_back("unexpected-structure");
    return value;
  };
  if (const auto* number = std::get_if<Number>(&reading))
    return with_more(of_number(*number, parts_of_sn));
  if (const auto* ratio = std::get_if<Ratio>(&reading))
    return with_more(value_of_ratio(*ratio, parts_of_sn));
  if (const auto* interval = std::get_if<Interval>(&reading))
    return with_more(of_interval(*interval, parts_of_sn));
  const auto& [parts, issue] = std::get<PlainText>(reading);
  if (is_quantitative(row) && is_no_result(parts, desk.profile().no_result_words)) {
    std::uint16_t spoken = 1;
    while (spoken < 4 && !desk.fields().populated(place.part(spoken))) ++spoken;
    return no_result(desk.fields().at(place.part(spoken)));
  }
  const std::string words = parts.empty() || has_more ? std::string(said.text) : parts;
  if (!issue.empty()) return unread(words, issue, said);
  Value text = text_value(words, {said});
  if (has_more) text.issues.push_back("unexpected-structure");
  return text;
}

Value value_of_text(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  if (!is_quantitative(row)) return text_value(std::string(said.text), {said});
  const auto reading =
      read_quantity_in(said.text, unit, is_ratio_code(row), desk.profile().decimal_comma);
  if (!reading) return text_value(std::string(said.text), {said});
  if (const auto* number = std::get_if<Number>(&*reading)) return of_number(*number, said);
  if (const auto* none = std::get_if<NoNumber>(&*reading))
    return unread(std::string(said.text), none->issue, said);
  return value_of_ratio(std::get<Ratio>(*reading), said);
}

Value value_of_range(Desk& desk, const Place& place, const Text& said) {
  Interval interval;
  std::string ambiguous;
  bool read_all = true;
  for (auto [number, bound] : {std::pair{1, &interval.low}, std::pair{2, &interval.high}}) {
    const std::string_view text =
        desk.fields().at(place.part(static_cast<std::uint16_t>(number))).text;
    if (text.empty()) continue;
    const auto reading = number_text(text, desk.profile().decimal_comma);
    if (const auto* read = std::get_if<Number>(&reading)) {
      *bound = read->value;
      interval.issue = either_issue(interval.issue, read->issue);
      continue;
    }
    read_all = false;
    const std::string& issue = std::get<NoNumber>(reading).issue;
    if (issue == "nm-ambiguous-comma") ambiguous = issue;
  }
  if (!ambiguous.empty()) return unread(std::string(said.text), ambiguous, said);
  const bool backwards = interval.low && interval.high && *interval.high < *interval.low;
  const bool nothing = !interval.low && !interval.high;
  if (!read_all || backwards || nothing) return text_value(std::string(said.text), {said});
  return of_interval(interval, said);
}

}  // namespace gateway::mapping
