#pragma once
#include "gateway/app/config.hpp"
#include "gateway/base/result.hpp"

namespace gateway::app {

/// Asks the operations port of the gateway on this host whether it is ready (TRUST.md §8.7): for
/// health checks of containers, which HTTP from outside cannot reach on loopback. Error: it is not,
/// and why, or nobody answered within five seconds.
base::Result<void> ask_ready(const Address& operations);

}  // namespace gateway::app
