#pragma once
#include <string_view>

#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// Types of which each client has its own, which nobody else sees (FHIR.md §1); `meta.source` says
/// whose one is.
inline bool is_owned(std::string_view type) {
  return type == "Subscription" || type == "Group";
}

/// What belongs to this gateway or to one client of it goes to no target.
inline bool never_leaves(std::string_view type) {
  return stays_here(type) || is_owned(type);
}

}  // namespace gateway::fhir
