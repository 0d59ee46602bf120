#include "gateway/query/restrict.hpp"

namespace gateway::query {
namespace {

base::Error missing(std::string_view type) {
  return {base::ErrorKind::forbidden,
          "scope-missing no scope of this client allows this on " + std::string(type), "",
          "ask the operator of this gateway for the scope"};
}

}  // namespace

base::Result<std::vector<fhir::search::Criterion>> restricted(const security::Principal& who,
                                                              security::Interaction interaction,
                                                              std::string_view type) {
  const auto queries = security::allowed(who, interaction, type);
  if (!queries) return missing(type);
  std::vector<fhir::search::Criterion> all;
  for (std::size_t i = 0; i < queries->size(); ++i) {
    auto parsed = fhir::search::parse(type, (*queries)[i]);
    // Raw messages lie in the journal and are no Binary yet: every Binary is one of the others, as
    // long as the search does not know `:not`. Once it does, this restriction is applied like any.
    if (!parsed && (*queries)[i] == security::all_but_raw_messages)
      return std::vector<fhir::search::Criterion>{};
    // A restriction that cannot be applied, or restricts nothing (`?_count=5`), shows nothing.
    if (!parsed || parsed->criteria.empty()) return missing(type);
    if (i == 0) {
      all = std::move(parsed->criteria);
      continue;
    }
    // Any of several restrictions: told as one where each restricts the same single parameter.
    if (all.size() != 1 || parsed->criteria.size() != 1 ||
        all.front().parameter != parsed->criteria.front().parameter)
      return missing(type);
    for (auto& match : parsed->criteria.front().any_of)
      all.front().any_of.push_back(std::move(match));
  }
  return all;
}

}  // namespace gateway::query
