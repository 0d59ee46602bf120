#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/base/time.hpp"
#include "gateway/mapping/cycle_words.hpp"

namespace gateway::mapping {

/// A date without a year, or with two digits of one: "22.02.", "22/02", "2-3", "22/02/25", "0203".
/// C28 does not know them, so they are no date of anything; they only tell whether a day beside
/// them is another one's.
struct ShortDate {
  std::size_t end = 0;       // the token behind it
  bool collections = false;  // the collection's, and no other day by any order of its parts
  /// May be a fraction, a level, a range as well: a date right beside a day alone.
  bool loose = false;
  bool pointed = false;  // "2.3"
};

/// The short date that begins at token `at`. `order` is "", "dmy" or "mdy" and decides 02/03.
std::optional<ShortDate> read_short_date(std::span<const CycleToken> tokens, std::size_t at,
                                         std::string_view order,
                                         const std::optional<base::PartialTime>& collected);

}  // namespace gateway::mapping
