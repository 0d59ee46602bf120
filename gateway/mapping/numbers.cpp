#include "gateway/mapping/numbers.hpp"

#include <algorithm>

#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/number_text.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t longest_number = 256;
constexpr const char* decimal_comma_issue = "nm-decimal-comma";
constexpr const char* thousands_issue = "nm-thousands-separator";
constexpr const char* ambiguous_issue = "nm-ambiguous-comma";
constexpr const char* invalid_issue = "nm-invalid";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_zeros(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

/// "1,234,567": a first group of one to three digits that does not begin with 0, then threes.
bool groups_of_three(std::string_view text, char separator) {
  const auto first = std::min(text.find(separator), text.size());
  if (first < 1 || first > 3 || text[0] == '0' || (text.size() - first) % 4 != 0) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool separates = at >= first && (at - first) % 4 == 0;
    if (separates ? text[at] != separator : !is_digit(text[at])) return false;
  }
  return true;
}

std::string without(std::string_view text, char separator) {
  std::string out(text);
  std::erase(out, separator);
  return out;
}

/// N1: what JSON forbids goes, every other digit stays.
std::variant<Number, NoNumber> number(bool negative, std::string_view whole,
                                      std::string_view fraction, std::string issue) {
  if (whole.empty() && fraction.empty()) return NoNumber{invalid_issue};
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  std::string json = negative ? "-" : "";
  json += whole.empty() ? std::string_view("0") : whole;
  if (!fraction.empty()) json += '.' + std::string(fraction);
  auto value = base::DecimalText::parse(json);
  if (!value) return NoNumber{invalid_issue};
  return Number{"", std::move(*value), std::move(issue)};
}

/// Digits with commas only, no profile setting: N3 and N4.
std::variant<Number, NoNumber> comma_number(bool negative, std::string_view body) {
  const auto comma = body.find(',');
  if (body.find(',', comma + 1) != std::string_view::npos) {
    return NoNumber{groups_of_three(body, ',') ? ambiguous_issue : invalid_issue};
  }
  const std::string_view whole = body.substr(0, comma), fraction = body.substr(comma + 1);
  if (all_zeros(whole) || fraction.size() != 3 || whole.size() > 3) {
    return number(negative, whole, fraction, decimal_comma_issue);
  }
  return NoNumber{ambiguous_issue};
}

/// Points and commas: the last one is decimal if the others form groups (N5).
std::variant<Number, NoNumber> mixed_number(bool negative, std::string_view body,
                                            bool comma_is_decimal, bool point_is_decimal,
                                            bool silent) {
  const auto last = body.find_last_of(".,");
  const bool comma = body[last] == ',';
  const char grouping = comma ? '.' : ',';
  const std::string_view whole = body.substr(0, last), fraction = body.substr(last + 1);
  if (!(comma ? comma_is_decimal : point_is_decimal) || fraction.empty() ||
      !groups_of_three(whole, grouping)) {
    return NoNumber{invalid_issue};
  }
  return number(negative, without(whole, grouping), fraction,
                silent ? "" : (comma ? decimal_comma_issue : thousands_issue));
}

/// A profile that says what a comma is (N2).
std::variant<Number, NoNumber> settled_comma_number(bool negative, std::string_view body,
                                                    bool decimal) {
  if (body.find('.') != std::string_view::npos) {
    return mixed_number(negative, body, decimal, !decimal, true);
  }
  if (!decimal) {
    if (!groups_of_three(body, ',')) return NoNumber{invalid_issue};
    return number(negative, without(body, ','), "", "");
  }
  const auto comma = body.find(',');
  if (body.find(',', comma + 1) != std::string_view::npos) return NoNumber{invalid_issue};
  return number(negative, body.substr(0, comma), body.substr(comma + 1), "");
}

}  // namespace

std::variant<Number, NoNumber> number_text(std::string_view text, std::string_view decimal_comma) {
  text = without_edge_blanks(text);
  if (text.empty() || text.size() > longest_number) return NoNumber{invalid_issue};
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.find_first_of("0123456789") == std::string_view::npos ||
      text.find_first_not_of("0123456789.,") != std::string_view::npos) {
    return NoNumber{invalid_issue};
  }
  const auto point = text.find('.');
  if (text.find(',') == std::string_view::npos) {
    if (point == std::string_view::npos) return number(negative, text, "", "");
    if (text.find('.', point + 1) != std::string_view::npos) return NoNumber{invalid_issue};
    return number(negative, text.substr(0, point), text.substr(point + 1), "");
  }
  if (!decimal_comma.empty()) return settled_comma_number(negative, text, decimal_comma == "yes");
  if (point != std::string_view::npos) return mixed_number(negative, text, true, true, false);
  return comma_number(negative, text);
}

std::string take_comparator(std::string_view& text) {
  struct Sign {
    std::string_view sent, meant;
  };
  static constexpr Sign signs[] = {{"<=", "<="},           {">=", ">="}, {"\xE2\x89\xA4", "<="},
                                   {"\xE2\x89\xA5", ">="}, {"<", "<"},   {">", ">"}};
  for (const Sign& sign : signs) {
    if (!text.starts_with(sign.sent)) continue;
    text = without_edge_blanks(text.substr(sign.sent.size()));
    return std::string(sign.meant);
  }
  return {};
}

std::string_view take_number(std::string_view& text) {
  std::size_t end = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  bool digits = false;
  for (; end < text.size() && (is_digit(text[end]) || text[end] == '.' || text[end] == ',');
       ++end) {
    digits = digits || is_digit(text[end]);
  }
  if (!digits) return {};
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

bool is_unit_or_nothing(std::string_view rest, std::string_view unit) {
  const std::string folded = folded_unit(rest);
  return folded.empty() || folded == folded_unit(unit);
}

std::string either_issue(const std::string& a, const std::string& b) {
  if (a == ambiguous_issue || b == ambiguous_issue) return ambiguous_issue;
  return a.empty() ? b : a;
}

bool is_no_result(std::string_view text, const std::vector<std::string>& no_result_words) {
  const std::string word = lower_case(without_edge_blanks(text));
  for (const std::string& known : no_result_words) {
    if (lower_case(without_edge_blanks(known)) == word) return true;
  }
  return false;
}

NumberReading read_number(std::string_view text, std::string_view decimal_comma,
                          const std::vector<std::string>& no_result_words) {
  text = without_edge_blanks(text);
  if (is_no_result(text, no_result_words)) return NoResult{};
  const std::string comparator = take_comparator(text);
  auto reading = number_text(text, decimal_comma);
  if (auto* read = std::get_if<Number>(&reading)) {
    read->comparator = comparator;
    return std::move(*read);
  }
  return std::get<NoNumber>(reading);
}

NumberReading read_number(std::string_view text, std::string_view decimal_comma) {
  return read_number(text, decimal_comma, {});
}

std::optional<Number> read_plain_number(std::string_view text, std::string_view decimal_comma) {
  auto reading = number_text(text, decimal_comma);
  if (auto* read = std::get_if<Number>(&reading)) return std::move(*read);
  return std::nullopt;
}

}  // namespace gateway::mapping
