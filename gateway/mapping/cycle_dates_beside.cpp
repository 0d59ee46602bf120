#include "gateway/mapping/cycle_dates_beside.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t farthest = 16;  // tokens to either side that are asked

bool is_short(const CycleToken& token) {
  return token.is_number() && token.digits <= 2;
}

}  // namespace

DatesBeside::DatesBeside(std::span<const CycleToken> tokens,
                         const std::vector<PhraseMatch>& matches, std::string_view date_order,
                         const std::optional<base::PartialTime>& collected)
    : tokens_(tokens), date_of_(tokens.size(), nothing), harmless_(tokens.size(), false) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    auto date = read(at, date_order, collected);
    if (!date) continue;
    for (std::size_t i = date->begin; i < date->end; ++i) date_of_[i] = dates_.size();
    dates_.push_back(*date);
    at = date->end - 1;
  }
  for (const PhraseMatch& match : matches)
    for (std::size_t i = match.begin; i < match.end; ++i) {
      if (match.field == PhraseField::link || match.field == PhraseField::sample)
        harmless_[i] = true;
      if (match.field == PhraseField::lmp && date_of_[i] != nothing)
        dates_[date_of_[i]].periods = true;
    }
}

std::optional<DatesBeside::Written> DatesBeside::read(
    std::size_t at, std::string_view order,
    const std::optional<base::PartialTime>& collected) const {
  if (!tokens_[at].is_number()) return std::nullopt;
  std::size_t end = at;
  const CycleDate date = read_date_at(tokens_, at, order, end);
  if (end == at) return read_short(at, collected);
  // Eight digits that are no date are a number of the laboratory's.
  if (date.kind == CycleDate::Kind::none && tokens_[at].digits == 8) return std::nullopt;
  const bool same = date.kind == CycleDate::Kind::day && collected && collected->local_day() &&
                    *collected->local_day() == *date.date.local_day();
  return Written{at, end, same, false};
}

/// "22.02.", "22.02.25", "22/02/25": read only to see that they are another day.
std::optional<DatesBeside::Written> DatesBeside::read_short(
    std::size_t at, const std::optional<base::PartialTime>& collected) const {
  const auto sign = [this](std::size_t i, char32_t c) {
    return i < tokens_.size() && tokens_[i].adjacent && tokens_[i].is_sign(c);
  };
  for (const char32_t c : {U'.', U'/'}) {
    if (!is_short(tokens_[at]) || !sign(at + 1, c) || at + 2 >= tokens_.size() ||
        !is_short(tokens_[at + 2]) || !tokens_[at + 2].adjacent || !sign(at + 3, c))
      continue;
    const std::uint32_t day = tokens_[at].value, month = tokens_[at + 2].value;
    if (day < 1 || day > 31 || month < 1 || (c == U'.' && month > 12)) continue;
    const bool year =
        at + 4 < tokens_.size() && is_short(tokens_[at + 4]) && tokens_[at + 4].adjacent;
    if (c == U'/' && !year) continue;
    const bool same = c == U'.' && collected && collected->local_day() && collected->day == day &&
                      collected->month == month &&
                      (!year || collected->year % 100 == static_cast<int>(tokens_[at + 4].value));
    return Written{at, at + (year ? 5u : 4u), same, false};
  }
  return std::nullopt;
}

/// The token at `at` may stand between a day and its date: the next one to ask.
std::optional<std::size_t> DatesBeside::step_over(std::size_t at, int step) const {
  const CycleToken& token = tokens_[at];
  const auto beyond = [step](std::size_t i, std::size_t by) {
    return step > 0 ? i + by : i - by;  // below zero it wraps, which is past the end
  };
  if (token.is_word()) return harmless_[at] ? std::optional(beyond(at, 1)) : std::nullopt;
  if (!token.is_number()) return beyond(at, 1);
  const std::size_t colon = beyond(at, 1), other = beyond(at, 2);  // "09:30"
  if (other < tokens_.size() && tokens_[colon].is_sign(':') && is_short(tokens_[other]))
    return beyond(at, 3);
  return std::nullopt;
}

DatesBeside::Found DatesBeside::look(const PhraseMatch& match, int step) const {
  Found found;
  const std::uint32_t clause = tokens_[match.begin].clause;
  std::size_t at = step > 0 ? match.end : match.begin - 1;
  for (std::size_t steps = 0; steps < farthest && at < tokens_.size(); ++steps) {
    const bool next_to = steps == 0;  // "22.02. ZT 21": the point is the date's
    if (tokens_[at].clause != clause && !(next_to && date_of_[at] != nothing)) break;
    if (date_of_[at] != nothing) {
      found.date = date_of_[at];
      break;
    }
    if (tokens_[at].is_sign(',')) {
      if (found.behind_comma) break;
      found.behind_comma = true;
    }
    const auto next = step_over(at, step);
    if (!next) break;
    at = *next;
  }
  return found;
}

/// Behind a comma a date is the day's only where nothing else claims it: "CD 21, 22.02.2025", but
/// "hysteroscopy 22.02.2025, CD 21".
bool DatesBeside::stands_alone(const Written& date, int step) const {
  const std::uint32_t clause = tokens_[date.begin].clause;
  std::size_t at = step > 0 ? date.end : date.begin - 1;
  for (std::size_t steps = 0; steps < farthest; ++steps) {
    if (at >= tokens_.size() || tokens_[at].clause != clause || tokens_[at].is_sign(','))
      return true;
    const auto next = step_over(at, step);
    if (!next) return false;
    at = *next;
  }
  return false;
}

bool DatesBeside::contradict(const PhraseMatch& match) const {
  for (const int step : {-1, 1}) {
    const Found found = look(match, step);
    if (found.date == nothing) continue;
    const Written& date = dates_[found.date];
    if (date.collections) continue;
    if (date.periods) {  // "LMP 02.03.2025 (CD 1)"
      if (match.field == PhraseField::day && match.number == 1 && !found.behind_comma) return true;
      continue;
    }
    if (!found.behind_comma || stands_alone(date, step)) return true;
  }
  return false;
}

}  // namespace gateway::mapping
