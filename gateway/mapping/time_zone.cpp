#include "gateway/mapping/time_zone.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

constexpr std::int64_t seconds_a_day = 86'400, seconds_an_hour = 3'600;
constexpr std::size_t header_bytes = 44;
constexpr std::size_t most_changes = 10'000, most_types = 256, most_bytes = 1'000'000;

/// Big-endian numbers off the front; a short file is noticed once, at the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::int64_t number(std::size_t size) {
    if (rest_.size() < size) return fail();
    std::uint64_t value = static_cast<unsigned char>(rest_[0]) & 0x80u ? ~std::uint64_t{0} : 0;
    for (const char c : rest_.substr(0, size)) value = value << 8 | static_cast<unsigned char>(c);
    rest_.remove_prefix(size);
    return static_cast<std::int64_t>(value);
  }
  std::string_view take(std::size_t size) {
    if (rest_.size() < size) return fail(), std::string_view{};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view rest() const { return rest_; }
  bool good() const { return good_; }

 private:
  std::int64_t fail() {
    good_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

struct Counts {
  std::size_t utc = 0, standard = 0, leaps = 0, changes = 0, types = 0, letters = 0;
  char version = 0;
  std::size_t block_bytes(std::size_t time_bytes) const {
    return changes * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) + standard +
           utc;
  }
  bool bounded() const {
    return types > 0 && types <= most_types && changes <= most_changes && leaps <= most_changes &&
           letters <= most_changes && standard <= most_types && utc <= most_types;
  }
};

std::optional<Counts> counts_of(Bytes& bytes) {
  if (bytes.take(4) != "TZif") return std::nullopt;
  Counts counts;
  const std::string_view version = bytes.take(1);
  counts.version = version.empty() ? '\0' : version[0];
  bytes.take(15);
  for (std::size_t* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.changes,
                             &counts.types, &counts.letters})
    *count = static_cast<std::size_t>(bytes.number(4));
  return bytes.good() && counts.bounded() ? std::optional(counts) : std::nullopt;
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

int year_of(std::int64_t seconds) {
  const std::int64_t day = floor_div(seconds, seconds_a_day);
  int year = static_cast<int>(1970 + floor_div(day, 366));
  while (base::days_from_civil(year + 1, 1, 1) <= day) ++year;
  return year;
}

bool is_leap(int year) {
  return base::is_date(year, 2, 29);
}

}  // namespace

/// The POSIX TZ string behind the last change: CET-1CEST,M3.5.0,M10.5.0/3.
class FooterReader {
 public:
  FooterReader(std::string_view text, TimeZone& zone) : rest_(text), zone_(zone) {}

