/// Room forward (floor 6): the targets: HTTPS with client certificate or SMART token, a folder, a
/// topic. Does not know deliveries' states nor the store.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/forward/https_client.hpp"
#include "gateway/forward/smart_client.hpp"
#include "gateway/outbox/target.hpp"

namespace gateway::forward {

/// POSTs transaction Bundles to a FHIR base, and reads there (HttpsClient says how). Answered 401,
/// it asks for a new token and sends once more; then 401 is the target's word. Error
/// `configuration` with the remedy. `clock` outlives it.
base::Result<std::unique_ptr<outbox::Target>> https_target(
    const HttpsSettings& settings, const std::optional<SmartSettings>& smart = {},
    const base::Clock* clock = nullptr);

}  // namespace gateway::forward
