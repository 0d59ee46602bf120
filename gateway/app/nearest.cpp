#include "gateway/app/nearest.hpp"

#include <algorithm>

#include "gateway/base/edit_distance.hpp"

namespace gateway::app {

std::string nearest(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const std::string& word : known) {
    const std::size_t here = base::edit_distance(wrong.substr(0, 64), word);
    if (here < least) {
      least = here;
      best = &word;
    }
  }
  return best == nullptr ? "" : *best;
}

}  // namespace gateway::app
