#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/decimal.hpp"

namespace gateway::mapping {

/// What a text that should be a number turned out to be (DOMAIN.md N1–N9).
struct Number {
  std::string comparator;  // "", "<", "<=", ">", ">="
  base::DecimalText value;
  std::string issue;  // "", nm-decimal-comma, nm-thousands-separator
};
struct NoNumber {
  std::string issue;  // nm-invalid, nm-ambiguous-comma
};
struct NoResult {};  // QNS and its like: no value at all (N9)
using NumberReading = std::variant<Number, NoNumber, NoResult>;

/// Reads NM: N1–N5, N9; comparators as N7. `decimal_comma` is the profile's "", "yes" or "no";
/// `no_result_words` (of the profile) are compared without regard to case or edge blanks.
NumberReading read_number(std::string_view text, std::string_view decimal_comma,
                          const std::vector<std::string>& no_result_words);

/// The same without words for "no result": never NoResult.
NumberReading read_number(std::string_view text, std::string_view decimal_comma);

/// Is the text one of the words that say there is no result (`QNS`)? Case and edge blanks do not
/// matter.
bool is_no_result(std::string_view text, const std::vector<std::string>& no_result_words);

/// Text of one number as JSON would have it (N1): "+007.20" → "7.20"; nullopt if it is none.
std::optional<Number> read_plain_number(std::string_view text, std::string_view decimal_comma);

/// SN (N6): the four components, decoded.
struct StructuredNumber {
  std::string comparator, first, separator, second;
};
/// `issue`: nm-decimal-comma or nm-thousands-separator when one of the numbers needed it.
struct Ratio {
  base::DecimalText numerator, denominator;
  std::string issue;
};
struct Interval {
  std::optional<base::DecimalText> low, high;
  std::string issue;  // as Ratio
};
/// The parts in a row, as sent; `issue` is nm-ambiguous-comma where that is why.
struct PlainText {
  std::string text;
  std::string issue;
};
using StructuredReading = std::variant<Number, Ratio, Interval, PlainText>;
StructuredReading read_structured(const StructuredNumber& sent, std::string_view decimal_comma);

/// ST under a quantitative code (N7): number with optional comparator and unit equal to `unit`,
/// or a ratio where `is_ratio_code`; NoNumber: such a form, but its comma is ambiguous (N4);
/// nullopt: it stays a string.
using QuantitativeText = std::optional<std::variant<Number, Ratio, NoNumber>>;
QuantitativeText read_quantitative_text(std::string_view text, std::string_view unit,
                                        bool is_ratio_code, std::string_view decimal_comma);

/// OBX-7 (N10): low and high where the text is one plain interval; both absent: text only.
Interval read_range(std::string_view text, std::string_view unit, std::string_view decimal_comma);

/// Gestational age (C2): "7w2d", "9+3", "9 3/7", "66 d", whole weeks.
struct Gestation {
  std::string value, unit;
};  // "51" "d", or "7" "wk"
std::optional<Gestation> read_gestation(std::string_view text, std::string_view unit);

}  // namespace gateway::mapping
