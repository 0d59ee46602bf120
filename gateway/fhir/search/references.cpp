#include "gateway/fhir/search/references.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/search/plan.hpp"

namespace gateway::fhir::search {
namespace {

/// Not searched by: each row of such an index would cost every message, and few would ask.
constexpr auto followed_only = std::to_array<Parameter>({
    {"Observation", "performer", Kind::reference, "performer", ""},
    {"Observation", "device", Kind::reference, "device", ""},
    {"DiagnosticReport", "performer", Kind::reference, "performer", ""},
    {"DiagnosticReport", "results-interpreter", Kind::reference, "resultsInterpreter", ""},
    {"ServiceRequest", "requester", Kind::reference, "requester", ""},
    {"ServiceRequest", "encounter", Kind::reference, "encounter", ""},
    {"ServiceRequest", "specimen", Kind::reference, "specimen", ""},
    {"MessageHeader", "focus", Kind::reference, "focus", ""},
    {"MessageHeader", "sender", Kind::reference, "sender", ""},
    {"Provenance", "target", Kind::reference, "target", ""},
    {"Provenance", "agent", Kind::reference, "agent.who", ""},
});

struct References {
  std::vector<const Parameter*> all;
  IndexStep root;
};

const References& known(std::string_view type) {
  static const auto by_type = [] {
    std::map<std::string_view, References> made;
    const auto take = [&made](const Parameter& parameter) {
      if (parameter.kind != Kind::reference || parameter.elements.empty()) return;
      auto& references = made[parameter.type];
      references.all.push_back(&parameter);
      add_paths(references.root, parameter);
    };
    for (const Parameter& parameter : parameters()) take(parameter);
    for (const Parameter& parameter : followed_only) take(parameter);
    return made;
  }();
  static const References none;
  const auto found = by_type.find(type);
  return found == by_type.end() ? none : found->second;
}

}  // namespace

std::optional<Target> target_of(std::string_view reference) {
  if (const auto at = reference.find("/_history/"); at != reference.npos)
    reference = reference.substr(0, at);
  const auto slash = reference.find('/');
  if (slash == reference.npos) return std::nullopt;
  const Target target{reference.substr(0, slash), reference.substr(slash + 1)};
  if (target.type.empty() || !is_id(target.id)) return std::nullopt;
  return target;
}

std::vector<const Parameter*> references_of(std::string_view type) {
  return known(type).all;
}

const Parameter* find_reference(std::string_view type, std::string_view name) {
  const auto& all = known(type).all;
  const auto at = std::ranges::find_if(all, [&](const Parameter* parameter) {
    return parameter->name == (name == "subject" ? "patient" : name);
  });
  return at == all.end() ? nullptr : *at;
}

bool may_lead_to(const Parameter& reference, std::string_view type) {
  return reference.targets.empty() ||
         std::ranges::find(reference.targets, type) != reference.targets.end();
}

bool is_found_backwards(const Parameter& reference) {
  return find_parameter(reference.type, reference.name) != nullptr ||
         (reference.type == "Provenance" && reference.name == "target");
}

std::vector<ResourceKey> follow(std::string_view type, const JsonView& body,
                                const Parameter* which) {
  std::vector<ResourceKey> keys;
  walk(body.root(), known(type).root, [&](const auto& indexed, JsonView::Node element) {
    if (which != nullptr && indexed.parameter != which) return;
    const auto target = target_of(element["reference"].text());
    if (!target || !may_lead_to(*indexed.parameter, target->type)) return;
    keys.push_back({std::string(target->type), std::string(target->id)});
  });
  return keys;
}

}  // namespace gateway::fhir::search
