#include "gateway/mapping/converted_index.hpp"

namespace gateway::mapping {

std::optional<std::size_t> ConvertedIndex::find(std::string_view type, std::string_view id) {
  const auto is_meant = [&](std::size_t i) {
    const fhir::ResourceKey& key = resources_[i].key;
    return key.id == id && key.type == type;
  };
  for (const std::size_t i : {next_, next_ + 1})
    if (i < resources_.size() && is_meant(i)) return next_ = i;
  if (by_id_.empty())
    for (std::size_t i = 0; i < resources_.size(); ++i) by_id_.emplace(resources_[i].key.id, i);
  const auto [begin, end] = by_id_.equal_range(id);
  for (auto at = begin; at != end; ++at)
    if (is_meant(at->second)) return next_ = at->second;
  return std::nullopt;
}

}  // namespace gateway::mapping
