#include "gateway/mapping/cycle_dates_beside.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/mapping/cycle_short_date.hpp"

namespace gateway::mapping {
namespace {

constexpr std::uint32_t first_year = 1950, last_year = 2100;

bool is_year(const CycleToken& token) {
  return token.is_number() && token.digits == 4 && token.value >= first_year &&
         token.value <= last_year;
}

}  // namespace

DatesBeside::DatesBeside(std::span<const CycleToken> tokens,
                         const std::vector<PhraseMatch>& matches, std::string_view date_order,
                         const std::optional<base::PartialTime>& collected)
    : tokens_(tokens),
      collected_(collected),
      month_of_(tokens.size(), 0),
      taken_(tokens.size(), false),
      date_of_(tokens.size(), nothing),
      harmless_(tokens.size(), false),
      leads_(tokens.size(), false) {
  for (const PhraseMatch& match : matches) {
    if (match.field == PhraseField::month)
      std::from_chars(match.code.data(), match.code.data() + match.code.size(),
                      month_of_[match.begin]);
    if (match.field == PhraseField::day || match.field == PhraseField::anchor)
      taken_[match.number_at] = true;
    const bool link = match.field == PhraseField::link;
    const bool timing = match.field == PhraseField::day || match.field == PhraseField::anchor;
    for (std::size_t i = match.begin; i < match.end; ++i) {
      harmless_[i] = harmless_[i] || link || match.field == PhraseField::sample;
      leads_[i] = leads_[i] || link || timing;
    }
  }
  find_dates(matches, date_order);
  find_headings();
}

void DatesBeside::find_dates(const std::vector<PhraseMatch>& matches, std::string_view order) {
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    const auto date = read(at, order);
    if (!date) continue;
    for (std::size_t i = date->begin; i < date->end; ++i) date_of_[i] = dates_.size();
    dates_.push_back(*date);
    at = date->end - 1;
  }
  for (const PhraseMatch& match : matches)
    for (std::size_t i = match.begin; i < match.end && match.field == PhraseField::lmp; ++i)
      if (date_of_[i] != nothing) dates_[date_of_[i]].periods = true;
  for (const PhraseMatch& match : matches) {
    if (match.field != PhraseField::period) continue;
    const std::size_t at = behind_leads(match.end);
    const bool own = at < tokens_.size() && tokens_[at].clause == tokens_[match.begin].clause;
    if (own && date_of_[at] != nothing) dates_[date_of_[at]].periods = true;
  }
}

std::size_t DatesBeside::behind_leads(std::size_t at) const {
  constexpr std::size_t most = 4;
  const auto leads = [this](std::size_t i) {
    return leads_[i] || (!tokens_[i].is_word() && !tokens_[i].is_number() &&
                         !tokens_[i].is_sign(',') && !tokens_[i].is_sign('.'));
  };
  for (std::size_t i = 0; i < most && at < tokens_.size() && leads(at); ++i) ++at;
  return at;
}

DatesBeside::Said DatesBeside::said_at(std::size_t token) const {
  if (date_of_[token] != nothing) return dates_[date_of_[token]].vague ? Said::vague : Said::day;
  return month_of_[token] != 0 ? Said::vague : Said::nothing;
}

/// "22.02.2025; infertility; CD 21": a clause that is a date and nothing else dates what follows.
void DatesBeside::find_headings() {
  heading_.resize(tokens_.empty() ? 0 : tokens_.back().clause + 1u, nothing);
  std::size_t last = nothing;
  for (std::size_t at = 0; at < tokens_.size();) {
    const std::uint32_t clause = tokens_[at].clause;
    heading_[clause] = last;
    std::size_t date = nothing;
    bool alone = true, worded = false;
    while (at < tokens_.size() && tokens_[at].clause == clause) {
      if (date_of_[at] != nothing) {
        date = date_of_[at++];
        continue;
      }
      worded = worded || tokens_[at].is_word();
      const auto next = step_over(at, 1);
      alone = alone && next.has_value();
      at = next ? *next : at + 1;
    }
    if (alone && date != nothing && !dates_[date].vague && !(dates_[date].loose && worded))
      last = date;
  }
}

