#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// "CD 1: 02.03.2025", "22.02.2025: ZT 21", "22 Feb 2025; CD 21", "fresh transfer 2023": a date
/// that stands beside a day, an offset or the kind of a cycle, or alone in a clause before it, is
/// the date of that. It is the sample's where the collection (C9) is on that day, in that month or
/// year. Linear in the tokens; for a match a bounded number of them.
class DatesBeside {
 public:
  /// `collected` as written; without it no date is known to be the collection's.
  DatesBeside(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches,
              std::string_view date_order, const std::optional<base::PartialTime>& collected);
  /// Does a date beside the match make it another day's?
  bool contradict(const PhraseMatch& match) const;
  /// Does a year or a month alone beside it?
  bool name_another_year(const PhraseMatch& match) const;
  /// What begins at the token: a day, or a month or a year alone ("March", "2025").
  enum class Said { nothing, day, vague };
  Said said_at(std::size_t token) const;
  /// The token behind small words and signs, as they stand between "LMP" and its date.
  std::size_t behind_leads(std::size_t token) const;
  /// Is the token part of a date?
  bool holds(std::size_t token) const {
    return date_of_[token] != nothing && !dates_[date_of_[token]].loose;
  }

 private:
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);
  struct Written {
    std::size_t begin = 0, end = 0;  // tokens
    bool collections = false;        // the local date of the collection, or its month or year
    bool vague = false;              // no day of a month
    bool periods = false;            // belongs to a last period
    bool loose = false;              // "2/3": a date only where nothing stands between
  };
  struct Found {
    std::size_t date = nothing;  // index of `dates_`
    bool apart = false;          // behind a comma, or in another clause
    bool other_clause = false;
  };
  void find_dates(const std::vector<PhraseMatch>& matches, std::string_view order);
  void find_headings();
  std::optional<Written> read(std::size_t at, std::string_view order) const;
  std::optional<Written> read_short(std::size_t at, std::string_view order) const;
  std::optional<Written> read_named(std::size_t at) const;
  std::optional<Written> read_year(std::size_t at) const;
  bool is_collections(std::optional<std::uint32_t> year, std::optional<std::uint32_t> month,
                      std::optional<std::uint32_t> day) const;
  std::size_t behind_filler(std::size_t at) const;
  std::optional<std::size_t> step_over(std::size_t at, int step) const;
  bool is_count(std::size_t date) const;
  Found look(const PhraseMatch& match, int step) const;
  bool stands_alone(const Written& date, int step) const;
  bool is_another(const PhraseMatch& match, const Found& found, int step) const;

  std::span<const CycleToken> tokens_;
  std::optional<base::PartialTime> collected_;
  std::vector<unsigned> month_of_;  // of each token; 0: none
  std::vector<bool> taken_;         // numbers of a day or an offset
  std::vector<Written> dates_;
  std::vector<std::size_t> date_of_;  // of each token
  std::vector<bool> harmless_;        // words of sampling, and small words
  std::vector<bool> leads_;           // small words, and those of a day: "am 2.3", "Zyklustag 2.3"
  std::vector<std::size_t> heading_;  // of each clause: the last date alone in a clause before it
};

}  // namespace gateway::mapping
