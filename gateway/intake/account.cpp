#include "gateway/intake/account.hpp"

#include <algorithm>

namespace gateway::intake {

std::string compact(const mapping::LossAccount& account, const std::string& mappings_version) {
  std::string out = "1 " + mappings_version + ' ';
  out.reserve(out.size() + account.leaves.size());
  for (const auto& leaf : account.leaves) {
    switch (leaf.fate) {
      case mapping::Fate::unmapped:
        out += '-';
        break;
      case mapping::Fate::mapped:
        out += '+';
        break;
      case mapping::Fate::set_aside:
        out += static_cast<char>('a' + static_cast<int>(leaf.reason));
        break;
    }
  }
  return out;
}

Fates fates_of(std::string_view compact) {
  compact.remove_prefix(compact.rfind(' ') + 1);
  Fates fates;
  fates.mapped = std::count(compact.begin(), compact.end(), '+');
  fates.unmapped = std::count(compact.begin(), compact.end(), '-');
  fates.set_aside = static_cast<std::int64_t>(compact.size()) - fates.mapped - fates.unmapped;
  return fates;
}

}  // namespace gateway::intake
