#pragma once
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

/// A statement for each answer; none where the Observation is no survey of the cycle. One without a
/// kind, which says nothing, where it has no value or is taken back.
std::vector<StandingAnswer> standing_answers(const fhir::Json& observation,
                                             const Catalogue& catalogue);

}  // namespace gateway::mapping
