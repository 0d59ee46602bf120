#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "gateway/base/time.hpp"

namespace gateway::store {

inline constexpr base::Instant without_end{std::numeric_limits<std::int64_t>::max()};

/// A small text that some room keeps under a name of a kind: an account of a person, a session. All
/// gateways on a store see the same.
struct Kept {
  std::string kind, name, text;
  std::int64_t version = 0;  // counted from 1; each change makes it greater
  base::Instant until = without_end;
};

/// What becomes of one of them, if nobody changed it since it was read.
struct Keeping {
  std::string kind, name, text;
  std::int64_t follows = 0;           // Kept::version; 0: there is none
  base::Instant until = without_end;  // over then, as if it were gone
  bool is_gone = false;               // taken out
};

}  // namespace gateway::store
