#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"

namespace gateway::mapping {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Digits kept by the precision code of TS.2 (HL7 v2.5.1 §2.A.77), if it is one.
std::optional<std::size_t> digits_of_precision(std::string_view code) {
  constexpr std::string_view codes = "YLDHMS";
  const auto at = code.size() == 1 ? codes.find(code[0]) : codes.npos;
  return at == codes.npos ? std::nullopt : std::optional(4 + 2 * at);
}

}  // namespace

std::optional<int> parse_hl7_offset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = number_at(text, 1, 2);
  const std::size_t minutes_at = text.size() > 3 && text[3] == ':' ? 4 : 3;
  const auto minutes = text.size() == 3 ? std::optional<int>(0) : number_at(text, minutes_at, 2);
  if (text.size() != 3 && text.size() != minutes_at + 2) return std::nullopt;
  if (!hours || !minutes || *minutes > 59 || *hours * 60 + *minutes > 14 * 60) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  return text[0] == '-' ? -total : total;
}

std::optional<base::PartialTime> parse_hl7_time(std::string_view text) {
  using Precision = base::PartialTime::Precision;
  if (text.size() >= 8 && text[4] == '-') {  // FHIR's spelling, as v2.9 senders write it
    auto time = base::parse_fhir_time(text);
    return time;
  }
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  base::PartialTime time;
  const auto part = [&](std::size_t at) {
    return static_cast<unsigned>(number_at(text, at, 2).value_or(0));
  };
  if (digits < 4 || digits > 14 || digits % 2 != 0) return std::nullopt;
  time.year = *number_at(text, 0, 4);
  time.precision = Precision::year;
  if (digits >= 6) time.month = part(4), time.precision = Precision::month;
  if (digits >= 8) time.day = part(6), time.precision = Precision::day;
  if (!base::is_date(time.year, time.month, time.day)) return std::nullopt;
  std::string_view rest = text.substr(digits);
  if (digits == 10) return part(8) > 24 ? std::nullopt : std::optional(time);  // FHIR has no hours
  if (digits >= 12) {
    time.hour = part(8), time.minute = part(10);
    time.precision = Precision::minute;
  }
  if (digits == 14) time.second = part(12), time.precision = Precision::second;
  // The end of the day that is written (C9): FHIR has no such time, and the next day's is another.
  if (time.hour == 24 && time.minute == 0 && time.second == 0) {
    time.hour = 0;
    time.precision = Precision::day;
    digits = 8;
  }
  if (time.hour > 23 || time.minute > 59 || time.second > 59) return std::nullopt;
  if (rest.starts_with('.')) {
    std::size_t end = 1;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    if (digits == 14 && end > 1) {
      time.fraction = rest.substr(1, std::min<std::size_t>(end - 1, 6));
      time.precision = Precision::fraction;
    }
    rest.remove_prefix(end);
  }
  if (time.precision >= Precision::minute) time.offset_minutes = parse_hl7_offset(rest);
  if (!rest.empty() && !parse_hl7_offset(rest)) return std::nullopt;
  return time;
}

namespace {

/// R5: what the sender's profile says of a clock without offset. One that writes UTC for everything
/// has said so.
std::optional<int> offset_by_profile(Desk& desk, const base::PartialTime& time) {
  const SenderProfile& profile = desk.profile();
  if (profile.stamps_in_utc) return 0;
  if (profile.zone != nullptr) return profile.zone->offset_of_local(time.local_begin_seconds());
  if (!profile.msh7_offset) return std::nullopt;
  // HL7 v2.5.1 §2.16.9.7: the offset at sending is the message's default, if its sender keeps to
  // it.
  const auto sent = parse_hl7_time(desk.fields().code_at(Place{0, 7}.part(1)).text);
  return sent ? sent->offset_minutes : std::nullopt;
}

/// FHIR R4 has neither hours without minutes nor dates with an offset; parts of a minute, and of a
/// millionth of a second, nobody has.
bool has_unsaid_part(std::string_view text, base::PartialTime::Precision precision) {
  if (text.size() > 4 && text[4] == '-') return false;  // FHIR's own spelling
  constexpr std::size_t hours_end = 10, seconds_end = 14, longest_fraction = 6;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view rest = text.substr(digits);
  const std::size_t fraction = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
  if (rest.starts_with('.') &&
      (digits < seconds_end ? fraction > 1 : fraction > longest_fraction + 1))
    return true;
  if (precision >= base::PartialTime::Precision::minute) return false;
  return digits >= hours_end || !rest.empty();
}

}  // namespace

