// Days and offsets as people write them into an answer (C2).
#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/mapping/cycle_statement.hpp"
#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/cycle_words.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_value_bytes = 256;

/// Words that may stand beside the one number of an answer.
constexpr std::array<std::u32string_view, 13> day_words{U"day",  U"days",  U"d",    U"tag", U"tage",
                                                        U"t",    U"gün",   U"günü", U"día", U"días",
                                                        U"jour", U"jours", U"j"};
/// And of an offset: "12 days after" what is no day of a cycle.
constexpr std::array<std::u32string_view, 7> after_words{U"post",    U"after", U"nach", U"sonra",
                                                         U"después", U"tras",  U"après"};

template <std::size_t N>
bool is_one_of(std::u32string_view word, const std::array<std::u32string_view, N>& list) {
  return std::any_of(list.begin(), list.end(),
                     [word](auto meant) { return word_matches(word, meant); });
}

/// "21", "+7", "-1", "021", "21.0".
std::optional<long> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point != text.npos && point + 1 < text.size() &&
      text.find_first_not_of('0', point + 1) == text.npos)
    text = text.substr(0, point);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "day 9", "9 days", "+5 d": one number and words for day. "12.5" and "12,5" are none, "12-14" is
/// two, and "12+" is that or more.
StatedNumber lone_number(const CycleWords& words, bool is_offset) {
  StatedNumber found;
  int sign = 1;
  bool open = false;
  for (std::size_t i = 0; i < words.tokens.size(); ++i) {
    const CycleToken& token = words.tokens[i];
    const bool behind = found.value.has_value();
    if (token.is_number()) {
      const bool decimal = token.adjacent && i > 0 && words.tokens[i - 1].is_sign('.');
      if (decimal || token.digits > 3) return {};
      if (behind) return {std::nullopt, true};
      found.value = static_cast<long>(token.value);
    } else if (token.is_word()) {
      if (!is_one_of(token.word, day_words) && !(is_offset && is_one_of(token.word, after_words)))
        return {};
    } else if (behind && (token.is_sign('-') || token.is_sign('/') || token.is_sign('+'))) {
      open = true;
    } else if (token.is_sign('-')) {
      sign = -1;
    } else if (!token.is_sign('.') && (behind || !(token.is_sign('+') || token.is_sign(':') ||
                                                   token.is_sign('=') || token.is_sign('#')))) {
      return {};
    }
  }
  if (open) return {std::nullopt, true};
  if (found.value) *found.value *= sign;
  return found;
}

StatedNumber lone_number(std::string_view text, bool is_offset) {
  CycleWords words;
  split_words(text, most_value_bytes, {}, words);
  return lone_number(words, is_offset);
}

std::string_view short_value(std::string_view text) {
  return without_edge_blanks(text).substr(0, most_value_bytes);
}

}  // namespace

StatedNumber read_stated_day(const CycleLanguage& language, std::string_view text,
                             const std::optional<base::PartialTime>& collected) {
  text = short_value(text);
  if (const auto number = whole_number(text)) return {number, false};
  const CycleText read = read_cycle_text(language, text, "", collected);
  if (read.day.ambiguous) return {std::nullopt, true};
  if (read.day.value) return {*read.day.value, false};
  return lone_number(text, false);
}

StatedNumber read_stated_offset(const CycleLanguage& language, std::string_view text,
                                std::string_view anchor,
                                const std::optional<base::PartialTime>& collected) {
  text = short_value(text);
  if (const auto number = whole_number(text)) return {number, false};
  const CycleText read = read_cycle_text(language, text, "", collected);
  if (read.anchor.ambiguous) return {std::nullopt, true};
  if (read.anchor.value)
    return read.anchor.value->anchor == anchor ? StatedNumber{read.anchor.value->offset, false}
                                               : StatedNumber{};
  return lone_number(text, true);
}

StatedNumber read_stated_count(const CycleLanguage& language, std::string_view text,
                               std::string_view kind) {
  if (kind == "cycle-day" || kind == "cycle-length")
    return read_stated_day(language, text, std::nullopt);
  const std::string_view anchor = anchor_of_kind(kind);
  return anchor.empty() ? StatedNumber{} : read_stated_offset(language, text, anchor, std::nullopt);
}

}  // namespace gateway::mapping
