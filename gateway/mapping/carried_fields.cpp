// Fields without a home that the sender's profile carries along (V2FHIR.md §5.1, L7).
#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {

void carry(Desk& desk, Draft& draft, std::string_view address, const Text& said) {
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("v2-field"));
  draft.extensions.from("valueString", std::string(address) + ": " + std::string(said.text), said);
  for (std::uint32_t k = said.first_leaf; k < said.first_leaf + said.leaf_count; ++k)
    desk.fields().account().leaves[k].carried = true;
}

namespace {

void carry_segment(Desk& desk, Draft& draft, SegmentIndex index) {
  const hl7v2::Segment& segment = desk.message().segments()[index];
  const std::vector<std::string>& wanted = desk.profile().carry;
  LossAccount& account = desk.fields().account();
  for (std::uint32_t k = segment.first_leaf; k < segment.first_leaf + segment.leaf_count; ++k) {
    const hl7v2::Leaf& leaf = desk.message().leaves()[k];
    if (account.leaves[k].fate != Fate::unmapped) continue;
    const std::string field = std::string(segment.name) + "-" + std::to_string(leaf.field);
    if (std::find(wanted.begin(), wanted.end(), field) == wanted.end()) continue;
    const Text said =
        desk.fields().at({index, leaf.field, leaf.repetition, leaf.component, leaf.subcomponent});
    if (!said.empty()) carry(desk, draft, desk.message().address(leaf), said);
  }
}

}  // namespace

void carry_fields(Desk& desk) {
  if (desk.profile().carry.empty()) return;
  Draft* owner = desk.header();
  for (SegmentIndex index = 0; index < desk.message().segments().size(); ++index) {
    if (const auto found = desk.owners().find(index); found != desk.owners().end())
      owner = found->second;
    carry_segment(desk, *owner, index);
  }
}

}  // namespace gateway::mapping
