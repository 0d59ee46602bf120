#pragma once
#include <optional>
#include <string>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// What a survey Observation that stands says of the cycle, as the row that it came from would say
/// it: so that the rows of an order mean the same in one message and in several (T3).
struct StandingAnswer {
  std::string specimen;  // "Specimen/…" where it speaks of that alone (C3)
  ContextStatement said;
};

/// OBR-13 as an order holds it: of the results that are based on it.
struct StandingText {
  std::string request;  // "ServiceRequest/…"
  ContextText said;
};

/// What stands of an order and may speak of the cycle of its results.
struct StandingSaid {
  std::vector<StandingAnswer> answers;
  std::vector<StandingText> texts;
  bool empty() const { return answers.empty() && texts.empty(); }
};

/// A statement for each answer; none where the Observation is no survey of the cycle. One without a
/// kind, which says nothing, where it has no value or is taken back.
std::vector<StandingAnswer> standing_answers(const fhir::Json& observation,
                                             const Catalogue& catalogue);
/// The text that a ServiceRequest has from OBR-13, whichever message brought it.
std::optional<StandingText> standing_text(const fhir::Json& request);

}  // namespace gateway::mapping
