#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {

/// One number without comparator or unit, by N1–N5; edge blanks allowed. Never NoResult.
std::variant<Number, NoNumber> number_text(std::string_view text, std::string_view decimal_comma);

/// Takes `<`, `<=`, `>`, `>=`, `≤` or `≥` and the blanks behind it off the front; "" if none.
std::string take_comparator(std::string_view& text);

/// Takes sign, digits, points and commas off the front; empty if there is no digit.
std::string_view take_number(std::string_view& text);

/// Is the rest nothing, or the unit that stands in OBX-6? µ and μ are one letter.
bool is_unit_or_nothing(std::string_view rest, std::string_view unit);

/// The graver of two number issues: what a pair of numbers reports.
std::string either_issue(const std::string& a, const std::string& b);

}  // namespace gateway::mapping
