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
    {"Observation", "encounter", Kind::reference, "encounter", ""},
    {"Observation", "performer", Kind::reference, "performer", ""},
    {"Observation", "device", Kind::reference, "device", ""},
    {"Observation", "focus", Kind::reference, "focus", ""},
    {"Observation", "part-of", Kind::reference, "partOf", ""},
    {"Observation", "has-member", Kind::reference, "hasMember", ""},
    {"Observation", "derived-from", Kind::reference, "derivedFrom", ""},
    {"DiagnosticReport", "result", Kind::reference, "result", ""},
    {"DiagnosticReport", "encounter", Kind::reference, "encounter", ""},
    {"DiagnosticReport", "performer", Kind::reference, "performer", ""},
    {"DiagnosticReport", "results-interpreter", Kind::reference, "resultsInterpreter", ""},
    {"DiagnosticReport", "media", Kind::reference, "media.link", ""},
    {"Specimen", "collector", Kind::reference, "collection.collector", ""},
    {"Specimen", "parent", Kind::reference, "parent", ""},
    {"ServiceRequest", "based-on", Kind::reference, "basedOn", ""},
    {"ServiceRequest", "replaces", Kind::reference, "replaces", ""},
    {"ServiceRequest", "encounter", Kind::reference, "encounter", ""},
    {"ServiceRequest", "requester", Kind::reference, "requester", ""},
    {"ServiceRequest", "performer", Kind::reference, "performer", ""},
    {"ServiceRequest", "specimen", Kind::reference, "specimen", ""},
    {"Encounter", "participant", Kind::reference, "participant.individual", ""},
    {"Encounter", "location", Kind::reference, "location.location", ""},
    {"Encounter", "service-provider", Kind::reference, "serviceProvider", ""},
    {"Encounter", "part-of", Kind::reference, "partOf", ""},
    {"DocumentReference", "author", Kind::reference, "author", ""},
    {"DocumentReference", "authenticator", Kind::reference, "authenticator", ""},
    {"DocumentReference", "custodian", Kind::reference, "custodian", ""},
    {"DocumentReference", "encounter", Kind::reference, "context.encounter", ""},
    {"DocumentReference", "related", Kind::reference, "context.related", ""},
    {"Patient", "organization", Kind::reference, "managingOrganization", ""},
    {"Patient", "general-practitioner", Kind::reference, "generalPractitioner", ""},
    {"Patient", "link", Kind::reference, "link.other", ""},
    {"PractitionerRole", "practitioner", Kind::reference, "practitioner", ""},
    {"PractitionerRole", "organization", Kind::reference, "organization", ""},
    {"PractitionerRole", "location", Kind::reference, "location", ""},
    {"Organization", "partof", Kind::reference, "partOf", ""},
    {"Location", "organization", Kind::reference, "managingOrganization", ""},
    {"Location", "partof", Kind::reference, "partOf", ""},
    {"Device", "organization", Kind::reference, "owner", ""},
    {"Device", "location", Kind::reference, "location", ""},
    {"MessageHeader", "focus", Kind::reference, "focus", ""},
    {"MessageHeader", "responsible", Kind::reference, "responsible", ""},
    {"MessageHeader", "sender", Kind::reference, "sender", ""},
    {"MessageHeader", "author", Kind::reference, "author", ""},
    {"Provenance", "target", Kind::reference, "target", ""},
    {"Provenance", "agent", Kind::reference, "agent.who", ""},
    {"Provenance", "entity", Kind::reference, "entity.what", ""},
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

std::span<const std::string_view> targets_of(const Parameter& reference) {
  static constexpr auto patient = std::to_array<std::string_view>({"Patient"});
  static constexpr auto specimen = std::to_array<std::string_view>({"Specimen"});
  static constexpr auto request = std::to_array<std::string_view>({"ServiceRequest"});
  static constexpr auto result = std::to_array<std::string_view>({"Observation"});
  static constexpr auto person =
      std::to_array<std::string_view>({"Practitioner", "PractitionerRole", "Organization"});
  if (reference.name == "patient") return patient;
  if (reference.name == "specimen") return specimen;
  if (reference.name == "based-on") return request;
  if (reference.name == "focus") return result;
  if (reference.name == "owner") return person;
  return {};
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
    if (!target || (indexed.parameter->name == "patient" && target->type != "Patient")) return;
    keys.push_back({std::string(target->type), std::string(target->id)});
  });
  return keys;
}

}  // namespace gateway::fhir::search
