#include "gateway/intake/hold.hpp"

namespace gateway::intake {

Held judge_held(const Work& work, std::int64_t now_steady, std::chrono::seconds hold) {
  const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(hold).count();
  if (now_steady - work.held_since < longest) return Held::keep;
  if (work.outcome_unknown) return Held::close;
  if (work.bundle) return Held::reject;
  const bool profile_rejects = work.message->sender.profile != nullptr &&
                               work.message->sender.profile->reject_when_unavailable;
  return profile_rejects ? Held::reject : Held::close;
}

}  // namespace gateway::intake
