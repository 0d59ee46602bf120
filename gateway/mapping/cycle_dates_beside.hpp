#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// "CD 1: 02.03.2025", "22.02.2025: ZT 21": a date that stands beside a day or an offset is the
/// date of that day. It is the sample's where that is the local date of the collection (C9).
/// Linear in the tokens; for a match a bounded number of them.
class DatesBeside {
 public:
  /// `collected` as written; without it no date is known to be the collection's.
  DatesBeside(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches,
              std::string_view date_order, const std::optional<base::PartialTime>& collected);
  /// `match` is a day or an anchor: does a date beside it make it another day's?
  bool contradict(const PhraseMatch& match) const;

 private:
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);
  struct Written {
    std::size_t begin = 0, end = 0;  // tokens
    bool collections = false;        // the local date of the collection
    bool periods = false;            // belongs to a last period
  };
  struct Found {
    std::size_t date = nothing;  // index of `dates_`
    bool behind_comma = false;
  };
  std::optional<Written> read(std::size_t at, std::string_view order,
                              const std::optional<base::PartialTime>& collected) const;
  std::optional<Written> read_short(std::size_t at,
                                    const std::optional<base::PartialTime>& collected) const;
  std::optional<std::size_t> step_over(std::size_t at, int step) const;
  Found look(const PhraseMatch& match, int step) const;
  bool stands_alone(const Written& date, int step) const;

  std::span<const CycleToken> tokens_;
  std::vector<Written> dates_;
  std::vector<std::size_t> date_of_;  // of each token
  std::vector<bool> harmless_;        // words of sampling, and small words
};

}  // namespace gateway::mapping
