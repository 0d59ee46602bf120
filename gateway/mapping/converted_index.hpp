#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "gateway/mapping/conversion.hpp"

namespace gateway::mapping {

/// Where each resource is among those of a conversion. Nearly all is asked in order: then one key
/// is compared, and no table is made before the first question that is not. One thread; the
/// conversion outlives it, and its resources stay where they are.
class ConvertedIndex {
 public:
  explicit ConvertedIndex(const Conversion& conversion) : resources_(conversion.resources) {}

  /// Its position; absent: the message does not write it.
  std::optional<std::size_t> find(std::string_view type, std::string_view id);
  std::optional<std::size_t> find(const fhir::ResourceKey& key) { return find(key.type, key.id); }

 private:
  const std::vector<ConvertedResource>& resources_;
  std::size_t next_ = 0;
  std::unordered_multimap<std::string_view, std::size_t> by_id_;  // of several types
};

}  // namespace gateway::mapping
