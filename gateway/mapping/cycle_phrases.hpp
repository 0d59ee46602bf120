#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace gateway::mapping {

/// What a phrase of DOMAIN.md §6.5 speaks of. The `void_…` kinds are C24 and C27: words that make
/// what their clause says unusable.
enum class PhraseField : std::uint8_t {
  day,
  lmp,
  anchor,
  type,
  phase,
  postmenopausal,
  qualifier,
  void_clause,  // another cycle, a plan, history, doubt: nothing of the clause is used
  void_day,     // a pathologist's dating: no day of the clause
  histology,    // the same, but of a day close behind it only: "histology: cycle day 21"
  appearance,   // and of a day right before it: "cycle day 21 pattern"
  void_phase,   // ranges, luteal support: no phase
  drug_start,   // "started … on day N": no day behind it
  negation,     // no type, phase, status or qualifier close behind it
  former        // the same for the very next words: "previous HRT"
};
inline constexpr std::size_t phrase_fields = 15;

/// One row: a pattern of blank-separated elements –
///   word     the whole word, case and accents free (accents of the *pattern* are optional)
///   a|b      one of the words
///   x?       may be missing; `*?` any word, may be missing
///   N        one or two digits; `N.` with the point of an ordinal; before it : # = - are free
///   +N ±N    the same with its sign, plus alone or either
///   DATE     a date of C28, with `was`, `on`, `am` … and : = - ( free before it
///   ? ~      the signs themselves, written `\?` and `~`
/// Between words one - / or ' may stand. `code` is the code of the field's system.
struct Phrase {
  PhraseField field;
  const char* code;
  const char* pattern;
};

/// The table of DOMAIN.md §6.5 in English, German, Turkish, Spanish and French, with C24, C27.
std::span<const Phrase> cycle_phrases();

/// Bare words that suffice where the whole text is an answer: cycle type (C29), stated phase,
/// menopausal status, pregnancy status.
std::span<const Phrase> cycle_type_words();
std::span<const Phrase> cycle_phase_words();

}  // namespace gateway::mapping
