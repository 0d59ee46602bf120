#include "gateway/base/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/base/result.hpp"

namespace gateway::base {
namespace {

constexpr std::size_t longest_text = 256;
constexpr int largest_exponent = 1000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// 0.d1d2d3… × 10^exponent, without leading zeros; zero has no digits. `unit` is the exponent of
/// the last digit that was written, which trailing zeros count for.
struct Parts {
  bool negative = false;
  std::string digits;
  int exponent = 0;
  int unit = 0;
};

Parts parts_of(std::string_view text) {
  Parts parts;
  std::size_t at = 0;
  if (text[at] == '-') {
    parts.negative = true;
    ++at;
  }
  int point = -1;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      point = static_cast<int>(parts.digits.size());
    } else {
      parts.digits += text[at];
    }
  }
  int power = 0;
  if (at < text.size()) {  // e or E
    ++at;
    if (text[at] == '+') ++at;
    std::from_chars(text.data() + at, text.data() + text.size(), power);
  }
  const int written = static_cast<int>(parts.digits.size());
  const int whole = point < 0 ? written : point;
  parts.exponent = whole + power;
  parts.unit = power - (written - whole);
  // R4's own example: 1e2 stands for [95, 105), a unit of ten, one digit finer than is written.
  if (text.find_first_of("eE") != std::string_view::npos) --parts.unit;
  const auto first = std::min(parts.digits.find_first_not_of('0'), parts.digits.size());
  parts.exponent -= static_cast<int>(first);
  parts.digits.erase(0, first);
  if (parts.digits.empty()) {
    parts.exponent = 0;
    parts.negative = false;
  }
  return parts;
}

/// An integer number of 10^unit, as digits without leading zeros.
std::string scaled(const Parts& parts, int unit) {
  if (parts.digits.empty()) return "0";
  const int size = parts.exponent - unit;
  std::string out = parts.digits;
  if (static_cast<int>(out.size()) < size)
    out.append(static_cast<std::size_t>(size) - out.size(), '0');
  return out;
}

std::string add(std::string a, const std::string& b) {
  std::string out;
  int carry = 0;
  auto left = a.rbegin();
  auto right = b.rbegin();
  while (left != a.rend() || right != b.rend() || carry != 0) {
    int sum = carry;
    if (left != a.rend()) sum += *left++ - '0';
    if (right != b.rend()) sum += *right++ - '0';
    out += static_cast<char>('0' + sum % 10);
    carry = sum / 10;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

bool less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string trimmed(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? "0" : digits;
}

std::string subtract(const std::string& a, const std::string& b) {  // a ≥ b
  std::string out;
  int borrow = 0;
  auto right = b.rbegin();
  for (auto left = a.rbegin(); left != a.rend(); ++left) {
    int difference = (*left - '0') - borrow - (right != b.rend() ? *right++ - '0' : 0);
    borrow = difference < 0 ? 1 : 0;
    out += static_cast<char>('0' + (difference < 0 ? difference + 10 : difference));
  }
  std::reverse(out.begin(), out.end());
  return trimmed(out);
}

std::string number(bool negative, const std::string& digits, int unit) {
  const std::string plain = trimmed(digits);
  return std::string(negative && plain != "0" ? "-" : "") + plain +
         (unit != 0 ? "e" + std::to_string(unit) : "");
}

/// value ± delta, both integers of 10^unit.
std::pair<std::string, std::string> around(bool negative, const std::string& value,
                                           const std::string& delta, int unit) {
  std::string above = number(false, add(value, delta), unit);
  const bool crosses = less(trimmed(value), trimmed(delta));
  std::string below = crosses ? number(true, subtract(trimmed(delta), trimmed(value)), unit)
                              : number(false, subtract(trimmed(value), trimmed(delta)), unit);
  if (!negative) return {below, above};
  const auto flipped = [](const std::string& text) {
    if (text.front() == '-') return text.substr(1);
    return text.front() == '0' ? text : "-" + text;
  };
  return {flipped(above), flipped(below)};
}

}  // namespace

std::optional<DecimalText> DecimalText::parse(std::string_view text) {
  if (text.empty() || text.size() > longest_text) return std::nullopt;
  std::size_t at = text.front() == '-' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  const std::size_t whole_from = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[whole_from] == '0')) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t power_from = at;
    if (digits() == 0) return std::nullopt;
    int power = 0;
    const auto [end, error] = std::from_chars(text.data() + power_from, text.data() + at, power);
    if (error != std::errc() || end != text.data() + at || power > largest_exponent)
      return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return DecimalText(std::string(text));
}

std::string DecimalText::sort_key() const {
  Parts parts = parts_of(text_);
  if (parts.digits.empty()) return std::string(1, '\x01');
  parts.digits.erase(parts.digits.find_last_not_of('0') + 1);
  // Sign, exponent, digits; a negative number's bytes are all complemented and closed by 0xFF,
  // so that a longer one sorts below.
  const auto biased = static_cast<unsigned>(parts.exponent + 32768);
  std::string key;
  key += static_cast<char>(biased >> 8 & 0xFF);
  key += static_cast<char>(biased & 0xFF);
  for (const char digit : parts.digits) key += static_cast<char>(digit - '0' + 1);
  if (!parts.negative) return '\x02' + key;
  for (char& byte : key) byte = static_cast<char>(~byte);
  return '\0' + key + '\xFF';
}

std::pair<DecimalText, DecimalText> DecimalText::precision_range() const {
  const Parts parts = parts_of(text_);
  // Half a unit of the last digit written is 5 units of the next one.
  auto [low, high] = around(parts.negative, scaled(parts, parts.unit - 1), "5", parts.unit - 1);
  return {DecimalText(std::move(low)), DecimalText(std::move(high))};
}

std::pair<DecimalText, DecimalText> DecimalText::approximate_range() const {
  const Parts parts = parts_of(text_);
  const std::string value = scaled(parts, parts.unit - 1);
  const std::string tenth = scaled(parts, parts.unit);
  auto [low, high] = around(parts.negative, value, tenth, parts.unit - 1);
  return {DecimalText(std::move(low)), DecimalText(std::move(high))};
}

}  // namespace gateway::base
