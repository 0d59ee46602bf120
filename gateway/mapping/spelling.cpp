#include "gateway/mapping/spelling.hpp"

#include <algorithm>
#include <numeric>

namespace gateway::mapping {
namespace {

constexpr std::size_t longest_name = 64;

/// Letters to insert, drop or exchange between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchange = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, exchange});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view written, const std::vector<std::string>& known) {
  if (written.size() > longest_name) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string& name : known) {
    if (name.size() > longest_name) continue;
    const std::size_t differs = distance(written, name);
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
