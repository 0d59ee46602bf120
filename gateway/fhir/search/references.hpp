#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// What a relative literal reference leads to: `Type/id`, a version behind it left out. Others lead
/// nowhere. Views into `reference`.
struct Target {
  std::string_view type, id;
};
std::optional<Target> target_of(std::string_view reference);

/// The references a type has that `_include` and `_revinclude` can follow: those that are searched
/// by, and those that are not. `subject` is `patient`.
std::vector<const Parameter*> references_of(std::string_view type);
const Parameter* find_reference(std::string_view type, std::string_view name);

/// Is it about resources of that type? What else it leads to is neither indexed nor followed.
bool may_lead_to(const Parameter& reference, std::string_view type);

/// Is it known what refers to a resource by it? Of those that are searched by; and who wrote a
/// resource (Provenance.target) is known by the arrival both came with.
bool is_found_backwards(const Parameter& reference);

/// Where the references of a resource lead, in its own order, each as often as it stands there.
/// `which`: one of references_of(type); nullptr: any of them.
std::vector<ResourceKey> follow(std::string_view type, const JsonView& body,
                                const Parameter* which);

}  // namespace gateway::fhir::search
