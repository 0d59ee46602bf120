#pragma once
#include <cstddef>
#include <vector>

#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// The newest `most` Observations of each group of codes (FHIR R4, Observation `$lastn`): two are
/// of one group if they share a coding, or both share one with a third. Newest first; of one time
/// the one that was issued later, then by id. Those without a time come last. Pure.
std::vector<Version> last_of(std::vector<Version> observations, std::size_t most);

}  // namespace gateway::fhir
