#pragma once
#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// What stands once statements were taken back: their fields, and what was derived from them. Where
/// nothing else had been said, nothing is known any more.
CycleContext without(CycleContext standing, const std::vector<Retraction>& retracted);

/// The same context for material taken so many days later: what is counted from a date moves on, a
/// stated number stays (C8, C13, C19).
CycleContext shifted(CycleContext context, long days);

/// No day of cycle that is derived here is larger.
inline constexpr long most_derived_day = 60;

}  // namespace gateway::mapping
