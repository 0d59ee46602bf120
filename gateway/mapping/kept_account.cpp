#include "gateway/mapping/kept_account.hpp"

#include <algorithm>

namespace gateway::mapping {

namespace {

constexpr char mapped = '+', unmapped = '-', first_reason = 'a';

}  // namespace

std::string kept(const LossAccount& account, const std::string& mappings_version) {
  std::string out = "1 " + mappings_version + ' ';
  out.reserve(out.size() + account.leaves.size());
  for (const auto& leaf : account.leaves) {
    switch (leaf.fate) {
      case Fate::unmapped:
        out += unmapped;
        break;
      case Fate::mapped:
        out += mapped;
        break;
      case Fate::set_aside:
        out += static_cast<char>(first_reason + static_cast<int>(leaf.reason));
        break;
    }
  }
  return out;
}

std::string_view mappings_of(std::string_view kept_account) {
  constexpr std::string_view format = "1 ";
  if (!kept_account.starts_with(format)) return {};
  kept_account.remove_prefix(format.size());
  return kept_account.substr(0, kept_account.find(' '));
}

std::string_view leaves_of(std::string_view kept_account) {
  return kept_account.substr(kept_account.rfind(' ') + 1);
}

Fates fates_of(std::string_view kept_account) {
  const std::string_view leaves = leaves_of(kept_account);
  Fates fates;
  fates.mapped = std::count(leaves.begin(), leaves.end(), mapped);
  fates.unmapped = std::count(leaves.begin(), leaves.end(), unmapped);
  fates.set_aside = static_cast<std::int64_t>(leaves.size()) - fates.mapped - fates.unmapped;
  return fates;
}

}  // namespace gateway::mapping
