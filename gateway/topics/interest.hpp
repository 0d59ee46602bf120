#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/topics/topic.hpp"

namespace gateway::topics {

/// What a subscription that is not off wants to be told of: made of it and of what its client may
/// see, both told by tokens, references and numbers alone.
struct Interest {
  std::string subscription;  // id
  const Topic* topic = nullptr;
  std::vector<fhir::search::Criterion> filter;  // all: of what it was, or of what it is now
  std::vector<fhir::search::Criterion> scope;   // all: of what it is now
};
/// Immutable, shared between who reads subscriptions and who commits.
using Interests = std::vector<std::shared_ptr<const Interest>>;

/// A subscription's interest from now on; null: none any more.
struct InterestChange {
  std::string subscription;
  std::shared_ptr<const Interest> interest;
};
Interests changed(Interests interests, const InterestChange& change);

/// A version that is being written; `before`: rows of what stood until then, null: nothing stood.
/// A deleted one is told by its last rows.
bool is_wanted(const Interest& interest, const fhir::ResourceKey& key,
               const fhir::search::IndexRows& now, const fhir::search::IndexRows* before);

}  // namespace gateway::topics
