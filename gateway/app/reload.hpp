#pragma once
#include <string>
#include <vector>

#include "gateway/app/gateway.hpp"

namespace gateway::app {

/// What became of a configuration that was read anew.
struct ReloadedConfig {
  std::vector<std::string> refusals;  // why it stays as it was; not empty: nothing was taken
  std::vector<std::string> taken;     // keys that count from now on: "access.certificates"
  std::vector<std::string> waiting;   // keys that differ and take a restart
};
/// Takes of the configuration what can be exchanged while it runs: access.certificates and
/// access.clients. `config` is what is in force, before and behind it. One that would not start the
/// gateway it does not go on with either.
ReloadedConfig reload_config(Gateway& gateway, Config& config, const std::filesystem::path& file,
                             const std::vector<std::string>& environment);

/// Reads the mappings folder anew, catalogue and FHIR definitions, and publishes both; or neither,
/// and says every reason why. Mappings that would not start the gateway it does not go on with
/// either: a profile that lost its certificates would let one laboratory speak as another.
std::vector<std::string> reload_mappings(Gateway& gateway, const Config& config);

}  // namespace gateway::app
