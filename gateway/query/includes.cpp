#include "gateway/query/includes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "gateway/fhir/search/references.hpp"
#include "gateway/query/restrict.hpp"

namespace gateway::query {
namespace {

using fhir::ResourceKey;
using fhir::search::Criterion;
using fhir::search::Include;

constexpr std::size_t values_a_search = 500;

class Including {
 public:
  Including(store::Snapshot& snapshot, const security::Principal& who, std::int64_t as_of,
            std::size_t most)
      : snapshot_(snapshot), who_(who), as_of_(as_of), most_(most) {}

  void known(const std::vector<fhir::Version>& matches) {
    for (const auto& match : matches) seen_.insert(match.key);
  }
  /// One step from `from`; what it adds are the rows behind the first `included().rows.size()`.
  base::Result<void> step(const Include& include, std::span<const fhir::Version> from);
  Included& included() { return out_; }

 private:
  base::Result<void> forward(const Include& include, std::span<const fhir::Version> from);
  base::Result<void> backward(const Include& include, std::span<const fhir::Version> from);
  base::Result<void> referring(const fhir::search::Parameter& reference,
                               std::span<const ResourceKey> to);
  base::Result<void> by_id(const std::string& type, const std::vector<std::string>& ids);
  base::Result<void> search(const std::string& type, const Criterion& all_of);
  void add(fhir::Version version);

  store::Snapshot& snapshot_;
  const security::Principal& who_;
  const std::int64_t as_of_;
  const std::size_t most_;
  std::set<ResourceKey> seen_;
  Included out_;
};

base::Result<void> Including::step(const Include& include, std::span<const fhir::Version> from) {
  return include.reverse ? backward(include, from) : forward(include, from);
}

base::Result<void> Including::forward(const Include& include, std::span<const fhir::Version> from) {
  std::map<std::string, std::vector<std::string>> wanted;  // by type
  std::set<ResourceKey> asked;
  for (const auto& version : from) {
    if (!include.type.empty() && include.type != version.key.type) continue;
    const auto body = fhir::JsonView::read(version.body);
    if (!body) continue;
    for (auto& key : fhir::search::follow(version.key.type, *body, include.reference)) {
      const bool is_wanted = include.target.empty() || include.target == key.type;
      if (is_wanted && !seen_.contains(key) && asked.insert(key).second)
        wanted[key.type].push_back(std::move(key.id));
    }
  }
  for (const auto& [type, ids] : wanted)
    if (auto found = by_id(type, ids); !found) return found;
  return {};
}

base::Result<void> Including::backward(const Include& include,
                                       std::span<const fhir::Version> from) {
  std::vector<ResourceKey> to;
  for (const auto& version : from)
    if (include.target.empty() || include.target == version.key.type) to.push_back(version.key);
  if (to.empty()) return {};
  for (const auto type : fhir::search::served_types()) {
    if (!include.type.empty() && include.type != type) continue;
    for (const auto* reference : fhir::search::references_of(type)) {
      if (include.reference != nullptr && include.reference != reference) continue;
      if (!fhir::search::is_found_backwards(*reference)) continue;
      if (auto found = referring(*reference, to); !found) return found;
    }
  }
  return {};
}

base::Result<void> Including::referring(const fhir::search::Parameter& reference,
                                        std::span<const ResourceKey> to) {
  const std::string type(reference.type);
  if (fhir::search::find_parameter(type, reference.name) == nullptr) {  // Provenance.target
    const auto keys = snapshot_.written_with(to, type);
    if (!keys) return keys.error();
    std::vector<std::string> ids;
    for (const auto& key : *keys)
      if (!seen_.contains(key)) ids.push_back(key.id);
    return by_id(type, ids);
  }
  for (std::size_t at = 0; at < to.size(); at += values_a_search) {
    Criterion any_of{.parameter = &reference};
    for (const auto& key : to.subspan(at, std::min(values_a_search, to.size() - at)))
      if (reference.name != "patient" || key.type == "Patient")
        any_of.any_of.emplace_back(fhir::search::ReferenceMatch{key.type, key.id});
    if (any_of.any_of.empty()) continue;
    if (auto found = search(type, any_of); !found) return found;
  }
  return {};
}

base::Result<void> Including::by_id(const std::string& type, const std::vector<std::string>& ids) {
  const auto* id = fhir::search::find_parameter(type, "_id");
  for (std::size_t at = 0; at < ids.size(); at += values_a_search) {
    Criterion any_of{.parameter = id};
    for (std::size_t k = at; k < std::min(at + values_a_search, ids.size()); ++k)
      any_of.any_of.emplace_back(fhir::search::TokenMatch{{}, ids[k]});
    if (auto found = search(type, any_of); !found) return found;
  }
  return {};
}

base::Result<void> Including::search(const std::string& type, const Criterion& all_of) {
  if (!fhir::search::is_searchable(type)) return {};
  const auto scope = restricted(who_, security::Interaction::search, type);
  if (!scope) return {};  // not for this client: as if it were not there
  fhir::search::Query query;
  query.type = type;
  query.criteria.push_back(all_of);
  query.count = most_ + 1;
  auto page = snapshot_.search({.query = &query, .scope = *scope, .as_of = as_of_});
  if (!page) return page.error();
  for (auto& row : page->rows) add(std::move(row.version));
  out_.cut = out_.cut || page->more;
  return {};
}

void Including::add(fhir::Version version) {
  if (!seen_.insert(version.key).second) return;
  if (out_.rows.size() < most_)
    out_.rows.push_back(std::move(version));
  else
    out_.cut = true;
}

}  // namespace

base::Result<Included> included(store::Snapshot& snapshot, const security::Principal& who,
                                const std::vector<Include>& includes,
                                const std::vector<fhir::Version>& matches, std::int64_t as_of,
                                std::size_t behind) {
  Including including(snapshot, who, as_of, behind + most_included);
  including.known(matches);
  const bool goes_on = std::ranges::any_of(includes, &Include::iterate);
  std::span<const fhir::Version> from = matches;
  std::vector<fhir::Version> added;  // of one step; the rows themselves move while they grow
  for (int step = 0; step < (goes_on ? most_steps : 1) && !from.empty(); ++step) {
    const auto before = including.included().rows.size();
    for (const Include& include : includes)
      if (step == 0 || include.iterate)
        if (auto done = including.step(include, from); !done) return done.error();
    const auto& found = including.included().rows;
    if (goes_on) added.assign(found.begin() + static_cast<std::ptrdiff_t>(before), found.end());
    from = added;
  }
  auto& rows = including.included().rows;
  rows.erase(rows.begin(),
             rows.begin() + static_cast<std::ptrdiff_t>(std::min(behind, rows.size())));
  return std::move(including.included());
}

}  // namespace gateway::query
