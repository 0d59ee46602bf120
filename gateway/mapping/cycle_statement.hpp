#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_date.hpp"
#include "gateway/mapping/cycle_language.hpp"

namespace gateway::mapping {

/// Place of a source in C4's order for one specimen; lower goes first. Text is not ranked here.
int rank_of(Source source, bool several_specimens);

/// A whole number with what was said around it: "21", "CD21", "LH+5", "+7", "day 9".
struct StatedNumber {
  std::optional<long> value;  // absent: no number can be told
  bool ambiguous = false;     // a range or two numbers
};

/// Value of a day of cycle. A date beside it ("CD 1 = 2025-03-02") must be the collection's.
StatedNumber read_stated_day(const CycleLanguage& language, std::string_view text,
                             const std::optional<base::PartialTime>& collected);
/// Value of an offset from `anchor`; "P+5" is none of an LH surge.
StatedNumber read_stated_offset(const CycleLanguage& language, std::string_view text,
                                std::string_view anchor,
                                const std::optional<base::PartialTime>& collected);

/// What a row of this kind counts, as the context reads it: a day or length of cycle, or an offset;
/// no number for any other kind.
StatedNumber read_stated_count(const CycleLanguage& language, std::string_view text,
                               std::string_view kind);

/// `cycle-anchor` that a statement's kind speaks of ("lh-plus" → "lh-surge"); "" if none.
std::string_view anchor_of_kind(std::string_view kind);
/// The other way round.
std::string_view kind_of_anchor(std::string_view anchor);
/// Which of several anchors of one rank times a sample best; lower is better.
int anchor_preference(std::string_view anchor);
/// May the sample lie before it? DOMAIN.md §4.1 and §4.2 know days before an LH surge alone.
bool may_be_ahead(std::string_view anchor);
/// Does collection − date count as this anchor's offset (C13)?
bool counts_days_from_date(std::string_view anchor);

PregnancySaid read_pregnancy(const CycleLanguage& language, const ContextStatement& statement);
bool is_postmenopausal(const CycleLanguage& language, const ContextStatement& statement);

/// Gestation of C2: 51 `d`, or 7 `wk` when only whole weeks were said.
struct StatedGestation {
  int value = 0;
  bool weeks = false;
  int least_days() const { return weeks ? value * 7 : value; }
  int most_days() const { return weeks ? value * 7 + 6 : value; }
};
std::optional<StatedGestation> read_stated_gestation(const ContextStatement& statement);

/// Every writing of an answer, its text first: what `read_answer_date` weighs.
std::vector<std::string_view> writings_of(const ContextStatement& statement);

/// `cycle-type` or `cycle-phase` code if the statement carries or names one as such.
std::string_view type_code(const ContextStatement& statement);
std::string_view phase_code(const ContextStatement& statement);

}  // namespace gateway::mapping
