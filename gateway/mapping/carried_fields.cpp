// Fields without a home that travel as they were sent (V2FHIR.md §5.1, L7): those that the sender's
// profile names, and what repeats where one value is expected (§1.3, E5).
#include <algorithm>
#include <initializer_list>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {
namespace {

/// Fields that hold one value, by bits of their numbers (HL7 v2.9).
struct Single {
  std::string_view segment;
  std::uint64_t fields;
};
constexpr std::uint64_t of(std::initializer_list<unsigned> fields) {
  std::uint64_t bits = 0;
  for (const unsigned field : fields) bits |= std::uint64_t{1} << field;
  return bits;
}
constexpr Single single_fields[] = {
    {"PID", of({2, 7, 8, 12, 15, 16, 17, 18, 19, 20, 23, 24, 25, 29, 30, 33, 34, 35, 36})},
    {"PV1", of({2, 3, 4, 5, 6, 10, 11, 13, 14, 18, 19, 36, 37, 38, 39, 40, 42, 44, 45, 50, 54})},
    {"ORC", of({1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 18, 25, 28, 29})},
    {"OBR", of({2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 22, 24, 25, 26, 29, 32, 36, 50, 51, 52})},
    {"OBX", of({2, 3, 4, 6, 7, 9, 11, 12, 13, 14, 15, 19, 22, 23, 24, 25, 26, 30, 31, 32, 33})},
    {"SPM", of({2, 4, 7, 8, 10, 11, 12, 17, 18, 19, 20, 22, 25, 27, 30})},
    {"TXA", of({2, 4, 6, 7, 12, 13, 16, 17, 18, 19})}};

bool holds_one_value(std::string_view segment, std::uint16_t field) {
  constexpr std::uint16_t most = 63;
  return field <= most &&
         std::any_of(std::begin(single_fields), std::end(single_fields), [&](const Single& one) {
           return one.segment == segment && (one.fields >> field & 1U) != 0;
         });
}

void carry_leaf(Desk& desk, Draft& draft, std::uint32_t index) {
  const hl7v2::Leaf& leaf = desk.message().leaves()[index];
  const Text said = desk.fields().at(
      {leaf.segment, leaf.field, leaf.repetition, leaf.component, leaf.subcomponent});
  if (!said.empty()) carry(desk, draft, desk.message().address(leaf), said);
}

/// What repeats stands beside the first, which alone is read: joined to one text it would be no
/// number, no time and no code.
class Repetitions {
 public:
  explicit Repetitions(Desk& desk) : desk_(desk) {}

  bool take(Draft& draft, std::uint32_t index) {
    const hl7v2::Leaf& leaf = desk_.message().leaves()[index];
    const std::string_view segment = desk_.message().segments()[leaf.segment].name;
    if (leaf.repetition < 2 || !holds_one_value(segment, leaf.field)) return false;
    carry_leaf(desk_, draft, index);
    const std::uint64_t here = std::uint64_t{leaf.segment} << 16 | leaf.field;
    constexpr int most = 20;  // a message may hold thousands
    if (here == last_ || said_ == most) return true;
    last_ = here;
    ++said_;
    desk_.issue_at("unexpected-structure", &draft, desk_.message().address(leaf),
                   "the field holds one value: the first is read, the others stand as sent");
    return true;
  }

 private:
  Desk& desk_;
  std::uint64_t last_ = 0;  // segment and field that was said
  int said_ = 0;
};

bool is_carried(const Desk& desk, const hl7v2::Leaf& leaf) {
  const std::vector<std::string>& wanted = desk.profile().carry;
  if (wanted.empty()) return false;
  const std::string field =
      std::string(desk.message().segments()[leaf.segment].name) + "-" + std::to_string(leaf.field);
  return std::find(wanted.begin(), wanted.end(), field) != wanted.end();
}

}  // namespace

void carry(Desk& desk, Draft& draft, std::string_view address, const Text& said) {
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("v2-field"));
  draft.extensions.from("valueString", std::string(address) + ": " + std::string(said.text), said);
  for (std::uint32_t k = said.first_leaf; k < said.first_leaf + said.leaf_count; ++k)
    desk.fields().account().leaves[k].carried = true;
}

void carry_rest(Desk& desk, Draft& draft, SegmentIndex index) {
  const hl7v2::Segment& segment = desk.message().segments()[index];
  for (std::uint32_t k = segment.first_leaf; k < segment.first_leaf + segment.leaf_count; ++k)
    if (desk.fields().account().leaves[k].fate == Fate::unmapped) carry_leaf(desk, draft, k);
}

void carry_fields(Desk& desk) {
  if (!desk.keeps_owners()) return;
  Draft* owner = desk.header();
  Repetitions repetitions(desk);
  const auto segments = desk.message().segments();
  const auto& leaves = desk.fields().account().leaves;
  for (SegmentIndex index = 0; index < segments.size(); ++index) {
    if (const auto found = desk.owners().find(index); found != desk.owners().end())
      owner = found->second;
    const std::uint32_t end = segments[index].first_leaf + segments[index].leaf_count;
    for (std::uint32_t k = segments[index].first_leaf; k < end; ++k) {
      if (leaves[k].fate != Fate::unmapped || repetitions.take(*owner, k)) continue;
      if (is_carried(desk, desk.message().leaves()[k])) carry_leaf(desk, *owner, k);
    }
  }
}

}  // namespace gateway::mapping
