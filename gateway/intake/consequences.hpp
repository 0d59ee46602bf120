#pragma once
#include <string>
#include <vector>

#include "gateway/intake/route.hpp"
#include "gateway/intake/standings.hpp"
#include "gateway/intake/work.hpp"
#include "gateway/mapping/mismatch.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// What a message changes of another patient under one of its order numbers.
struct OrderMarks {
  std::string number;
  mapping::ForeignMarks marks;
};

/// Those as entries, one a patient: each in that patient's order of commits and deliveries, so that
/// a target never sees an older version after a newer one.
std::vector<store::Entry> consequences(const Work& work, std::vector<OrderMarks> marks,
                                       Standings& standings, const Routes& routes,
                                       base::Instant now);

/// What a person should look at: one item an issue, however many resources bear its tag (W1).
std::vector<store::ReviewItem> reviews_of(const std::vector<mapping::Issue>& issues);

}  // namespace gateway::intake
