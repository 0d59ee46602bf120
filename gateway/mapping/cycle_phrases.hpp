#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::mapping {

/// What a phrase of DOMAIN.md §6.5 speaks of. The `void_…` kinds are C24 and C27: words that make
/// what their clause says unusable.
enum class PhraseField : std::uint8_t {
  day,  // the first seven: is_of_cycle
  lmp,
  anchor,
  type,
  phase,
  postmenopausal,
  qualifier,
  void_clause,   // another cycle, a plan, history, doubt (its code): nothing of the clause is used
  void_day,      // a pathologist's dating: no day of the clause
  histology,     // the same, but of a day close behind it only: "histology: cycle day 21"
  appearance,    // and of a day right before it: "cycle day 21 pattern"
  void_phase,    // ranges, luteal support: no phase
  drug_start,    // "started … on day N": no day behind it
  negation,      // no type, phase, status or qualifier close behind it
  relative,      // somebody else: neither status, type, phase, period nor time is the patient's
  obstetric,     // "G2" before "P+0": pregnancies and births, no day of progesterone
  former,        // the same for the very next words: "previous HRT"
  plan,          // what is to come or may: no day and no offset of the clause
  shift,         // right before a day or an offset: it is no time of the sample ("from", "until")
  event,         // has a day of its own: "ovulation CD 14", "FSH (CD 3) 7.2"
  sample,        // speaks of the sample or its taking, and may stand beside its day
  link,          // stands between a day and what it belongs to: "on", "taken"
  doubt,         // "not sure", "or 22": no day, offset and period of the clause, and said so
  drug,          // an event that has an offset of its own: "progesterone P+5"
  complaint,     // beside a phase: how hers always is, not that it is now ("short", "problem")
  period,        // "LMP" alone: a date behind it is its own, readable or not
  undone,        // behind a type or qualifier: "cancelled", "declined", "negative"
  alternative,   // beside a type it leaves open which: "or", "vs"
  pregnancy,     // code: is she pregnant by these words, or by weeks, or not
  cells,         // right before "CD16" in one word: it may be a marker of cells, with code it is
  cells_behind,  // right behind "CD 16": it is one; code `cluster`: where 16 is a cluster's number
  unit,          // one word behind a number: a dose, a level, an age or another span of time
  loss,          // of a pregnancy: weeks in its clause are not those of a pregnancy today
  month,         // code: 1 to 12; makes "22 Feb 2025" a date
  ordinal,       // behind "12." it shows the point to be an ordinal's: "12. Zyklustag"
  abbreviation,  // its point ends no clause: "ca. ZT 12"
  about          // a note with it speaks of the cycle, whatever it says
};
/// Says something of a cycle by itself.
constexpr bool is_of_cycle(PhraseField field) {
  return field <= PhraseField::qualifier;
}

inline constexpr std::array<std::string_view, 37> phrase_field_names{
    "day",          "lmp",         "anchor",   "type",        "phase",      "postmenopausal",
    "qualifier",    "void-clause", "void-day", "histology",   "appearance", "void-phase",
    "drug-start",   "negation",    "relative", "obstetric",   "former",     "plan",
    "shift",        "event",       "sample",   "link",        "doubt",      "drug",
    "complaint",    "period",      "undone",   "alternative", "pregnancy",  "cells",
    "cells-behind", "unit",        "loss",     "month",       "ordinal",    "abbreviation",
    "about"};
inline constexpr std::size_t phrase_fields = phrase_field_names.size();
std::optional<PhraseField> phrase_field(std::string_view name);

/// One row of mappings/cycle_phrases.csv: a pattern of blank-separated elements –
///   word     the whole word, case and accents free (accents of the *pattern* are optional)
///   a|b      one of the words
///   -b       a word that ends in b, with two letters or more before it
///   x?       may be missing; `*?` any word, may be missing
///   N        one or two digits; `N.` with the point of an ordinal; before it : # = - are free
///   N+N      weeks and days, "7+2"
///   N/40     weeks of the forty of a pregnancy, "7/40", "7+2/40"
///   +N ±N    the same with its sign, plus alone or either
///   DATE     a date of C28, with `was`, `on`, `am` … and : = - ( free before it
///   ? ~ ±    the signs themselves, the first written `\?`
/// Between words one - / or ' may stand. `code` is the code of the field's system.
struct Phrase {
  PhraseField field = PhraseField::day;
  std::string code, pattern;
};

}  // namespace gateway::mapping
