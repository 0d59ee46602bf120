#include "gateway/intake/gaps.hpp"

#include <cstdint>
#include <utility>

namespace gateway::intake {
namespace {

constexpr std::string_view code = "field-unmapped-new";
constexpr std::size_t most_fields = 1'000;  // of a sender

}  // namespace

std::vector<std::string> unmapped_fields(const hl7v2::Message& message,
                                         const mapping::LossAccount& account) {
  std::vector<std::string> fields;
  std::unordered_set<std::string> seen;
  std::uint32_t segment = 0;
  std::uint16_t field = 0;
  for (std::size_t i = 0; i < account.leaves.size(); ++i) {
    if (account.leaves[i].fate != mapping::Fate::unmapped) continue;
    const hl7v2::Leaf& leaf = message.leaves()[i];
    if (!seen.empty() && leaf.segment == segment && leaf.field == field) continue;
    segment = leaf.segment;
    field = leaf.field;
    const auto& of = message.segments()[leaf.segment];
    std::string name = of.is_segment() ? std::string(of.name) : "LINE";
    name += '-' + std::to_string(leaf.field);
    if (seen.insert(name).second) fields.push_back(std::move(name));
  }
  return fields;
}

Gaps::Gaps(store::Store& store) {
  // A store that cannot be read says so at the first message; until then all is new.
  if (auto said = store.reviewed(code)) {
    for (auto& item : *said) known_[std::move(item.sender)].insert(std::move(item.where));
  }
}

std::vector<store::ReviewItem> Gaps::found(const std::string& sender,
                                           const std::vector<std::string>& fields) {
  std::vector<store::ReviewItem> items;
  if (fields.empty()) return items;
  const std::lock_guard lock(mutex_);
  auto& known = known_[sender];
  for (const std::string& field : fields) {
    if (known.size() >= most_fields) break;
    if (!known.insert(field).second) continue;
    items.push_back({std::string(code), std::string(to_text(mapping::severity_of(code))), field, "",
                     "the first message of this sender in which nothing was made of this field"});
  }
  return items;
}

void Gaps::forget(const std::string& sender, const std::vector<store::ReviewItem>& items) {
  const std::lock_guard lock(mutex_);
  for (const auto& item : items) known_[sender].erase(item.where);
}

}  // namespace gateway::intake
