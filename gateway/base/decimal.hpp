#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::base {

/// A decimal number as its digits: kept as sent, compared as a decimal, never through a double.
/// The text is a JSON number (`-12.40`, `0.5`, `1e2`).
class DecimalText {
 public:
  /// Reads a JSON number (RFC 8259 §6); at most 256 characters and an exponent within ±1000.
  static std::optional<DecimalText> parse(std::string_view json_number);

  const std::string& text() const { return text_; }

  /// Bytes that sort (memcmp) as the numbers do: equal numbers give equal keys whatever their
  /// trailing zeros. What a store indexes.
  std::string sort_key() const;

  /// The half-open interval [low, high) that the number's own precision stands for:
  /// 14 → [13.5, 14.5), 14.0 → [13.95, 14.05), 1e2 → [95, 105). FHIR R4, search, number.
  std::pair<DecimalText, DecimalText> precision_range() const;

  /// This number ± 10 % of itself, low first (FHIR R4, search, prefix `ap`).
  std::pair<DecimalText, DecimalText> approximate_range() const;

  friend std::strong_ordering operator<=>(const DecimalText& a, const DecimalText& b) {
    return a.sort_key() <=> b.sort_key();
  }
  friend bool operator==(const DecimalText& a, const DecimalText& b) {
    return a.sort_key() == b.sort_key();
  }

 private:
  explicit DecimalText(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace gateway::base
