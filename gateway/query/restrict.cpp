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
  return !criterion.negated && !criterion.missing && criterion.alternatives.empty();
}

/// Told as one criterion, which an index finds, where each restricts the same single parameter.
bool are_of_one_parameter(const std::vector<fhir::search::Linked>& alternatives) {
  const auto& first = alternatives.front().criteria.front();
  return std::ranges::all_of(alternatives, [&first](const fhir::search::Linked& one) {
    return one.criteria.size() == 1 && one.criteria.front().parameter == first.parameter &&
           is_of_values(one.criteria.front());
  });
}

/// Any of several restrictions.
std::vector<fhir::search::Criterion> united(std::vector<fhir::search::Linked> alternatives) {
  if (alternatives.size() == 1) return std::move(alternatives.front().criteria);
  fhir::search::Criterion all = alternatives.front().criteria.front();
  if (!are_of_one_parameter(alternatives))
    return {{.parameter = all.parameter, .alternatives = std::move(alternatives)}};
  for (std::size_t i = 1; i < alternatives.size(); ++i)
    for (auto& match : alternatives[i].criteria.front().any_of)
      all.any_of.push_back(std::move(match));
  return {std::move(all)};
}

}  // namespace

base::Result<std::vector<fhir::search::Criterion>> restricted(const security::Principal& who,
                                                              security::Interaction interaction,
                                                              std::string_view type) {
  const auto queries = security::allowed(who, interaction, type);
  if (!queries) return missing(type);
  std::vector<fhir::search::Linked> alternatives;
  for (const std::string& query : *queries) {
    auto parsed = fhir::search::parse(type, query);
    // Raw messages lie in the journal and are no Binary yet: every Binary is one of the others.
    // Once Binary is searched, this restriction is applied like any.
    if (!parsed && query == security::all_but_raw_messages)
      return std::vector<fhir::search::Criterion>{};
    // A restriction that cannot be applied, or restricts nothing (`?_count=5`), shows nothing; nor
    // does one that looks at other resources (FHIR.md §5).
    if (!parsed || parsed->criteria.empty() || std::ranges::any_of(parsed->criteria, is_link))
      continue;
    alternatives.push_back({std::string(type), std::move(parsed->criteria)});
  }
  if (!queries->empty() && alternatives.empty()) return missing(type);
  auto all = alternatives.empty() ? std::vector<fhir::search::Criterion>()
                                  : united(std::move(alternatives));
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
