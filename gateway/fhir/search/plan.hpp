#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// One step of a path: a member, or those of its items that a name in brackets means.
struct Step {
  std::string_view member, name;  // name "": the member itself
};
using Path = std::vector<Step>;

/// What is indexed of a type: its parameters with their paths cut up, once for all its resources.
struct IndexPlan {
  struct Indexed {
    const Parameter* parameter = nullptr;
    std::vector<Path> paths;
    std::string system;  // of an element of type `code`
  };
  std::vector<Indexed> parameters;  // in the order of the table; only those that have elements
  bool has_sender = false, has_order = false, has_patient_identifier = false;
};
const IndexPlan& index_plan(std::string_view type);

/// "extension(cycle-context).extension(day).valueInteger"
Path cut_path(std::string_view path);

/// Adds the elements a path leads to, lists flattened.
void select(JsonView::Node value, std::span<const Step> path, std::vector<JsonView::Node>& into);

}  // namespace gateway::fhir::search
