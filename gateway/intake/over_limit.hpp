#pragma once
#include <cstddef>

namespace gateway::intake {

/// Of a message over the size limit this much is kept (INTERFACE.md §4): enough for MSH and for a
/// human who looks for its sender.
inline constexpr std::size_t head_bytes = 4096;

}  // namespace gateway::intake
