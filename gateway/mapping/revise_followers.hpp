#pragma once
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/mapping/revise_answers.hpp"
#include "gateway/mapping/revise_others.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {

/// What became of the answers and results of a message.
struct Decided {
  const Conversion& conversion;
  const std::vector<ResourceOutcome>& outcomes;  // aligned with the resources
  std::function<bool(std::size_t)> is_older;     // than what stands of the resource (T7)
  const std::set<std::string>& revived;  // results that said nothing before: "Observation/…"
};

/// What came of the results that follow.
struct Followed {
  std::vector<Issue> issues;
  std::vector<std::pair<std::string, std::string>> concerned;  // as ResourceOutcome's
  std::vector<std::size_t> reports;  // whose orders said something: all their results were weighed
};

/// Results that stand in the orders of a message and that it does not write: the context of each
/// follows what is said of its order (C3, T3), so that none shows a day whose source was withdrawn
/// or corrected, and an answer that comes late, or alone, counts. Their value, status, flag and
/// range, and the time they count from (T7), stay (T2).
Followed follow_orders(const Decided& decided, const OrderContext& orders, OrderAnswers& answers,
                       OtherResults& results);

}  // namespace gateway::mapping
