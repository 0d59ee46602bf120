#pragma once
#include <optional>
#include <string>
#include <vector>

#include "gateway/app/config.hpp"
#include "gateway/base/time.hpp"
#include "gateway/mapping/catalogue.hpp"

namespace gateway::app {

/// How grave a finding is (TRUST.md §8.1): an error does not start; an unsafe one starts only when
/// its name is in `accept_unsafe`, or as advice where `base_url` is on localhost.
enum class Level { error, unsafe, advice };

struct Finding {
  Level level = Level::error;
  std::string name;  // "plain-mllp-beyond-loopback"
  std::string text;  // one sentence: what, why, what to do
};

/// What a configuration that is well-formed still has wrong, seen from this machine: files, keys,
/// certificates, addresses, file systems, senders. `catalogue` null: the mappings cannot be read,
/// and senders are not looked at. Reads the disk, changes nothing.
std::vector<Finding> findings(const Config& config, const mapping::Catalogue* catalogue,
                              base::Instant now);

/// Those of them that the mappings decide: who may speak for whom (INTERFACE.md §7, Binding).
std::vector<Finding> binding_findings(const Config& config, const mapping::Catalogue& catalogue);

/// Is the clock of this machine held to the right time? Only `check` asks: a service's sandbox
/// (ProtectClock) ends who asks the kernel.
std::optional<Finding> clock_finding();

/// Does a finding stop the start under this configuration?
bool stops(const Finding& finding, const Config& config);

/// "error: text", "unsafe (name): text", "advice: text"
std::string text_of(const Finding& finding, const Config& config);

}  // namespace gateway::app
