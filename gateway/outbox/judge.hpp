#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/outbox/target.hpp"

namespace gateway::outbox {

/// What a target's answer means (TRUST §6.2).
struct Verdict {
  enum class Kind {
    delivered,
    again,        // transient: this delivery waits with growing pauses
    dead,         // about this message: given up, with the target's words
    target_wrong  // about the target: everything for it waits, nothing is given up
  } kind = Kind::delivered;
  std::optional<std::chrono::seconds> retry_after;  // what the target asked for
  std::string answer;                               // its words, ≤ 64 KiB
};

/// Pure. `attempts` counts this one.
Verdict judge(const base::Result<TargetAnswer>& answer, int attempts);

}  // namespace gateway::outbox
