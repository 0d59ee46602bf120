#include "gateway/mapping/loss_account.hpp"

#include <algorithm>

namespace gateway::mapping {

const char* to_text(Reason reason) {
  switch (reason) {
    case Reason::framing:
      return "framing";
    case Reason::transport:
      return "transport";
    case Reason::set_id:
      return "set-id";
    case Reason::type:
      return "type";
    case Reason::duplicate:
      return "duplicate";
    case Reason::null:
      return "null";
    case Reason::blank:
      return "blank";
    case Reason::billing:
      return "billing";
    case Reason::logistics:
      return "logistics";
    case Reason::out_of_purpose:
      return "out-of-purpose";
    case Reason::status_not_a_result:
      return "status-not-a-result";
    case Reason::superseded:
      return "superseded";
    case Reason::rejected:
      return "rejected";
    case Reason::profile:
      return "profile";
    case Reason::credential:
      return "credential";
  }
  return "";
}

namespace {
std::size_t count(const std::vector<LeafFate>& leaves, Fate fate) {
  return static_cast<std::size_t>(std::count_if(
      leaves.begin(), leaves.end(), [fate](const LeafFate& leaf) { return leaf.fate == fate; }));
}
}  // namespace

std::size_t LossAccount::mapped() const {
  return count(leaves, Fate::mapped);
}
std::size_t LossAccount::carried() const {
  return static_cast<std::size_t>(std::count_if(leaves.begin(), leaves.end(),
                                                [](const LeafFate& leaf) { return leaf.carried; }));
}
std::size_t LossAccount::set_aside() const {
  return count(leaves, Fate::set_aside);
}
std::size_t LossAccount::unmapped() const {
  return count(leaves, Fate::unmapped);
}

PathId LossAccount::member(PathId parent, const char* name) {
  steps.push_back({parent, 0, name});
  return static_cast<PathId>(steps.size() - 1);
}

PathId LossAccount::element(PathId parent, std::uint32_t index) {
  steps.push_back({parent, index, nullptr});
  return static_cast<PathId>(steps.size() - 1);
}

std::string LossAccount::text_of(PathId path) const {
  std::vector<PathId> way;
  for (; path != 0; path = steps[path].parent) way.push_back(path);
  std::string text;
  for (auto at = way.rbegin(); at != way.rend(); ++at) {
    const PathStep& step = steps[*at];
    if (step.name == nullptr) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      if (!text.empty()) text += '.';
      text += step.name;
    }
  }
  return text;
}

}  // namespace gateway::mapping
