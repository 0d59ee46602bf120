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
    again,         // transient: this delivery waits with growing pauses
    dead,          // about this message: given up, with the target's words
    precondition,  // 412: what stands there is not what we last saw
    target_wrong   // about the target: everything for it waits, nothing is given up
  } kind = Kind::delivered;
  std::optional<std::chrono::seconds> retry_after;  // what the target asked for
  std::string answer;                               // its words, ≤ 64 KiB
  bool is_fatal = false;  // 5xx with an OperationOutcome of severity fatal: given up after a day
  bool is_cut = false;    // delivered, as far as its answer was read
  bool crashed = false;   // it broke off, or ran out of time, over what it was sent
};

/// Pure.
Verdict judge(const base::Result<TargetAnswer>& answer);

}  // namespace gateway::outbox
