#include "gateway/mapping/spelling.hpp"

#include "gateway/base/edit_distance.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t longest_name = 64;

}  // namespace

std::string nearest_name(std::string_view written, const std::vector<std::string>& known) {
  if (written.size() > longest_name) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string& name : known) {
    if (name.size() > longest_name) continue;
    const std::size_t differs = base::edit_distance(written, name);
    if (differs < least || (differs == least && !best.empty() && name < best)) {
      least = differs;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known,
                         std::string otherwise) {
  const std::string near = nearest_name(written, known);
  return near.empty() ? std::move(otherwise) : "did you mean " + near + "?";
}

}  // namespace gateway::mapping
