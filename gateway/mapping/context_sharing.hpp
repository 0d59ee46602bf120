#pragma once
#include <cstddef>
#include <optional>

#include "gateway/mapping/context_statements.hpp"

namespace gateway::mapping {

/// C3, `share_context_same_day`: what other orders of this patient say in this message, where their
/// material was taken on the same local date. It is the last source (DOMAIN.md §4.2): what the
/// order's own texts say goes before it, field by field (C5), and rows go before texts.
void add_shared(Desk& desk, ContextInput& input, const OrderWork& order,
                std::optional<std::size_t> specimen, const Collected& taken);

}  // namespace gateway::mapping
