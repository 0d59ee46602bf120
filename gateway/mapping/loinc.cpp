#include <string>

#include "gateway/mapping/catalogue.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t longest_body = 7;

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Mod 10 of the digits before the hyphen: every second digit from the right, the last one first,
/// counts double, and the digits of what results are added (LOINC Users' Guide, check digit).
char check_digit(std::string_view body) {
  int sum = 0;
  bool twice = true;
  for (auto digit = body.rbegin(); digit != body.rend(); ++digit, twice = !twice) {
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool has_form(std::string_view code) {
  if (code.size() < 3 || code.size() > longest_body + 2 || code[code.size() - 2] != '-') {
    return false;
  }
  const std::string_view body = code.substr(0, code.size() - 2);
  return body.front() != '0' && all_digits(body) && all_digits(code.substr(code.size() - 1));
}

}  // namespace

bool is_loinc(std::string_view code) {
  return has_form(code) && check_digit(code.substr(0, code.size() - 2)) == code.back();
}

std::string corrected_loinc(std::string_view code) {
  if (!has_form(code)) return std::string(code);
  return std::string(code.substr(0, code.size() - 1)) +
         check_digit(code.substr(0, code.size() - 2));
}

}  // namespace gateway::mapping
