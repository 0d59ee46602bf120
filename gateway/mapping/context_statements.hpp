#pragma once
#include <cstddef>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/work.hpp"

/// What rows and texts of an order say of the cycle, as they say it (C1, C2, C21).
namespace gateway::mapping {

/// A cycle has a handful of facts. What a hostile message says beyond these is kept as it is said,
/// but each time of collection would weigh all of it again.
inline constexpr std::size_t most_statements = 256;

/// What a context row says; a repeated OBX-5 says as many things (C14 weighs them).
void add_row(Desk& desk, ContextInput& input, const Row& row, Source source);
/// OBR-13, OBR-39 and notes, in the order of C21.
void add_texts(Desk& desk, ContextInput& input, const OrderSegments& order);

}  // namespace gateway::mapping
