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
  const std::time_t seconds = instant.microseconds / base::microseconds_a_second;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string out = "Day, 00 Mon ";
  const auto put_two = [](std::string& text, std::size_t at, int value) {
    text[at] = static_cast<char>('0' + value / 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  out.replace(0, 3, days[parts.tm_wday]);
  put_two(out, 5, parts.tm_mday);
  out.replace(8, 3, months[parts.tm_mon]);
  out += std::to_string(parts.tm_year + 1900);
  std::string time = " 00:00:00 GMT";
  put_two(time, 1, parts.tm_hour);
  put_two(time, 4, parts.tm_min);
  put_two(time, 7, parts.tm_sec);
  return out += time;
}

}  // namespace gateway::http
