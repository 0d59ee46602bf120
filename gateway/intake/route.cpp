#include "gateway/intake/route.hpp"

#include <algorithm>
#include <utility>

#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::intake {
namespace {

using namespace fhir::search;

/// The filter of a route; a query without type takes everything.
base::Result<Query> read_filter(const Route& route) {
  if (route.only.empty()) return Query{};
  const auto mark = route.only.find('?');
  const auto type = route.only.substr(0, mark);
  const auto wrong = [&](std::string what, const std::string& remedy = "") {
    return base::Error{
        base::ErrorKind::configuration, std::move(what), "forward." + route.target + ".only",
        (remedy.empty() ? "" : remedy + "; ") + "say it as in \"Observation?category=laboratory\""};
  };
  if (!is_served(type)) return wrong("no resource type that is served");
  if (fhir::never_leaves(type)) return wrong(type + " never leaves this gateway");
  auto query = parse(type, mark == std::string::npos ? "" : route.only.substr(mark + 1));
  if (!query) {  // its first word is a code for clients
    const auto& error = query.error();
    return wrong(error.what.substr(error.what.find(' ') + 1), error.remedy);
  }
  if (!std::ranges::all_of(query->criteria, can_meet))
    return wrong(
        "only token, string, reference and number parameters, without :not, :missing, other "
        "modifiers and chains, choose what is forwarded");
  return query;
}

/// Passed instances stand between commas.
bool has_passed(std::string_view path, std::string_view instance) {
  if (instance.empty()) return false;
  while (!path.empty()) {
    auto one = path.substr(0, path.find(','));
    path.remove_prefix(std::min(path.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == instance) return true;
  }
  return false;
}

}  // namespace

base::Result<void> check_route(const Route& route) {
  auto filter = read_filter(route);
  if (!filter) return filter.error();
  return {};
}

Routes::Routes(const std::vector<Route>& routes, std::string instance, observe::Metrics* metrics)
    : instance_(std::move(instance)) {
  for (const auto& route : routes) {
    auto filter = read_filter(route);
    base::invariant(static_cast<bool>(filter), "routes are checked at start-up");
    auto* stopped = metrics == nullptr ? nullptr
                                       : &metrics->counter(observe::names::loop_stopped,
                                                           {{"target", route.target}});
    filters_.push_back({route, std::move(*filter), stopped});
  }
}

std::vector<store::DeliveryWrite> Routes::deliveries(
    const std::vector<store::VersionWrite>& versions, std::string_view path) const {
  std::vector<store::DeliveryWrite> out;
  const bool was_here = has_passed(path, instance_);
  for (const auto& [route, query, stopped] : filters_) {
    const auto wanted = [&query](const store::VersionWrite& version) {
      if (fhir::never_leaves(version.key.type)) return false;
      if (query.type.empty()) return true;
      return version.key.type == query.type &&
             std::all_of(query.criteria.begin(), query.criteria.end(),
                         [&](const Criterion& c) { return meets(c, version.index); });
    };
    if (std::none_of(versions.begin(), versions.end(), wanted)) continue;
    if (!was_here && !has_passed(path, route.instance))
      out.push_back({route.target});
    else if (stopped != nullptr)
      stopped->add();
  }
  return out;
}

}  // namespace gateway::intake
