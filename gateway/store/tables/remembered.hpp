#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/hash.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::tables {

/// What message after message names again and stands as it is: practitioners, organizations. Asked
/// of the writer's connection alone, under its lock, so a write forgets before anybody asks again.
/// Whoever rolls back or opens the file anew forgets all. Memory is bounded.
class Remembered {
 public:
  /// What stands under this locator, if that is known to have this content.
  const Current* find(const std::string& locator, const base::Digest& content) const {
    const auto found = known_.find(locator);
    return found != known_.end() && found->second.content == content ? &found->second.current
                                                                     : nullptr;
  }
  void keep(const std::string& locator, const base::Digest& content, const Current& current) {
    if (known_.size() >= most) known_.clear();
    known_.insert_or_assign(locator, Known{content, current});
  }
  void forget(const std::string& locator) { known_.erase(locator); }
  void forget_all() { known_.clear(); }

 private:
  static constexpr std::size_t most = 20'000;
  struct Known {
    base::Digest content{};
    Current current;
  };
  std::unordered_map<std::string, Known> known_;  // by locator
};

}  // namespace gateway::store::tables
