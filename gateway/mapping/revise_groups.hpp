#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/fhir/json.hpp"

namespace gateway::mapping {

class Catalogue;

/// A main result of an OBX-4 as it will stand, and when it was said.
struct GroupMember {
  fhir::Json body;
  std::optional<std::int64_t> said_at;
  bool is_changed = false;
};

/// S14: each main result of a group has its components, whichever of them a message told them
/// with. Of one component the newest word counts, a row that was taken back too (T5, T7). What some
/// code implies is left out (S15): nobody can tell it from a row.
void share_components(std::vector<GroupMember>& group, const Catalogue& catalogue);

}  // namespace gateway::mapping
