#include "gateway/topics/interest.hpp"

#include <algorithm>

#include "gateway/fhir/search/meets.hpp"

namespace gateway::topics {
namespace {

bool meets_all(const std::vector<fhir::search::Criterion>& criteria,
               const fhir::search::IndexRows& rows) {
  return std::ranges::all_of(criteria,
                             [&](const auto& one) { return fhir::search::meets(one, rows); });
}

}  // namespace

Interests changed(Interests interests, const InterestChange& change) {
  std::erase_if(interests, [&](const auto& i) { return i->subscription == change.subscription; });
  if (change.interest) interests.push_back(change.interest);
  return interests;
}

bool is_wanted(const Interest& interest, const fhir::ResourceKey& key,
               const fhir::search::IndexRows& now, const fhir::search::IndexRows* before) {
  const Topic& topic = *interest.topic;
  if (key.type != topic.focus || !(before != nullptr ? topic.of_changed : topic.of_new))
    return false;
  // Who was told that a value was high must be told when it no longer is.
  return meets_all(interest.scope, now) &&
         (meets_all(interest.filter, now) ||
          (before != nullptr && meets_all(interest.filter, *before)));
}

}  // namespace gateway::topics
