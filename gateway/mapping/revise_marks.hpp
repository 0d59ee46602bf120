#pragma once
#include <vector>

#include "gateway/mapping/revise_followers.hpp"

namespace gateway::mapping {

/// W1, F5: an answer bears the issues that weighing it beside others raises, as long as some result
/// of its order raises them, whichever message brought the answer. Issues of what it says by itself
/// stay as its own message made them.
void mark_answers(const Conversion& conversion, const Followed& followed, OrderAnswers& answers,
                  std::vector<ResourceOutcome>& outcomes, OtherResults& others);

}  // namespace gateway::mapping
