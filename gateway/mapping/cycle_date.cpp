#include "gateway/mapping/cycle_date.hpp"

#include <algorithm>
#include <optional>

namespace gateway::mapping {
namespace {

using DateKind = CycleDate::Kind;
using Precision = base::PartialTime::Precision;

CycleDate dated(std::uint32_t year, std::uint32_t month, std::uint32_t day) {
  if (!base::is_date(static_cast<int>(year), month, day)) return {};
  CycleDate found{DateKind::day, {}};
  found.date.precision = Precision::day;
  found.date.year = static_cast<int>(year);
  found.date.month = month;
  found.date.day = day;
  return found;
}

CycleDate imprecise(std::uint32_t year, std::optional<std::uint32_t> month) {
  if (!base::is_date(static_cast<int>(year), month.value_or(1), 1)) return {};
  CycleDate found{DateKind::imprecise, {}};
  found.date.precision = month ? Precision::month : Precision::year;
  found.date.year = static_cast<int>(year);
  found.date.month = month.value_or(1);
  return found;
}

/// `digits` are 4, 6 or at least 8 digits of an HL7 date.
CycleDate compact(std::string_view digits) {
  const auto number = [&](std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (const char c : digits.substr(at, count))
      value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  if (digits.size() == 4) return imprecise(number(0, 4), std::nullopt);
  if (digits.size() == 6) return imprecise(number(0, 4), number(4, 2));
  if (digits.size() < 8 || digits.size() > 14) return {};
  return dated(number(0, 4), number(4, 2), number(6, 2));
}

bool number_of(std::span<const CycleToken> tokens, std::size_t at, std::uint32_t least,
               std::uint32_t most, bool adjacent) {
  return at < tokens.size() && tokens[at].is_number() && tokens[at].digits >= least &&
         tokens[at].digits <= most && (!adjacent || tokens[at].adjacent);
}

bool separator_of(std::span<const CycleToken> tokens, std::size_t at, char32_t sign) {
  return at < tokens.size() && tokens[at].is_sign(sign) && tokens[at].adjacent;
}

/// 31/01/2025, 01/31/2025, 03/04/2025 with the order of the profile.
CycleDate by_order(std::uint32_t first, std::uint32_t second, std::uint32_t year,
                   std::string_view order) {
  if (first > 12 && second <= 12) return dated(year, second, first);
  if (second > 12 && first <= 12) return dated(year, first, second);
  if (first == second) return dated(year, first, second);
  if (order == "dmy") return dated(year, second, first);
  if (order == "mdy") return dated(year, first, second);
  if (first > 12 || first == 0 || second == 0) return {};
  return {DateKind::ambiguous, {}};
}

CycleDate year_first(std::span<const CycleToken> tokens, std::size_t at, std::size_t& end) {
  const CycleToken& year = tokens[at];
  for (const char32_t sign : {U'-', U'/', U'.'}) {
    if (!separator_of(tokens, at + 1, sign) || !number_of(tokens, at + 2, 2, 2, true)) continue;
    if (separator_of(tokens, at + 3, sign) && number_of(tokens, at + 4, 2, 2, true)) {
      end = at + 5;
      return dated(year.value, tokens[at + 2].value, tokens[at + 4].value);
    }
    if (sign != U'-') return {};
    end = at + 3;
    return imprecise(year.value, tokens[at + 2].value);
  }
  return {};
}

CycleDate day_first(std::span<const CycleToken> tokens, std::size_t at, std::string_view order,
                    std::size_t& end) {
  for (const char32_t sign : {U'.', U'/', U'-'}) {
    if (!separator_of(tokens, at + 1, sign) || !number_of(tokens, at + 2, 1, 2, true) ||
        !separator_of(tokens, at + 3, sign) || !number_of(tokens, at + 4, 4, 4, true))
      continue;
    end = at + 5;
    const std::uint32_t first = tokens[at].value, second = tokens[at + 2].value;
    const std::uint32_t year = tokens[at + 4].value;
    return sign == U'.' ? dated(year, second, first) : by_order(first, second, year, order);
  }
  return {};
}

/// Can both be the same date, one of them perhaps without day or month?
bool agree(const base::PartialTime& a, const base::PartialTime& b) {
  const Precision precision = std::min(a.precision, b.precision);
  return a.year == b.year && (precision < Precision::month || a.month == b.month) &&
         (precision < Precision::day || a.day == b.day);
}

/// Is the date one of the two that 03/04/2025 may be?
bool may_mean(std::string_view writing, const base::PartialTime& date) {
  for (const std::string_view order : {"dmy", "mdy"}) {
    const CycleDate read = read_context_date(writing, order);
    if (read.kind == DateKind::day && agree(read.date, date)) return true;
  }
  return false;
}

/// Beside other words four digits are a code, and six or eight are one unless they name our time.
bool may_be_a_code(const base::PartialTime& date) {
  return date.precision == Precision::year || date.year < 1900 || date.year > 2100;
}

}  // namespace

CycleDate read_answer_date(std::span<const std::string_view> writings, std::string_view order) {
  CycleDate found;
  for (std::size_t i = 0; i < writings.size(); ++i) {
    const CycleDate read = read_context_date(writings[i], order);
    if (read.kind == DateKind::none || read.kind == DateKind::ambiguous) continue;
    if (i > 0 && may_be_a_code(read.date)) continue;
    if (found.kind != DateKind::none && !agree(found.date, read.date))
      return {DateKind::ambiguous, {}};
    if (found.kind == DateKind::none || read.date.precision > found.date.precision) found = read;
  }
  for (const std::string_view writing : writings)
    if (read_context_date(writing, order).kind == DateKind::ambiguous &&
        (found.kind != DateKind::day || !may_mean(writing, found.date)))
      return {DateKind::ambiguous, {}};
  return found;
}

CycleDate read_date_at(std::span<const CycleToken> tokens, std::size_t at, std::string_view order,
                       std::size_t& end) {
  end = at;
  if (at >= tokens.size() || !tokens[at].is_number()) return {};
  const CycleToken& first = tokens[at];
  if (first.digits == 8) {
    end = at + 1;
    return dated(first.value / 10000, first.value / 100 % 100, first.value % 100);
  }
  if (first.digits == 4) return year_first(tokens, at, end);
  if (first.digits <= 2) return day_first(tokens, at, order, end);
  return {};
}

CycleDate read_context_date(std::string_view text, std::string_view order) {
  constexpr std::string_view blanks = " \t\r\n";
  while (!text.empty() && blanks.find(text.front()) != text.npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != text.npos) text.remove_suffix(1);
  if (text.empty() || text.size() > 64) return {};
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  const std::string_view rest = text.substr(digits.size());
  const bool fraction_or_offset =
      digits.size() >= 8 && !rest.empty() && (rest[0] == '+' || rest[0] == '-' || rest[0] == '.');
  if (rest.empty() || (fraction_or_offset && rest.find_first_not_of("+-.0123456789") == rest.npos))
    return compact(digits);
  if (const auto time = base::parse_fhir_time(text)) {
    if (time->precision >= Precision::day)
      return dated(static_cast<std::uint32_t>(time->year), time->month, time->day);
    return imprecise(static_cast<std::uint32_t>(time->year), time->precision == Precision::month
                                                                 ? std::optional(time->month)
                                                                 : std::nullopt);
  }
  CycleWords words;
  split_words(text, 64, {}, words);
  std::size_t end = 0;
  const CycleDate found = read_date_at(words.tokens, 0, order, end);
  return end == words.tokens.size() ? found : CycleDate{};
}

}  // namespace gateway::mapping
