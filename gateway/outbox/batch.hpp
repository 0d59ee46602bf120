#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "gateway/outbox/target.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What a gateway takes at once (FHIR.md §1.1).
inline constexpr std::size_t most_entries = 1'000;
inline constexpr std::size_t most_bytes =
    15 * 1024 * 1024;  // of bodies: room for what is round them

/// One arrival as requests to a target: one transaction Bundle, or several in order where it is
/// more than a target takes. Each id once; what was deleted is deleted there too. Empty: nothing to
/// send.
std::vector<Post> batch(const store::Delivery& delivery, const std::string& instance);

}  // namespace gateway::outbox
