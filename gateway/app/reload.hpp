#pragma once
#include <string>
#include <vector>

#include "gateway/app/gateway.hpp"

namespace gateway::app {

/// Reads the mappings folder anew, catalogue and FHIR definitions, and publishes both; or neither,
/// and says every reason why. Mappings that would not start the gateway it does not go on with
/// either: a profile that lost its certificates would let one laboratory speak as another.
std::vector<std::string> reload_mappings(Gateway& gateway, const Config& config);

}  // namespace gateway::app
