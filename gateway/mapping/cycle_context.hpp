#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/mapping/issue.hpp"

namespace gateway::mapping {

/// Where a statement about the cycle came from: `cycle-source` codes in the order of C4.
enum class Source {
  aoe_obx,
  specimen_obx,
  patient_obx,
  z_segment,
  derived_lmp,
  derived_edd,
  text_obr13,
  text_obr39,
  text_nte,
  shared_same_day,
  none
};

/// One thing said about the cycle by a coded row or a Z-segment field (C1, C7). `kind` is the
/// context code without `aoe-` ("lmp", "cycle-day", "cycle-phase", "cycle-type", "lh-plus",
/// "hcg-plus", "ovulation-plus", "progesterone-day", "estrogen-day", "stim-day",
/// "retrieval-plus", "et-plus", "pregnancy-status", "gestational-age", "edd",
/// "menopausal-status"); LOINC codes are translated by their target row.
struct ContextStatement {
  std::string kind;
  Source source = Source::aoe_obx;
  std::string text;      // the value as sent, decoded: "21", "20250302", "LH+5", "7w2d", "NAT"
  std::string code;      // coded answers: the code after answer map, "60001007", "natural"
  std::string evidence;  // "Observation/…" or "ZCY-2"
  std::string where;     // address for issues: "OBX[4]-5"
  std::string unit;      // OBX-6 for a gestational age: "wk", "weeks", "d"; "" if none was sent
  std::vector<std::string> others;  // codes and words of a coded answer beside `text`
  /// 0: the message at hand says it; then by how many later ones it was said before. Negative where
  /// it was said after a message that comes late (T7).
  int age = 0;
  friend bool operator==(const ContextStatement&, const ContextStatement&) = default;
};

/// Free text that may speak of the cycle, in the order of C21: OBR-13, OBR-39, NTE…
struct ContextText {
  Source source = Source::text_obr13;
  std::string text;
  std::string where;     // "OBR-13", "NTE-3"
  bool earlier = false;  // of an earlier message: asked where the newest has no word of a field
  friend bool operator==(const ContextText&, const ContextText&) = default;
};

/// A statement that its row takes back: withdrawn, `""` (T5, T10), or said anew without a value.
struct Retraction {
  std::string kind;      // as ContextStatement's
  std::string evidence;  // likewise
  Source source = Source::none;
  friend bool operator==(const Retraction&, const Retraction&) = default;
};

class CycleLanguage;
class TimeZone;

/// All that is said about one specimen of one order.
struct ContextInput {
  const CycleLanguage* language = nullptr;  // the catalogue's; never null where it is read
  std::vector<ContextStatement> statements;
  std::vector<ContextText> texts;
  std::vector<Retraction> retracted;
  std::vector<Source> told;  // fields of texts that are sent anew, `""` among them (T3, T10)
  std::optional<base::PartialTime> collected;  // as written (C9), SPM-17.1 else OBR-7
  bool several_specimens = false;  // under the OBR: specimen rows go before order rows (C4)
  bool male = false;               // PID-8 M (C15)
  bool female = false;             // PID-8 F; neither: an empty field is no change
  // An earlier message said so, nothing more is known of it:
  bool stimulated = false, medicated = false;
  int max_cycle_day = 60;
  std::string date_order;  // "", "dmy", "mdy"
  /// Of a sender that writes UTC for everything: where its days are counted, and only they (C9).
  const TimeZone* zone = nullptr;
};

/// The answer, field by field as the extension carries it (DOMAIN.md §7). Absent = nobody said.
struct CycleContext {
  std::string status = "unknown";
  std::optional<int> day, derived_day;
  std::string phase, phase_source;
  std::string anchor;
  std::optional<int> offset;
  std::string anchor_date, lmp_date;            // FHIR dates, as precise as said
  std::string gestation_value, gestation_unit;  // "51" "d"
  std::string cycle_type;
  std::vector<std::string> qualifiers;
  std::string source = "none", confidence;
  std::vector<std::string> evidence;  // "Observation/…" are references, others strings
  friend bool operator==(const CycleContext&, const CycleContext&) = default;
};

struct CycleReading {
  CycleContext context;
  std::vector<Issue> issues;       // `where` filled; concern every result in scope (W1)
  bool says_not_pregnant = false;  // somebody did, and counts (C18)
};

/// Cycle context of one specimen (DOMAIN.md §6). Days: first day of bleeding = 1, counted in the
/// *local* dates as written. Pure; any thread. Unknown with its reason if nothing usable is said;
/// never 0, never a guess.
CycleReading cycle_context(const ContextInput& input);

/// What stands of a specimen's context before a message.
struct StandingContext {
  CycleContext context;                        // as the result bears it
  std::optional<base::PartialTime> collected;  // where days can be counted to it (C9)
  std::vector<ContextStatement> answers;       // of rows that stand, each with its age
  std::vector<ContextText> texts;              // that the order holds, used or not; all `earlier`
  int age = 1;                                 // of what no known row explains
};

/// What a specimen's messages say together: the rows that stand weighed beside those of the newest
/// message as if one message had said them all, but that the newest that speaks of a field decides
/// it (DOMAIN.md T3); where an earlier one disagrees, both are said (C14, C19, C20). Rows of which
/// the newest speaks are left to it. What stands and no known row explains (Z segments, rows of
/// other orders) is taken from the context itself, texts that the order does not hold from its
/// evidence. A text whose field is told anew speaks no more. Without a collection
/// time of its own the newest message is counted to the one that stands. An issue without `where`
/// is of an earlier message.
CycleReading merged(const StandingContext& standing, const ContextInput& newest);

/// The text that an evidence keeps; of a long one it has the beginning, and `cut_mark`.
std::optional<ContextText> text_of_evidence(const std::string& evidence);

/// Tags that mirror the context (F4): (system name, code), such as ("cycle-day", "cd-21").
std::vector<std::pair<std::string, std::string>> tags_of(const CycleContext& context);

}  // namespace gateway::mapping
