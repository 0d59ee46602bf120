#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::base {

constexpr std::int64_t microseconds_a_second = 1'000'000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t microseconds = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// RFC 3339 in UTC with milliseconds, as a FHIR `instant`: 2025-03-24T15:15:00.000Z.
std::string to_text(Instant instant);

/// Where time comes from. Tests own it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;                       // wall clock; orders nothing (TRUST R6)
  virtual std::int64_t steady_microseconds() const = 0;  // for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  std::int64_t steady_microseconds() const override;
};

/// Days since 1970-01-01 of a proleptic Gregorian date; no check of the parts.
std::int64_t days_from_civil(int year, unsigned month, unsigned day);

/// Is this a day of the calendar (year 1–9999)?
bool is_date(int year, unsigned month, unsigned day);

/// A date or time as precise as it was said: year, month, day, minute, second or finer, with the
/// offset that was said, if any. Never converted to another zone.
struct PartialTime {
  enum class Precision { year, month, day, minute, second, fraction };

  Precision precision = Precision::year;
  int year = 0;
  unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::string fraction;               // digits after the point, as said
  std::optional<int> offset_minutes;  // east positive; only from `minute` on

  /// FHIR R4 `date`/`dateTime`: 2025, 2025-03, 2025-03-22, 2025-03-22T09:30:00-05:00. A time of
  /// day without offset is no FHIR dateTime: then the date alone. `offset_minutes` 0 prints
  /// `+00:00`.
  std::string to_fhir() const;

  /// First and last-plus-one second of the stretch it names, on its own local calendar: seconds
  /// since 1970-01-01T00:00 local.
  std::int64_t local_begin_seconds() const;
  std::int64_t local_end_seconds() const;

  /// The instant range in microseconds [begin, end). Without offset the range is as wide as the
  /// earth's zones: local begin at +14:00 to local end at −12:00 (FHIR.md §2.2).
  std::int64_t instant_begin() const;
  std::int64_t instant_end() const;

  /// Days since 1970-01-01 of its local date, from precision `day` on.
  std::optional<std::int64_t> local_day() const;
};

/// Reads a FHIR R4 date, dateTime or instant (also `YYYY-MM-DDThh:mm` with or without offset, as
/// searches may say). nullopt if it is none or no day of the calendar.
std::optional<PartialTime> parse_fhir_time(std::string_view text);

}  // namespace gateway::base
