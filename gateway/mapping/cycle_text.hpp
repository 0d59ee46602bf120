#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/mapping/cycle_language.hpp"

namespace gateway::mapping {

/// One field of a text: a value, or two answers (C25).
template <class T>
struct TextField {
  std::optional<T> value;
  bool ambiguous = false;  // `cycle-text-ambiguous`; then there is no value
  bool in_doubt = false;  // something was said that may be a plan's, a drug's, an event's: no value
  bool spoken() const { return ambiguous || value.has_value(); }
};

struct TextAnchor {
  std::string anchor;  // `cycle-anchor`
  int offset = 0;
  friend bool operator==(const TextAnchor&, const TextAnchor&) = default;
};

/// What a free text says of the cycle (DOMAIN.md §6.5).
struct CycleText {
  TextField<int> day;  // as written; the plausible range is not checked here
  TextField<TextAnchor> anchor;
  TextField<base::PartialTime> lmp;  // a day of the calendar
  bool lmp_imprecise = false;        // a date without day of month (C10)
  bool lmp_invalid = false;          // a date that is no day of the calendar
  TextField<std::string> type, phase;
  bool postmenopausal = false;
  std::vector<std::string> qualifiers;
  bool pregnant = false;  // now, by its words: then no day of a cycle is read beside it (C18)
  bool stimulation = false, treatment = false;  // a start of it was named, also among others (C15)

  /// Yields a day, an anchor or an LMP date, or two of one kind: later texts are then not asked
  /// for these (C21, C25).
  bool has_timing() const {
    return day.spoken() || anchor.spoken() || lmp.spoken() || lmp_imprecise;
  }
};

/// Reads at most this much of one text: what speaks of the cycle stands in a line, not in a book.
inline constexpr std::size_t most_cycle_text_bytes = 64 * 1024;

/// OBR-13, OBR-39, NTE (C21–C28). `date_order` is the profile's "", "dmy", "mdy"; `collected` is
/// the time of the sample as written, which a date beside a day must name. Linear, pure.
CycleText read_cycle_text(const CycleLanguage& language, std::string_view text,
                          std::string_view date_order,
                          const std::optional<base::PartialTime>& collected);

/// The answer to "type of cycle": bare words suffice, no timing is taken (C29).
CycleText read_cycle_type_text(const CycleLanguage& language, std::string_view text);

/// The answer to "phase of cycle": `luteal`, "Lutealphase", "luteal phase".
TextField<std::string> read_cycle_phase_text(const CycleLanguage& language, std::string_view text);

/// Does a note speak of the cycle, whatever it says of it? "CD 20?", "cycle day unknown" do.
bool is_about_cycle(const CycleLanguage& language, std::string_view text);

/// Is this text, as an answer about menopause, postmenopausal?
bool says_postmenopausal(const CycleLanguage& language, std::string_view text);

}  // namespace gateway::mapping
