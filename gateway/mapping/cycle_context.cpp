#include "gateway/mapping/cycle_context.hpp"

#include "gateway/base/result.hpp"
#include "gateway/mapping/cycle_decision.hpp"

namespace gateway::mapping {

CycleReading cycle_context(const ContextInput& input) {
  base::invariant(input.language != nullptr, "words are read by the words of a language");
  if (input.male) {  // a partner's sample: the woman's cycle is not his (C15)
    CycleReading reading;
    reading.context.status = "not-applicable";
    return reading;
  }
  return CycleDecision(input).decide();
}

}  // namespace gateway::mapping
