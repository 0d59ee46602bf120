#include "gateway/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace gateway::base {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;

std::string padded(std::int64_t value, int width) {
  std::string digits = std::to_string(value);
  if (static_cast<int>(digits.size()) < width)
    digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  return digits;
}

/// Two or four digits.
void put_padded(std::string& out, unsigned value, int width) {
  const auto digit = [](unsigned of) { return static_cast<char>('0' + of % 10); };
  if (width == 4) {
    out += digit(value / 1000);
    out += digit(value / 100);
  }
  out += digit(value / 10);
  out += digit(value);
}

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool read_offset(std::string_view text, PartialTime& time) {
  if (text == "Z") {
    time.offset_minutes = 0;
    return true;
  }
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const auto hours = digits_at(text, 1, 2);
  const auto minutes = digits_at(text, 4, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return false;
  time.offset_minutes = (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
  return true;
}

}  // namespace

Instant SystemClock::now() const {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

std::int64_t SystemClock::steady_microseconds() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t days_from_civil(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  return sys_days(date).time_since_epoch().count();
}

bool is_date(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return year >= 1 && year <= 9999 &&
         year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}
             .ok();
}

std::string to_text(Instant instant) {
  using namespace std::chrono;
  const auto at = sys_time<microseconds>(microseconds(instant.microseconds));
  const auto date = floor<days>(at);
  const year_month_day civil(date);
  const hh_mm_ss clock(floor<milliseconds>(at - date));
  return padded(static_cast<int>(civil.year()), 4) + "-" +
         padded(static_cast<unsigned>(civil.month()), 2) + "-" +
         padded(static_cast<unsigned>(civil.day()), 2) + "T" + padded(clock.hours().count(), 2) +
         ":" + padded(clock.minutes().count(), 2) + ":" + padded(clock.seconds().count(), 2) + "." +
         padded(clock.subseconds().count(), 3) + "Z";
}

std::string PartialTime::to_fhir() const {
  std::string out;
  out.reserve(32);  // with a fraction of six digits
  put_padded(out, static_cast<unsigned>(year), 4);
  if (precision == Precision::year) return out;
  put_padded(out += '-', month, 2);
  if (precision == Precision::month) return out;
  put_padded(out += '-', day, 2);
  if (precision == Precision::day || !offset_minutes) return out;
  put_padded(out += 'T', hour, 2);
  put_padded(out += ':', minute, 2);
  put_padded(out += ':', second, 2);
  if (!fraction.empty()) (out += '.') += fraction;
  const int offset = *offset_minutes;
  const auto size = static_cast<unsigned>(offset < 0 ? -offset : offset);
  put_padded(out += offset < 0 ? '-' : '+', size / 60, 2);
  put_padded(out += ':', size % 60, 2);
  return out;
}

std::int64_t PartialTime::local_begin_seconds() const {
  return days_from_civil(year, month, day) * seconds_a_day + hour * 3600 + minute * 60 + second;
}

std::int64_t PartialTime::local_end_seconds() const {
  switch (precision) {
    case Precision::year:
      return days_from_civil(year + 1, 1, 1) * seconds_a_day;
    case Precision::month:
      return (month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1)) *
             seconds_a_day;
    case Precision::day:
      return local_begin_seconds() + seconds_a_day;
    case Precision::minute:
      return local_begin_seconds() + 60;
    case Precision::second:
    case Precision::fraction:
      return local_begin_seconds() + 1;
  }
  return local_begin_seconds();
}

std::int64_t PartialTime::instant_begin() const {
  const std::int64_t offset = offset_minutes ? *offset_minutes : 14 * 60;
  std::int64_t micros = (local_begin_seconds() - offset * 60) * 1'000'000;
  std::int64_t unit = 100'000;
  for (const char digit : fraction.substr(0, 6)) {
    micros += (digit - '0') * unit;
    unit /= 10;
  }
  return micros;
}

std::int64_t PartialTime::instant_end() const {
  const std::int64_t offset = offset_minutes ? *offset_minutes : -12 * 60;
  if (precision != Precision::fraction || !offset_minutes)
    return (local_end_seconds() - offset * 60) * 1'000'000;
  std::int64_t unit = 1'000'000;
  for (std::size_t i = 0; i < fraction.size() && i < 6; ++i) unit /= 10;
  return instant_begin() + unit;
}

std::optional<std::int64_t> PartialTime::local_day() const {
  if (precision < Precision::day) return std::nullopt;
  return days_from_civil(year, month, day);
}

std::optional<PartialTime> parse_fhir_time(std::string_view text) {
  using Precision = PartialTime::Precision;
  PartialTime time;
  const auto part = [&](std::size_t at, char before, unsigned& into) {
    if (at >= text.size() || text[at] != before) return false;
    const auto value = digits_at(text, at + 1, 2);
    if (value) into = static_cast<unsigned>(*value);
    return value.has_value();
  };
  const auto year = digits_at(text, 0, 4);
  if (!year || *year < 1) return std::nullopt;
  time.year = *year;
  if (text.size() == 4) return time;
  if (!part(4, '-', time.month) || time.month < 1 || time.month > 12) return std::nullopt;
  time.precision = Precision::month;
  if (text.size() == 7) return time;
  if (!part(7, '-', time.day) || !is_date(time.year, time.month, time.day)) return std::nullopt;
  time.precision = Precision::day;
  if (text.size() == 10) return time;
  if (!part(10, 'T', time.hour) || !part(13, ':', time.minute)) return std::nullopt;
  if (time.hour > 23 || time.minute > 59) return std::nullopt;
  time.precision = Precision::minute;
  std::size_t at = 16;
  if (at < text.size() && text[at] == ':') {
    if (!part(at, ':', time.second) || time.second > 60) return std::nullopt;
    time.precision = Precision::second;
    at = 19;
    if (at < text.size() && text[at] == '.') {
      const std::size_t from = ++at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      time.fraction = text.substr(from, at - from);
      if (time.fraction.empty()) return std::nullopt;
      time.precision = Precision::fraction;
    }
  }
  if (at < text.size() && !read_offset(text.substr(at), time)) return std::nullopt;
  return time;
}

}  // namespace gateway::base