  bool read() {
    if (!name()) return false;
    const auto standard = clock();
    if (!standard) return false;
    zone_.standard_ = static_cast<std::int32_t>(-*standard);  // POSIX counts west
    if (rest_.empty()) return zone_.has_rule_ = true;
    if (!name()) return false;
    zone_.summer_ = zone_.standard_ + static_cast<std::int32_t>(seconds_an_hour);
    if (!rest_.starts_with(',')) {
      const auto summer = clock();
      if (!summer) return false;
      zone_.summer_ = static_cast<std::int32_t>(-*summer);
    }
    if (!rule(zone_.summer_begins_) || !rule(zone_.summer_ends_) || !rest_.empty()) return false;
    zone_.has_summer_ = true;
    return zone_.has_rule_ = true;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool name() {
    const bool quoted = take('<');
    std::size_t size = 0;
    while (size < rest_.size() && (quoted ? rest_[size] != '>' : is_letter(rest_[size]))) ++size;
    if (size < 3 || size > 16) return false;
    rest_.remove_prefix(size);
    return !quoted || take('>');
  }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  std::optional<int> number(std::size_t most_digits) {
    int value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      if (digits == most_digits) return std::nullopt;
      value = value * 10 + (rest_[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  /// [+-]hh[:mm[:ss]] in seconds.
  std::optional<std::int64_t> clock() {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(3);
    if (!hours) return std::nullopt;
    std::int64_t seconds = *hours * seconds_an_hour;
    for (const std::int64_t unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(2);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
  }

  bool rule(TimeZone::RuleDay& rule) {
    if (!take(',')) return false;
    rule.seconds = 2 * seconds_an_hour;
    rule.kind = take('M') ? 'M' : take('J') ? 'J' : 'n';
    const auto first = number(3);
    if (!first) return false;
    rule.day = *first;
    if (rule.kind == 'M') {
      rule.month = *first;
      const auto week = take('.') ? number(1) : std::nullopt;
      const auto day = take('.') ? number(1) : std::nullopt;
      if (!week || !day || rule.month < 1 || rule.month > 12 || *week < 1 || *week > 5 || *day > 6)
        return false;
      rule.week = *week;
      rule.day = *day;
    }
    if (rule.kind != 'M' && (rule.day > 366 || (rule.kind == 'J' && rule.day == 0))) return false;
    if (!take('/')) return true;
    const auto seconds = clock();
    if (seconds) rule.seconds = *seconds;
    return seconds.has_value();
  }

  std::string_view rest_;
  TimeZone& zone_;
};

std::optional<TimeZone> TimeZone::parse(std::string_view text) {
  if (text.size() > most_bytes) return std::nullopt;
  Bytes bytes(text);
  auto counts = counts_of(bytes);
  if (!counts) return std::nullopt;
  std::size_t time_bytes = 4;
  if (counts->version >= '2') {  // the block of 64-bit times follows that of 32-bit ones
    bytes.take(counts->block_bytes(4));
    counts = counts_of(bytes);
    if (!counts) return std::nullopt;
    time_bytes = 8;
  }
  TimeZone zone;
  std::vector<std::size_t> types;
  for (std::size_t k = 0; k < counts->changes; ++k)
    zone.changes_.push_back({bytes.number(time_bytes), 0});
  for (const char type : bytes.take(counts->changes))
    types.push_back(static_cast<unsigned char>(type));
  std::vector<std::int32_t> offsets;
  for (std::size_t k = 0; k < counts->types; ++k) {
    offsets.push_back(static_cast<std::int32_t>(bytes.number(4)));
    bytes.take(2);
  }
  bytes.take(counts->letters + counts->leaps * (time_bytes + 4) + counts->standard + counts->utc);
  if (!bytes.good()) return std::nullopt;
  for (std::size_t k = 0; k < types.size(); ++k) {
    const bool ascends = k == 0 || zone.changes_[k - 1].at < zone.changes_[k].at;
    if (types[k] >= offsets.size() || !ascends) return std::nullopt;
    zone.changes_[k].offset = offsets[types[k]];
  }
  for (const std::int32_t offset : offsets)
    if (offset < -25 * seconds_an_hour || offset > 26 * seconds_an_hour) return std::nullopt;
  zone.first_offset_ = offsets.front();
  std::string_view footer = bytes.rest();
  if (time_bytes == 8 && footer.starts_with('\n') && footer.size() > 2 && footer.ends_with('\n')) {
    if (!FooterReader(footer.substr(1, footer.size() - 2), zone).read()) return std::nullopt;
  }
  return zone;
}

std::int64_t TimeZone::rule_begins(const RuleDay& rule, int year) const {
  std::int64_t day = base::days_from_civil(year, 1, 1);
  if (rule.kind == 'J') {  // 29 February is never counted
    day += rule.day - 1 + (is_leap(year) && rule.day >= 60 ? 1 : 0);
  } else if (rule.kind == 'n') {
    day += rule.day;
  } else {
    const auto month = static_cast<unsigned>(rule.month);
    day = base::days_from_civil(year, month, 1);
    const std::int64_t weekday = ((day + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    day += (rule.day - weekday + 7) % 7 + 7 * (rule.week - 1);
    const std::int64_t end = month == 12 ? base::days_from_civil(year + 1, 1, 1)
                                         : base::days_from_civil(year, month + 1, 1);
    while (day >= end) day -= 7;
  }
  return day * seconds_a_day + rule.seconds;
}

std::int32_t TimeZone::by_rule(std::int64_t seconds) const {
  if (!has_summer_) return standard_;
  const int year = year_of(seconds + standard_);
  const std::int64_t begins = rule_begins(summer_begins_, year) - standard_;
  const std::int64_t ends = rule_begins(summer_ends_, year) - summer_;
  const bool north = begins < ends;
  const bool inside =
      north ? seconds >= begins && seconds < ends : seconds >= begins || seconds < ends;
  return inside ? summer_ : standard_;
}

std::int32_t TimeZone::offset_at(std::int64_t seconds) const {
  const auto next =
      std::upper_bound(changes_.begin(), changes_.end(), seconds,
                       [](std::int64_t at, const Change& change) { return at < change.at; });
  if (next == changes_.end() && has_rule_) return by_rule(seconds);
  return next == changes_.begin() ? first_offset_ : (next - 1)->offset;
}

std::optional<int> TimeZone::offset_of_local(std::int64_t local_seconds) const {
  std::optional<std::int32_t> found;
  for (const std::int64_t near : {-seconds_a_day, std::int64_t{0}, seconds_a_day}) {
    const std::int32_t offset = offset_at(local_seconds + near);
    if (found == offset || offset_at(local_seconds - offset) != offset) continue;
    if (found) return std::nullopt;  // the clock went back over this hour
    found = offset;
  }
  if (!found || *found % 60 != 0) return std::nullopt;
  return *found / 60;
}

std::optional<base::PartialTime> local_time(const TimeZone* zone,
                                            const std::optional<base::PartialTime>& said) {
  if (!said || zone == nullptr || !said->offset_minutes) return said;
  const std::int64_t utc = said->local_begin_seconds() - *said->offset_minutes * 60;
  const std::int64_t local = utc + zone->offset_at(utc);
  return base::parse_fhir_time(base::to_text(base::Instant{local * 1'000'000}));
}

}  // namespace gateway::mapping
