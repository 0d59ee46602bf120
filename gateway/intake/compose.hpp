#pragma once
#include <optional>

#include "gateway/intake/gaps.hpp"
#include "gateway/intake/route.hpp"
#include "gateway/intake/standings.hpp"
#include "gateway/intake/work.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// What one commit writes for work number `w` of its group: revised against what stands, indexed,
/// routed, audited. Pure but for the work, which learns its verdict or results. The raw bytes move
/// into the entry; `take_back` returns them if the commit comes to nothing.
/// nullopt: the same message stands earlier in this very group; its answer is not durable yet, so
/// this one belongs to the next group (TRUST R3).
std::optional<store::Entry> compose(Work& work, std::size_t w, Standings& standings, Gaps& gaps,
                                    const Routes& routes, base::Instant now);

void take_back(Work& work, store::Entry& entry);

}  // namespace gateway::intake
