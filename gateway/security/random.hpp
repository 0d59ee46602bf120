#pragma once
#include <cstddef>
#include <string>

namespace gateway::security {

/// Bytes nobody can foretell.
std::string random_bytes(std::size_t count);

}  // namespace gateway::security
