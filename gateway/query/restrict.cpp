#include "gateway/query/restrict.hpp"

#include <algorithm>
#include <optional>

#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/topics/subscription.hpp"

namespace gateway::query {
namespace {

base::Error missing(std::string_view type) {
  return {base::ErrorKind::forbidden,
          "scope-missing no scope of this client allows this on " + std::string(type), "",
          "ask the operator of this gateway for the scope"};
}

bool is_link(const fhir::search::Criterion& criterion) {
  return !criterion.linked.empty();
}

/// Of these a client sees its own; those of others are not there (FHIR.md §1).
void add_ownership(const security::Principal& who, std::string_view type,
                   std::vector<fhir::search::Criterion>& all) {
  if (!fhir::is_owned(type)) return;
  auto own = fhir::search::parse(
      type, "_source=" + fhir::search::form_encoded(topics::client_url(who.name)));
  base::invariant(static_cast<bool>(own), "our own query can be read");
  for (auto& criterion : own->criteria) all.push_back(std::move(criterion));
}

/// Any of its values, so that further values widen it.
bool is_of_values(const fhir::search::Criterion& criterion) {
  return !criterion.negated && !criterion.missing;
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
    // Raw messages lie in the journal and are no Binary yet: every Binary is one of the others.
    // Once Binary is searched, this restriction is applied like any.
    if (!parsed && (*queries)[i] == security::all_but_raw_messages)
      return std::vector<fhir::search::Criterion>{};
    // A restriction that cannot be applied, or restricts nothing (`?_count=5`), shows nothing; nor
    // does one that looks at other resources (FHIR.md §5).
    if (!parsed || parsed->criteria.empty() || std::ranges::any_of(parsed->criteria, is_link))
      return missing(type);
    if (i == 0) {
      all = std::move(parsed->criteria);
      continue;
    }
    // Any of several restrictions: told as one where each restricts the same single parameter.
    if (all.size() != 1 || parsed->criteria.size() != 1 ||
        all.front().parameter != parsed->criteria.front().parameter || !is_of_values(all.front()) ||
        !is_of_values(parsed->criteria.front()))
      return missing(type);
    for (auto& match : parsed->criteria.front().any_of)
      all.front().any_of.push_back(std::move(match));
  }
  add_ownership(who, type, all);
  return all;
}

base::Result<void> restrict_links(const security::Principal& who,
                                  std::vector<fhir::search::Criterion>& criteria) {
  for (auto& criterion : criteria) {
    std::vector<fhir::search::Linked> seen;  // of several types those that may be looked at
    std::optional<base::Error> refusal;
    for (auto& linked : criterion.linked) {
      auto scope = restricted(who, security::Interaction::search, linked.type);
      auto further =
          scope ? restrict_links(who, linked.criteria) : base::Result<void>(scope.error());
      if (!further) {
        refusal = further.error();
        continue;
      }
      for (auto& one : *scope) linked.criteria.push_back(std::move(one));
      seen.push_back(std::move(linked));
    }
    if (seen.empty() && refusal) return *refusal;
    criterion.linked = std::move(seen);
  }
  return {};
}

}  // namespace gateway::query