TimeReading read_time(Desk& desk, const Place& place) {
  TimeReading reading;
  FieldReader& fields = desk.fields();
  reading.said = fields.code_at(place.part(1));
  if (reading.said.empty()) return reading;
  const Text precision = fields.code_at(place.part(2));
  std::string_view text = reading.said.text;
  if (const auto keep = digits_of_precision(precision.text)) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    const bool is_time = digits == text.size() ||
                         std::string_view(".+-").find(text[digits]) != std::string_view::npos;
    if (digits > *keep && is_time) text = text.substr(0, *keep);
    fields.set_aside(precision, Reason::type);
  }
  reading.time = parse_hl7_time(text);
  reading.invalid = !reading.time;
  reading.part_unsaid = reading.time && has_unsaid_part(text, reading.time->precision);
  if (!reading.time || reading.time->precision < base::PartialTime::Precision::minute ||
      reading.time->offset_minutes) {
    return reading;
  }
  reading.time->offset_minutes = offset_by_profile(desk, *reading.time);
  reading.zone_missing = !reading.time->offset_minutes;
  return reading;
}

void write_sent_time(Pen& pen, const char* underscored, const Text& said) {
  const auto shadow = pen.object(underscored);
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("v2-time"));
  pen.text("valueString", said);
}

bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored,
                const TimeReading& reading, TimeForm form, Draft* concerned, const Place& where) {
  using Precision = base::PartialTime::Precision;
  if (reading.said.empty()) return false;
  if (reading.invalid) {
    write_sent_time(pen, underscored, reading.said);
    desk.issue("date-invalid", concerned, where, "this is no day of the calendar or no time");
    return false;
  }
  base::PartialTime time = *reading.time;
  const bool has_clock = time.precision >= Precision::minute;
  if (form == TimeForm::instant && (!has_clock || !time.offset_minutes)) {
    write_sent_time(pen, underscored, reading.said);
    if (reading.zone_missing)
      desk.issue("timezone-missing", concerned, where, "a time of day without offset");
    return false;
  }
  if (form == TimeForm::date && has_clock) time.precision = Precision::day;
  pen.from(name, time.to_fhir(), reading.said);
  if (reading.part_unsaid || (form == TimeForm::date_time && reading.zone_missing)) {
    write_sent_time(pen, underscored, reading.said);
  }
  if (form == TimeForm::date_time && reading.zone_missing)
    desk.issue("timezone-missing", concerned, where, "a time of day without offset: date alone");
  return true;
}

bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored, const Place& place,
                TimeForm form, Draft* concerned) {
  return write_time(desk, pen, name, underscored, read_time(desk, place), form, concerned, place);
}

void write_ends(Desk& desk, Pen& pen, const Place& begin, const Place& end, Draft* concerned) {
  const TimeReading from = read_time(desk, begin), until = read_time(desk, end);
  const auto backwards = [&] {
    if (!from.time || !until.time) return false;
    if (from.time->offset_minutes && until.time->offset_minutes)
      return from.time->instant_begin() > until.time->instant_end();
    return from.time->local_begin_seconds() > until.time->local_end_seconds();
  };
  if (backwards()) {
    write_sent_time(pen, "_start", from.said);
    write_sent_time(pen, "_end", until.said);
    return desk.issue("date-invalid", concerned, end, "it ends before it begins");
  }
  write_time(desk, pen, "start", "_start", from, TimeForm::date_time, concerned, begin);
  write_time(desk, pen, "end", "_end", until, TimeForm::date_time, concerned, end);
}

namespace {

void write_time_extension(Draft& draft, std::string_view url, const TimeReading& reading) {
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", url);
  if (reading.time && !reading.zone_missing && !reading.part_unsaid) {
    pen.from("valueDateTime", reading.time->to_fhir(), reading.said);
  } else {
    pen.text("valueString", reading.said);
  }
}

}  // namespace

void extend_time(Desk& desk, Draft& draft, std::string_view name, const Place& place) {
  const TimeReading reading = read_time(desk, place);
  if (!reading.said.empty()) write_time_extension(draft, fhir::canonical::extension(name), reading);
}

void extend_time_at(Desk& desk, Draft& draft, std::string_view url, const Place& place) {
  const TimeReading reading = read_time(desk, place);
  if (!reading.said.empty()) write_time_extension(draft, url, reading);
}

}  // namespace gateway::mapping
