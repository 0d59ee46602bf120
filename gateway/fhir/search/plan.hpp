#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// What is indexed of a type, made once for all its resources: the paths of its parameters, laid
/// over one another, so that a resource is walked once. One step of a path leads here.
struct IndexStep {
  struct Indexed {
    const Parameter* parameter = nullptr;
    std::string system;  // of an element of type `code`
  };
  std::string_view member;       // of the element before
  std::string_view name;         // "": the member itself; else those of its items it means
  std::vector<Indexed> indexed;  // whose path ends here
  std::vector<IndexStep> further;
};
struct IndexPlan {
  IndexStep root;
  bool has_sender = false, has_order = false, has_patient_identifier = false;
};
const IndexPlan& index_plan(std::string_view type);

/// Adds where the elements of a parameter lie, below `root`.
void add_paths(IndexStep& root, const Parameter& parameter);

/// Does a name in brackets mean this item: of `extension` its URL, of `telecom` its system, of
/// `component` its code in our system?
bool is_named(JsonView::Node item, const IndexStep& step);

/// Calls `visit(indexed, element)` for each element that a path leads to, lists flattened.
template <class Visit>
void walk(JsonView::Node value, const IndexStep& step, const Visit& visit) {
  if (value.is_array()) {
    for (const auto item : value.items()) walk(item, step, visit);
    return;
  }
  for (const auto& indexed : step.indexed) visit(indexed, value);
  if (step.further.empty()) return;
  for (const auto member : value.members()) {
    for (const auto& next : step.further) {
      if (member.name() != next.member) continue;
      if (next.name.empty()) {
        walk(member, next, visit);
        continue;
      }
      for (const auto item : member.items())
        if (is_named(item, next)) walk(item, next, visit);
    }
  }
}

}  // namespace gateway::fhir::search
