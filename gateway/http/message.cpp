#include "gateway/http/message.hpp"

#include <ctime>

namespace gateway::http {

std::string_view Request::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

std::string http_date(base::Instant instant) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t microseconds_a_second = 1'000'000;
  const std::time_t seconds = instant.microseconds / microseconds_a_second;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  const auto two = [](int value) {
    return std::string(value < 10 ? "0" : "") + std::to_string(value);
  };
  return std::string(days[parts.tm_wday]) + ", " + two(parts.tm_mday) + " " + months[parts.tm_mon] +
         " " + std::to_string(parts.tm_year + 1900) + " " + two(parts.tm_hour) + ":" +
         two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
}

}  // namespace gateway::http
