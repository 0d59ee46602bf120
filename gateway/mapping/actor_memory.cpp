#include "gateway/mapping/actor_memory.hpp"

#include <algorithm>
#include <utility>

namespace gateway::mapping {
namespace {

constexpr std::size_t most_known = 1000;

void put_number(std::string& key, std::uintptr_t number) {
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// All that decides what becomes of a mention, but for the catalogue.
std::string key_of(Desk& desk, const Text& leaves) {
  constexpr std::size_t usual_bytes = 160;
  const auto& message = desk.message();
  std::string key;
  key.reserve(usual_bytes);
  put_number(key, reinterpret_cast<std::uintptr_t>(&desk.profile()));
  (key += desk.sender()) += '\x1F';
  (key += message.delimiters().component) += message.delimiters().subcomponent;
  for (const auto& leaf : message.leaves().subspan(leaves.first_leaf, leaves.leaf_count)) {
    put_number(key, std::uintptr_t{leaf.size} << 32U | std::uintptr_t{leaf.component} << 16U |
                        leaf.subcomponent);
    key += message.raw(leaf);
  }
  return key;
}

}  // namespace

ActorReference ActorMemory::actor(Desk& desk, const Place& place,
                                  const std::function<ActorReference()>& read) {
  const Text leaves = desk.fields().unread(place);
  if (leaves.leaf_count == 0) return read();
  if (catalogue_ != desk.catalogue().version() || known_.size() >= most_known) known_.clear();
  catalogue_ = desk.catalogue().version();
  auto key = key_of(desk, leaves);
  if (const auto known = known_.find(key); known != known_.end()) {
    const auto& mention = known->second;
    const bool is_first = desk.find(mention.key.type, mention.key.id) == nullptr;
    return is_first ? say_again(desk, place, leaves, mention) : read();
  }
  const LossAccount& account = desk.fields().account();
  const Before before{desk.drafts().size(), desk.issues().size(), account.steps.size(),
                      account.landings.size()};
  ActorReference actor = read();
  if (auto mention = mention_of(desk, leaves, before, actor))
    known_.emplace(std::move(key), *std::move(mention));
  return actor;
}

/// nullopt: it did more than write one resource from its own leaves.
std::optional<ActorMemory::Mention> ActorMemory::mention_of(Desk& desk, const Text& leaves,
                                                            const Before& before,
                                                            const ActorReference& actor) {
  const LossAccount& account = desk.fields().account();
  if (desk.drafts().size() != before.drafts + 1 || desk.issues().size() != before.issues) return {};
  const Draft& draft = desk.drafts().back();
  const bool is_plain = draft.tags.empty() && draft.profiles.empty() && draft.extensions.empty();
  if (!is_plain || draft.body.empty() || actor.reference != draft.reference()) return {};
  Mention mention{draft.key, std::string(draft.body.members()), {}, {}, {}};
  const auto steps = static_cast<PathId>(before.steps);
  for (std::size_t k = before.steps; k < account.steps.size(); ++k) {
    PathStep step = account.steps[k];
    if (step.parent != 0 && step.parent < steps) return {};
    if (step.parent != 0) step.parent -= steps - 1;  // 0 is the resource itself
    mention.steps.push_back(step);
  }
  for (std::size_t k = before.landings; k < account.landings.size(); ++k) {
    const Landing& landing = account.landings[k];
    const bool is_own = landing.resource == draft.number && landing.path >= steps &&
                        landing.leaf >= leaves.first_leaf &&
                        landing.leaf - leaves.first_leaf < leaves.leaf_count;
    if (!is_own) return {};
    mention.landings.push_back({landing.leaf - leaves.first_leaf, 0, landing.path - steps});
  }
  for (std::uint32_t k = 0; k < leaves.leaf_count; ++k) {
    const LeafFate& fate = account.leaves[leaves.first_leaf + k];
    if (fate.carried || fate.reason == Reason::duplicate) return {};
    mention.fates.push_back(fate);
  }
  const Text& origin = actor.origin;
  if (origin.leaf_count != 1 || origin.first_leaf < leaves.first_leaf) return {};
  const auto raw = desk.message().raw(desk.message().leaves()[origin.first_leaf]);
  if (origin.text.data() < raw.data() ||
      origin.text.data() + origin.text.size() > raw.data() + raw.size())
    return {};
  mention.origin_leaf = origin.first_leaf - leaves.first_leaf;
  mention.origin_begin = static_cast<std::uint32_t>(origin.text.data() - raw.data());
  mention.origin_size = static_cast<std::uint32_t>(origin.text.size());
  return mention;
}

ActorReference ActorMemory::say_again(Desk& desk, const Place& place, const Text& leaves,
                                      const Mention& mention) {
  Draft& draft = desk.open(mention.key.type, mention.key.id);
  desk.remember(mention.key.id, place);
  draft.body.say_members(mention.members);
  LossAccount& account = desk.fields().account();
  const auto steps = static_cast<PathId>(account.steps.size());
  for (PathStep step : mention.steps) {
    if (step.parent != 0) step.parent += steps - 1;
    account.steps.push_back(step);
  }
  for (const Landing& landing : mention.landings)
    account.landings.push_back(
        {leaves.first_leaf + landing.leaf, draft.number, steps + landing.path});
  std::copy(mention.fates.begin(), mention.fates.end(),
            account.leaves.begin() + static_cast<std::ptrdiff_t>(leaves.first_leaf));
  const auto leaf = leaves.first_leaf + mention.origin_leaf;
  const auto raw = desk.message().raw(desk.message().leaves()[leaf]);
  return {draft.reference(), Text{raw.substr(mention.origin_begin, mention.origin_size), leaf, 1}};
}

}  // namespace gateway::mapping
