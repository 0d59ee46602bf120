// Gestational age as laboratories write it (C2).
#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {
namespace {

constexpr int days_a_week = 7;

/// Words and whole numbers of a short text, read from the left.
class Words {
 public:
  explicit Words(std::string_view text)
      : text_(lower_case(without_edge_blanks(text))), rest_(text_) {}
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

  /// At most `digits` digits, and no more behind them.
  std::optional<int> number(std::size_t digits) {
    skip_blanks();
    const auto size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (size == 0 || size > digits) return std::nullopt;
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + size, value);
    rest_.remove_prefix(size);
    return value;
  }

  bool take(std::string_view sign) {
    skip_blanks();
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }

  bool weeks() { return word({"weeks", "week", "wks", "wk", "w"}); }
  bool days() { return word({"days", "day", "d"}); }

 private:
  void skip_blanks() { rest_ = without_edge_blanks(rest_); }

  /// The first that stands here and is not followed by another letter.
  bool word(std::initializer_list<std::string_view> choices) {
    skip_blanks();
    for (const std::string_view choice : choices) {
      if (!rest_.starts_with(choice)) continue;
      const std::string_view after = rest_.substr(choice.size());
      if (!after.empty() && after.front() >= 'a' && after.front() <= 'z') continue;
      rest_ = after;
      return true;
    }
    return false;
  }

  std::string text_;
  std::string_view rest_;
};

std::optional<Gestation> in_days(std::optional<int> weeks, std::optional<int> days) {
  if (!weeks || !days || *days >= days_a_week) return std::nullopt;
  return Gestation{std::to_string(*weeks * days_a_week + *days), "d"};
}

/// "9+3" and "9 3/7", with or without the word weeks behind.
std::optional<Gestation> closed(Words& words, std::optional<Gestation> read) {
  words.weeks();
  return words.at_end() ? read : std::nullopt;
}

std::optional<Gestation> after_weeks(Words& words, int weeks) {
  if (words.at_end()) return Gestation{std::to_string(weeks), "wk"};
  if (!words.take(",")) words.take("+");
  const auto days = words.number(1);
  words.days();
  return words.at_end() ? in_days(weeks, days) : std::nullopt;
}

}  // namespace

std::optional<Gestation> read_gestation(std::string_view text, std::string_view unit) {
  Words words(text);
  const auto first = words.number(3);
  if (!first) return std::nullopt;
  if (words.at_end()) {
    Words unit_words(unit);
    if (unit_words.days() && unit_words.at_end()) return Gestation{std::to_string(*first), "d"};
    Words week_words(unit);
    if (week_words.weeks() && week_words.at_end()) return Gestation{std::to_string(*first), "wk"};
    return std::nullopt;
  }
  if (words.days()) {
    if (!words.at_end()) return std::nullopt;
    return Gestation{std::to_string(*first), "d"};
  }
  if (words.take("+")) return closed(words, in_days(first, words.number(1)));
  if (words.weeks()) return after_weeks(words, *first);
  const auto sevenths = words.number(1);
  if (sevenths && words.take("/7")) return closed(words, in_days(first, sevenths));
  return std::nullopt;
}

}  // namespace gateway::mapping
