#include "gateway/mapping/kept_account.hpp"

namespace gateway::mapping {

std::string kept(const LossAccount& account, const std::string& mappings_version) {
  std::string out = "1 " + mappings_version + ' ';
  out.reserve(out.size() + account.leaves.size());
  for (const auto& leaf : account.leaves) {
    switch (leaf.fate) {
      case Fate::unmapped:
        out += '-';
        break;
      case Fate::mapped:
        out += '+';
        break;
      case Fate::set_aside:
        out += static_cast<char>('a' + static_cast<int>(leaf.reason));
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

}  // namespace gateway::mapping
