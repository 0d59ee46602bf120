#include "gateway/intake/account.hpp"

#include <algorithm>

namespace gateway::intake {

Fates fates_of(std::string_view kept) {
  kept.remove_prefix(kept.rfind(' ') + 1);
  Fates fates;
  fates.mapped = std::count(kept.begin(), kept.end(), '+');
  fates.unmapped = std::count(kept.begin(), kept.end(), '-');
  fates.set_aside = static_cast<std::int64_t>(kept.size()) - fates.mapped - fates.unmapped;
  return fates;
}

}  // namespace gateway::intake
