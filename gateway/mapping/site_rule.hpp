#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/decimal.hpp"
#include "gateway/fhir/json_view.hpp"

/// A site's own follow-up conventions (DOMAIN.md E3, E4, W3, §3.7): what a rule says, what it looks
/// at, and whether a result meets it. It never says what a result means.
namespace gateway::mapping {

/// A limit as a rule says it: ">12", "<=3.5".
struct Limit {
  std::string comparison;  // ">", ">=", "<" or "<="
  base::DecimalText number;
};
/// nullopt: this is no comparison with a number.
std::optional<Limit> read_limit(std::string_view text);

/// One thing a result states: the result itself, or a component of it.
struct Measured {
  std::string system, code;  // first coding: the target (R8)
  std::string comparator;    // of the number: "<", "<=", ">", ">=" or ""
  std::optional<base::DecimalText> number;
  std::string unit;    // UCUM code; "" if the unit is not mapped
  std::string answer;  // a text, or the words of a coded answer
};

/// What a rule may look at in a result, and nothing else of it.
struct SeenResult {
  std::string status;                     // Observation.status
  std::string sample_type;                // "" : a context row, or no result of ours
  std::string cycle_status;               // of `cycle-context`
  bool says_not_pregnant = false;         // a coded answer of context that counts
  std::vector<std::string> monitoring;    // W7
  std::vector<Measured> measured;         // the result, then its components
  std::optional<std::int64_t> collected;  // days since 1970-01-01 of the local date
  std::string patient;                    // "Patient/…"
};
SeenResult seen_result(const fhir::JsonView& observation);

/// SNOMED CT's code of a coded "not pregnant": C2 gives it to every such answer.
inline constexpr std::string_view not_pregnant_code = "60001007";

/// One row of the table beside a rule: a result, and what the rule must make of it.
struct RuleExample {
  std::uint32_t line = 0;
  SeenResult seen;
  bool expects_entry = false;
  std::string due;  // of an expected repeat: "2025-10-31"
};

/// One file of mappings/rules/.
struct SiteRule {
  std::string name;  // of the file, without ending: how entries name it
  std::string version, site, text, author, date, caution;
  bool enabled = false;
  std::string off_since;  // the day it was switched off; "" if it is on, or never was

  std::string system, code;  // exact, of the target
  std::vector<std::string> sample_types;
  std::string cycle_status;  // the result's must be this one; "": any
  std::string monitoring;    // the result must bear this tag; "": any

  // One of the three.
  std::optional<Limit> limit;
  std::string unit;                  // of the limit, exact
  std::vector<std::string> answers;  // exact ordinal answers
  int every_days = 0;                // an expected repeat: its interval

  std::vector<RuleExample> examples;

  bool is_repeat() const { return every_days > 0; }
  /// On, or once on: results and entries are looked at.
  bool is_watched() const { return enabled || !off_since.empty(); }
};

/// What a result, as it stands, is to a rule.
enum class Meets {
  yes,
  no,
  silent  // expected repeats alone: it neither asks for the next sample nor ends the asking
};
/// Status final, corrected or amended; sample type, code and unit exactly those of the rule; a
/// value without comparator, or with one that decides: `>13` is above 12, `<13` is not known to be.
/// Decimals are compared as decimals. Pure.
Meets meets(const SiteRule& rule, const SeenResult& seen);

/// A FHIR date of days since 1970-01-01: "2025-10-31".
std::string date_text(std::int64_t day);
/// The day on which a repeat is expected.
inline std::string due_date(const SiteRule& rule, std::int64_t collected) {
  return date_text(collected + rule.every_days);
}

}  // namespace gateway::mapping
