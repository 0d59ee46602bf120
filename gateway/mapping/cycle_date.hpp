#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/base/time.hpp"
#include "gateway/mapping/cycle_words.hpp"

namespace gateway::mapping {

/// A date that a row or a text gives for the cycle.
struct CycleDate {
  enum class Kind {
    none,       // no date, or no day of the calendar
    day,        // year, month and day
    imprecise,  // a year, or year and month (C10)
    ambiguous   // 03/04/2025 without a known order (C28)
  };
  Kind kind = Kind::none;
  base::PartialTime date;  // precision year, month or day
};

/// Reads a date of C28 at token `at`; `end` is then the token behind it. `order` is "", "dmy" or
/// "mdy" and decides 03/04/2025.
CycleDate read_date_at(std::span<const CycleToken> tokens, std::size_t at, std::string_view order,
                       std::size_t& end);

/// Reads the whole value of a coded row or Z field: HL7 DT, TS, DTM (`20250302`, `202503`,
/// `20250302103000-0500`), FHIR dates, else the forms of C28 alone in the text (C2).
CycleDate read_context_date(std::string_view text, std::string_view order);

/// The date of an answer that is written in several ways, as code and words of a coded one are
/// (C1, C2): the one that they agree upon, the most precise of those that contain each other. Two
/// different ones are ambiguous.
CycleDate read_answer_date(std::span<const std::string_view> writings, std::string_view order);

}  // namespace gateway::mapping
