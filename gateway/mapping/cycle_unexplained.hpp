#pragma once
#include <string>

#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// Adds to `all`, as statements of an earlier message with this evidence, what the standing context
/// says beyond what its known rows and texts explain: by Z segments, by rows of another order. A
/// kind of statement that a row of the context says anew in `all` is left to that row (T3).
void add_unexplained(ContextInput& all, const StandingContext& standing,
                     const CycleContext& explained, const std::string& evidence);

}  // namespace gateway::mapping
