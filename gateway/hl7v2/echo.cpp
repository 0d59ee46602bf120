#include "gateway/hl7v2/echo.hpp"

#include <chrono>

#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != 0x1B)) return true;
    std::size_t size = 1;
    if (byte >= 0x80) {
      const std::size_t found = utf8_size(text);
      const std::uint32_t point = found == 0 ? 0 : code_point(text.substr(0, found));
      if (found != 0 && (point < 0xA0 || point == 0x2028 || point == 0x2029)) return true;
      size = found == 0 ? 1 : found;
    }
    text.remove_prefix(size);
  }
  return false;
}

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

}  // namespace

std::string echoable(std::string_view field, std::string_view separator) {
  if (has_control(field)) return {};
  if (!separator.empty() && field.find(separator) != std::string_view::npos) return {};
  return std::string(field);
}

std::string hl7_time(base::Instant instant) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(instant.microseconds)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<seconds> clock{floor<seconds>(time - day)};
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  append_padded(out, clock.hours().count(), 2);
  append_padded(out, clock.minutes().count(), 2);
  append_padded(out, clock.seconds().count(), 2);
  return out + "+0000";
}

}  // namespace gateway::hl7v2
