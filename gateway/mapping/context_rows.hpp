#pragma once
#include <optional>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/work.hpp"

/// What a message says about the cycle, gathered for `cycle_context` (C1–C7, C21).
namespace gateway::mapping {

/// A reading and the Z leaves it rests on, which land on the extension of every result in scope.
struct ScopedContext {
  CycleReading reading;
  std::vector<Text> site_leaves;
};

/// The context of the order's results that were taken from `specimen` (null: no specimen known).
ScopedContext context_of(Desk& desk, const OrderWork& order, std::optional<std::size_t> specimen,
                         const Collected& taken);

}  // namespace gateway::mapping
