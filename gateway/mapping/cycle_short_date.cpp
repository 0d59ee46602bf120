#include "gateway/mapping/cycle_short_date.hpp"

#include <algorithm>

#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {
namespace {

constexpr char32_t none = 0, blank = ' ';  // between the parts: "0203", "02 03"

/// The parts as they stand. Without a year `third` is absent.
struct Parts {
  std::size_t end = 0;
  char32_t sign = none;
  std::uint32_t first = 0, second = 0;
  std::optional<std::uint32_t> third;
  bool two_digits = false;  // both "02" and "03"
  bool one_digit = false;   // both "2" and "3"
};

std::optional<Parts> compact_parts(std::span<const CycleToken> tokens, std::size_t at) {
  const CycleToken& token = tokens[at];
  if (token.digits != 4 && token.digits != 6) return std::nullopt;
  Parts parts{at + 1, none, token.value / 100, token.value % 100, std::nullopt, true, false};
  if (token.digits == 4) return parts;
  parts.third = parts.second;
  parts.second = parts.first % 100;
  parts.first /= 100;
  return parts;
}

std::optional<Parts> separate_parts(std::span<const CycleToken> tokens, std::size_t at) {
  const auto number = [&](std::size_t i, bool adjacent) {
    return i < tokens.size() && tokens[i].is_short() && tokens[i].adjacent == adjacent;
  };
  const auto sign = [&](std::size_t i, char32_t c) {
    return i < tokens.size() && tokens[i].adjacent && tokens[i].is_sign(c);
  };
  const auto parts_of = [&](std::size_t other, char32_t c) {
    const CycleToken &a = tokens[at], &b = tokens[other];
    return Parts{other + 1,
                 c,
                 a.value,
                 b.value,
                 std::nullopt,
                 a.digits == 2 && b.digits == 2,
                 a.digits == 1 && b.digits == 1};
  };
  if (number(at + 1, false) && parts_of(at + 1, blank).two_digits) return parts_of(at + 1, blank);
  for (const char32_t c : {U'.', U'/', U'-'}) {
    if (!sign(at + 1, c) || !number(at + 2, true)) continue;
    Parts parts = parts_of(at + 2, c);
    if (sign(at + 3, c) && at + 4 < tokens.size() && tokens[at + 4].is_number() &&
        tokens[at + 4].adjacent) {
      if (tokens[at + 4].digits != 2) return std::nullopt;  // "1.2.3", "1/2/3"
      parts.third = tokens[at + 4].value;
      parts.end = at + 5;
    } else if (c == U'.' && sign(at + 3, c)) {
      parts.end = at + 4;
      parts.two_digits = true;  // "2.3.": no decimal number has a point behind it
    }
    return parts;
  }
  return std::nullopt;
}

bool may_be(std::uint32_t day, std::uint32_t month) {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/// "CD 12, 28/5": how long her cycles and bleedings are.
bool is_rhythm(const Parts& parts) {
  return parts.sign == U'/' && !parts.third && parts.first >= 21 && parts.second >= 3 &&
         parts.second <= 9 && !parts.two_digits;
}

/// A number that something else has claimed: "12/16 %", "9.10 Uhr", "Th1/2", "1/2/3/4".
bool is_other(std::span<const CycleToken> tokens, std::size_t at, const Parts& parts) {
  if (at > 0 && tokens[at].adjacent) {
    const CycleToken& before = tokens[at - 1];
    constexpr std::u32string_view free = U":=(#,|;\n";
    if (before.is_number() || before.is_word() || free.find(before.sign) == free.npos) return true;
  }
  if (at > 0 && tokens[at - 1].is_sign(',') && is_rhythm(parts)) return true;
  if (parts.end >= tokens.size() || tokens[parts.end].clause != tokens[at].clause) return false;
  const CycleToken& behind = tokens[parts.end];
  const bool goes_on = behind.adjacent && (behind.is_sign(parts.sign) || behind.is_number());
  return goes_on || behind.is_sign('%') || behind.unit || is_any_word(behind, {U"uhr"});
}

bool is_collections(const Parts& parts, bool by_day, bool by_month,
                    const std::optional<base::PartialTime>& collected) {
  if (!collected || !collected->local_day()) return false;
  const auto is = [&](std::uint32_t year, std::uint32_t month, std::uint32_t day) {
    return collected->year % 100 == static_cast<int>(year) && collected->month == month &&
           collected->day == day;
  };
  const std::uint32_t year =
      parts.third.value_or(static_cast<std::uint32_t>(collected->year % 100));
  if (parts.third && is(parts.first, parts.second, *parts.third)) return true;  // "25-03-22"
  if (by_day && by_month && parts.first != parts.second) return false;
  return by_day ? is(year, parts.second, parts.first) : is(year, parts.first, parts.second);
}

}  // namespace

std::optional<ShortDate> read_short_date(std::span<const CycleToken> tokens, std::size_t at,
                                         std::string_view order,
                                         const std::optional<base::PartialTime>& collected) {
  auto parts = compact_parts(tokens, at);
  if (!parts && tokens[at].is_short()) parts = separate_parts(tokens, at);
  if (!parts || is_other(tokens, at, *parts)) return std::nullopt;
  bool by_day = may_be(parts->first, parts->second);
  bool by_month = parts->sign != U'.' && may_be(parts->second, parts->first);
  const bool by_year = parts->third && may_be(*parts->third, parts->second);
  if (parts->sign == none && order != "mdy") by_month = false;  // "1015" is a time
  if (!by_day && !by_month && !by_year) return std::nullopt;
  if (by_day && by_month && order == "dmy") by_month = false;
  if (by_day && by_month && order == "mdy") by_day = false;
  ShortDate date{parts->end, false, false, parts->sign == U'.'};
  date.collections =
      (by_day || by_month || by_year) && is_collections(*parts, by_day, by_month, collected);
  const bool bare = parts->sign == none || parts->sign == blank;
  const bool clear = parts->sign == U'/' ? !parts->one_digit : parts->two_digits;
  date.loose = bare || (!parts->third && !clear);
  return date;
}

}  // namespace gateway::mapping