bool DatesBeside::is_collections(std::optional<std::uint32_t> year,
                                 std::optional<std::uint32_t> month,
                                 std::optional<std::uint32_t> day) const {
  if (!collected_ || !collected_->local_day()) return false;
  return (!year || collected_->year == static_cast<int>(*year)) &&
         (!month || collected_->month == *month) && (!day || collected_->day == *day);
}

std::optional<DatesBeside::Written> DatesBeside::read(std::size_t at,
                                                      std::string_view order) const {
  if (month_of_[at] != 0) return read_named(at);
  if (!tokens_[at].is_number() || taken_[at]) return std::nullopt;
  std::size_t end = at;
  const CycleDate date = read_date_at(tokens_, at, order, end);
  if (end == at) {
    if (const auto named = read_named(at)) return named;
    if (const auto year = read_year(at)) return year;
    return read_short(at, order);
  }
  // Eight digits that are no date are a number of the laboratory's.
  if (date.kind == CycleDate::Kind::none && tokens_[at].digits == 8) return std::nullopt;
  if (date.kind == CycleDate::Kind::imprecise)
    return Written{at, end,
                   is_collections(static_cast<std::uint32_t>(date.date.year), date.date.month, {}),
                   true};
  const bool same =
      date.kind == CycleDate::Kind::day &&
      is_collections(static_cast<std::uint32_t>(date.date.year), date.date.month, date.date.day);
  return Written{at, end, same, false};
}

/// "22.02.", "22/02", "2-3": "BMI 2.3" and "P4 2.3" are levels.
std::optional<DatesBeside::Written> DatesBeside::read_short(std::size_t at,
                                                            std::string_view order) const {
  const auto date = read_short_date(tokens_, at, order, collected_);
  if (!date) return std::nullopt;
  const bool level =
      date->loose && date->pointed && at > 0 && tokens_[at - 1].is_word() && !leads_[at - 1];
  const auto begin = taken_.begin() + static_cast<std::ptrdiff_t>(at);
  const bool taken = std::find(begin, begin + static_cast<std::ptrdiff_t>(date->end - at), true) !=
                     begin + static_cast<std::ptrdiff_t>(date->end - at);  // "6-8 dpo"
  if (level || taken) return std::nullopt;
  return Written{at, date->end, date->collections, false, false, date->loose};
}

/// Points, commas, "th", "de" between the parts of a date with a name.
std::size_t DatesBeside::behind_filler(std::size_t at) const {
  const auto is_filler = [this](std::size_t i) {
    return tokens_[i].is_sign('.') || tokens_[i].is_sign(',') ||
           is_any_word(tokens_[i], {U"st", U"nd", U"rd", U"th", U"er", U"de", U"of"});
  };
  for (std::size_t i = 0; i < 2 && at < tokens_.size() && is_filler(at); ++i) ++at;
  return at;
}

/// "22 Feb 2025", "22. Februar", "Feb 22", "22 de febrero de 2025", "Feb 2025".
std::optional<DatesBeside::Written> DatesBeside::read_named(std::size_t at) const {
  const auto day_at = [this](std::size_t i) {
    return i < tokens_.size() && tokens_[i].is_short() && !taken_[i] && tokens_[i].value >= 1 &&
           tokens_[i].value <= 31;
  };
  std::optional<std::uint32_t> day;
  std::size_t month = at, end = at + 1;
  if (month_of_[at] == 0) {
    month = behind_filler(at + 1);
    if (!day_at(at) || month >= tokens_.size() || month_of_[month] == 0) return std::nullopt;
    day = tokens_[at].value;
    end = month + 1;
  } else if (const std::size_t next = behind_filler(end); day_at(next)) {
    day = tokens_[next].value;
    end = next + 1;
  }
  std::optional<std::uint32_t> year;
  if (const std::size_t next = behind_filler(end);
      next < tokens_.size() && is_year(tokens_[next])) {
    year = tokens_[next].value;
    end = next + 1;
  }
  if (!day && !year) return std::nullopt;
  return Written{at, end, is_collections(year, month_of_[month], day), !day};
}

