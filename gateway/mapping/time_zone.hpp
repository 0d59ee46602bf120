#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::mapping {

/// A zone of the time zone database, compiled from the bytes of its TZif file (RFC 9636); where the
/// file lies is not known here. Pure; any thread.
class TimeZone {
 public:
  /// nullopt if the bytes are no TZif file, or hold more than any zone has.
  static std::optional<TimeZone> parse(std::string_view bytes);

  /// Minutes east of UTC that a clock of this zone showed at a local time (seconds since
  /// 1970-01-01T00:00 of that clock). nullopt where the clock showed it twice or never – the hour
  /// around a change – and where the offset was no whole minute: an offset is never guessed.
  std::optional<int> offset_of_local(std::int64_t local_seconds) const;
  /// Seconds east of UTC at an instant (seconds since 1970-01-01T00:00Z).
  std::int32_t offset_at(std::int64_t seconds) const;

 private:
  struct Change {
    std::int64_t at = 0;
    std::int32_t offset = 0;  // from then on
  };
  /// One end of summer time, as the file's footer writes it: M3.5.0/2, J60, 59.
  struct RuleDay {
    char kind = 0;  // 'M', 'J', 'n'
    int month = 0, week = 0, day = 0;
    std::int64_t seconds = 0;  // of local time after midnight
  };
  friend class FooterReader;

  std::int64_t rule_begins(const RuleDay& rule, int year) const;
  std::int32_t by_rule(std::int64_t seconds) const;

  std::int32_t first_offset_ = 0;  // before the first change
  std::vector<Change> changes_;    // ascending
  bool has_rule_ = false, has_summer_ = false;
  std::int32_t standard_ = 0, summer_ = 0;
  RuleDay summer_begins_, summer_ends_;
};

/// The time as a clock of this zone shows it; as said, where there is no zone or no offset.
std::optional<base::PartialTime> local_time(const TimeZone* zone,
                                            const std::optional<base::PartialTime>& said);

}  // namespace gateway::mapping
