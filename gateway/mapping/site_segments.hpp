#pragma once
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/work.hpp"

/// Z segments, as the sender's profile reads them (C7).
namespace gateway::mapping {

struct SiteStatement {
  ContextStatement statement;
  Text leaf;
};

/// What the Z segments of an order and of its patient say, field by field of the profile. A `""` is
/// a retraction (T10).
std::vector<SiteStatement> said_by_site(Desk& desk, const OrderWork& order,
                                        std::vector<Retraction>& retracted);

/// Those of some Z segments alone.
std::vector<SiteStatement> said_in(Desk& desk, const std::vector<SegmentIndex>& segments,
                                   std::vector<Retraction>& retracted);

/// Z segments that no profile reads may speak of the cycle of every result in scope (C7, W1).
std::vector<Issue> unread_segments(Desk& desk, const OrderWork& order);

/// Does the context name this statement as its evidence?
bool rests_on(const CycleContext& context, const SiteStatement& site);

/// What no result's context rests on – a usual length, a last period that another source
/// contradicts, words that nobody can read – travels as sent with the report.
void carry_unused(Desk& desk, const OrderWork& order, const std::vector<SiteStatement>& said);

}  // namespace gateway::mapping
