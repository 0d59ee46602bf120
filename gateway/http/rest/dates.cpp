#include "gateway/http/rest/dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace gateway::http::rest {
namespace {

// Fixed in English, so no locale is asked.
constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string http_date(base::Instant instant) {
  const std::time_t seconds = instant.microseconds / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  const auto two = [](int value) {
    return std::string(value < 10 ? "0" : "") + std::to_string(value);
  };
  return std::string(days.at(static_cast<std::size_t>(parts.tm_wday))) + ", " + two(parts.tm_mday) +
         " " + std::string(months.at(static_cast<std::size_t>(parts.tm_mon))) + " " +
         std::to_string(parts.tm_year + 1900) + " " + two(parts.tm_hour) + ":" + two(parts.tm_min) +
         ":" + two(parts.tm_sec) + " GMT";
}

std::optional<std::int64_t> read_http_date(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT": every part has its place.
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') {
    return {};
  }
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4)),
             hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2)),
             second = digits(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second) return {};
  const auto number = static_cast<unsigned>(month - months.begin()) + 1;
  if (!base::is_date(*year, number, static_cast<unsigned>(*day)) || *hour > 23 || *minute > 59 ||
      *second > 60) {
    return {};
  }
  const auto whole = base::days_from_civil(*year, number, static_cast<unsigned>(*day));
  return ((whole * 24 + *hour) * 60 + *minute) * 60 + *second;
}

}  // namespace gateway::http::rest
