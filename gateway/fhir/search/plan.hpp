#pragma once
#include <cstdint>
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
  std::uint64_t marks = 0;  // mark_of the members of `further`
  std::uint64_t named = 0;  // and of those with a name
};

/// One bit for a member's name: most members of a resource lead nowhere, which one look tells.
inline std::uint64_t mark_of(std::string_view name) {
  const auto first = name.empty() ? '\0' : name.front();
  return std::uint64_t{1} << ((name.size() + 5U * static_cast<unsigned char>(first)) % 64);
}
struct IndexPlan {
  IndexStep root;
  bool has_sender = false, has_order = false, has_patient_identifier = false;
};
const IndexPlan& index_plan(std::string_view type);

/// Adds where the elements of a parameter lie, below `root`.
void add_paths(IndexStep& root, const Parameter& parameter);

/// Does a name in brackets mean the extension of this URL, the component of this code in our
/// system? Of `telecom` it is the system.
bool is_extension(std::string_view url, std::string_view name);
bool is_component(JsonView::Node item, std::string_view name);

/// Most names differ in length or first letter, which is told without a call.
inline bool is_same(std::string_view name, std::string_view other) {
  return name.size() == other.size() && !name.empty() && name.front() == other.front() &&
         name == other;
}

/// Calls `visit(indexed, element)` for each element that a path leads to, lists flattened.
template <class Visit>
void walk(JsonView::Node value, const IndexStep& step, const Visit& visit);

/// The items of a member that names in brackets mean.
template <class Visit>
void walk_named(JsonView::Node member, const IndexStep& step, const Visit& visit) {
  const std::string_view name = member.name();
  const bool by_url = name == "extension", by_system = name == "telecom";
  for (const auto item : member.items()) {
    const auto said = by_url      ? item["url"].text()
                      : by_system ? item["system"].text()
                                  : std::string_view();
    const auto is_meant = [&](std::string_view of) {
      if (by_url) return is_extension(said, of);
      return by_system ? said == of : is_component(item, of);
    };
    for (const auto& next : step.further)
      if (!next.name.empty() && is_same(name, next.member) && is_meant(next.name))
        walk(item, next, visit);
  }
}

template <class Visit>
void walk(JsonView::Node value, const IndexStep& step, const Visit& visit) {
  if (value.is_array()) {
    for (const auto item : value.items()) walk(item, step, visit);
    return;
  }
  for (const auto& indexed : step.indexed) visit(indexed, value);
  if (step.further.empty()) return;
  for (const auto member : value.members()) {
    const std::string_view name = member.name();
    const std::uint64_t mark = mark_of(name);
    if ((step.marks & mark) == 0) continue;
    for (const auto& next : step.further)
      if (next.name.empty() && is_same(name, next.member)) walk(member, next, visit);
    if ((step.named & mark) != 0) walk_named(member, step, visit);
  }
}

}  // namespace gateway::fhir::search
