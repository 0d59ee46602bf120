#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// What a survey Observation that stands says of the cycle, as the row that it came from would say
/// it: so that the rows of an order mean the same in one message and in several (T3).
struct StandingAnswer {
  std::string specimen;  // "Specimen/…" where it speaks of that alone (C3)
  std::string request;   // "ServiceRequest/…" of its order; "" where it speaks of all
  ContextStatement said;
};

/// OBR-13 as an order holds it: of the results that are based on it.
struct StandingText {
  std::string request;  // "ServiceRequest/…"
  ContextText said;
};

/// What the last result of an order came to. Most say and stood the same: then all notes and
/// answers of the order are weighed once, not once a result.
struct MergedBefore {
  std::shared_ptr<const ContextInput> said, heard;  // `heard`: without what changes nothing
  StandingContext standing;
  CycleReading alone, both;  // of what was said; with what stood
};

/// What stands of an order and may speak of the cycle of its results.
struct StandingSaid {
  std::vector<StandingAnswer> answers;
  std::vector<StandingText> texts;
  std::shared_ptr<MergedBefore> last;  // null where nothing is remembered
  /// Rows of the message that change nothing, older than what stands of them (T7) or preliminary
  /// where that is final (T8): what stands speaks in their place.
  std::set<std::string> unheard = {};
  bool is_known = false;  // results or answers of the order stand
  // Results stand of a partner, who has no cycle, and of a woman (C15).
  bool has_his = false, has_hers = false;
  const Catalogue* catalogue = nullptr;
  bool empty() const { return answers.empty() && texts.empty(); }
};

/// Does an evidence name the Observation of a row?
inline bool is_row(std::string_view evidence) {
  return evidence.starts_with("Observation/");
}

/// A statement for each answer; none where the Observation is no survey of the cycle. One without a
/// kind, which says nothing, where it has no value or is taken back.
std::vector<StandingAnswer> standing_answers(const fhir::Json& observation,
                                             const Catalogue& catalogue);
/// The text that a ServiceRequest has from OBR-13, whichever message brought it.
std::optional<StandingText> standing_text(const fhir::Json& request);

}  // namespace gateway::mapping