/// "2023", "03/2024", "3.2024".
std::optional<DatesBeside::Written> DatesBeside::read_year(std::size_t at) const {
  if (is_year(tokens_[at])) {
    if (at + 1 < tokens_.size() && (tokens_[at + 1].unit || tokens_[at + 1].is_sign('%')))
      return std::nullopt;
    return Written{at, at + 1, is_collections(tokens_[at].value, {}, {}), true};
  }
  const bool joined = tokens_[at].is_short() && at + 2 < tokens_.size() &&
                      is_year(tokens_[at + 2]) && tokens_[at + 1].adjacent &&
                      tokens_[at + 2].adjacent &&
                      (tokens_[at + 1].is_sign('/') || tokens_[at + 1].is_sign('.'));
  if (!joined) return std::nullopt;
  return Written{at, at + 3, is_collections(tokens_[at + 2].value, tokens_[at].value, {}), true,
                 false};
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
  if (other < tokens_.size() && tokens_[colon].is_sign(':') && tokens_[other].is_short())
    return beyond(at, 3);
  const bool numbers_list = at + 1 < tokens_.size() && tokens_[at + 1].is_sign(')');  // "1) Blut"
  return numbers_list ? std::optional(beyond(at, 1)) : std::nullopt;
}

/// "CD 21, 2/3 tubes"
bool DatesBeside::is_count(std::size_t date) const {
  const std::size_t end = dates_[date].end;
  return end < tokens_.size() && tokens_[end].is_word() && !leads_[end] &&
         tokens_[end].clause == tokens_[dates_[date].begin].clause;
}

DatesBeside::Found DatesBeside::look(const PhraseMatch& match, int step) const {
  Found found;
  const std::uint32_t clause = tokens_[match.begin].clause;
  std::size_t at = step > 0 ? match.end : match.begin - 1;
  bool comma = false, worded = false;
  for (std::size_t steps = 0; steps < farthest_token && at < tokens_.size(); ++steps) {
    const bool next_to = steps == 0 && date_of_[at] != nothing;  // "22.02. ZT 21": the date's point
    found.other_clause = found.other_clause || (tokens_[at].clause != clause && !next_to);
    if (date_of_[at] != nothing) {
      if (!dates_[date_of_[at]].loose ||
          (!worded && !found.other_clause && !(comma && is_count(date_of_[at]))))
        found.date = date_of_[at];
      break;
    }
    worded = worded || (tokens_[at].is_word() && !leads_[at]);
    if (tokens_[at].is_sign(',')) {
      if (comma) break;
      comma = true;
    }
    const auto next = step_over(at, step);
    if (!next) break;
    at = *next;
  }
  found.apart = comma || found.other_clause;
  return found;
}

/// Behind a comma or in another clause a date is the day's only where nothing else claims it: "CD
/// 21, 22.02.2025", but "hysteroscopy 22.02.2025, CD 21".
bool DatesBeside::stands_alone(const Written& date, int step) const {
  const std::uint32_t clause = tokens_[date.begin].clause;
  std::size_t at = step > 0 ? date.end : date.begin - 1;
  for (std::size_t steps = 0; steps < farthest_token; ++steps) {
    if (at >= tokens_.size() || tokens_[at].clause != clause || tokens_[at].is_sign(','))
      return true;
    const auto next = step_over(at, step);
    if (!next) return false;
    at = *next;
  }
  return false;
}

bool DatesBeside::is_another(const PhraseMatch& match, const Found& found, int step) const {
  if (found.date == nothing || dates_[found.date].collections) return false;
  const Written& date = dates_[found.date];
  if (date.periods)  // "LMP 02.03.2025 (CD 1)"
    return match.field == PhraseField::day && match.number == 1 && !found.apart;
  return !found.apart || stands_alone(date, step);
}

bool DatesBeside::contradict(const PhraseMatch& match) const {
  bool dated = false;
  for (const int step : {-1, 1}) {
    const Found found = look(match, step);
    if (is_another(match, found, step)) return true;
    dated = dated || (found.date != nothing && !dates_[found.date].periods);
  }
  const std::size_t heading = heading_[tokens_[match.begin].clause];
  return !dated && heading != nothing && !dates_[heading].collections;
}

bool DatesBeside::name_another_year(const PhraseMatch& match) const {
  for (const int step : {-1, 1}) {
    const Found found = look(match, step);
    if (!found.apart && is_another(match, found, step) && dates_[found.date].vague) return true;
  }
  return false;
}

}  // namespace gateway::mapping
