#include "gateway/mapping/specimen_layout.hpp"

#include <algorithm>
#include <string_view>

namespace gateway::mapping {
namespace {

/// Where an SPM stands.
enum class Stand {
  leading,  // before any order
  inside,   // between an ORC and its OBR
  amid,     // behind an OBR, with rows of it to come
  between,  // behind one order, before the next
  trailing  // behind all orders
};

struct Stands {
  std::vector<Stand> of;
  std::size_t orders = 0;

  bool any(Stand stand) const { return std::find(of.begin(), of.end(), stand) != of.end(); }
};

/// Which of the segments that decide stands behind: OBX, OBR, ORC; none at the end.
std::string_view next_of(std::span<const hl7v2::Segment> segments) {
  for (const hl7v2::Segment& segment : segments)
    if (segment.name == "OBX" || segment.name == "OBR" || segment.name == "ORC")
      return segment.name;
  return {};
}

Stands find_stands(std::span<const hl7v2::Segment> segments, bool orc_after_obr) {
  Stands stands;
  std::string_view last;  // ORC, OBR, OBX
  std::string_view next;  // for all SPM that follow each other
  bool is_next_known = false;
  for (std::size_t k = 0; k < segments.size(); ++k) {
    const std::string_view name = segments[k].name;
    if (name == "OBR") ++stands.orders;
    if (name == "ORC" && orc_after_obr && last == "OBR") continue;
    if (name == "ORC" || name == "OBR" || (name == "OBX" && !last.empty())) {
      last = name;
      is_next_known = false;
    }
    if (name != "SPM") continue;
    if (!is_next_known) next = next_of(segments.subspan(k + 1));
    is_next_known = true;
    if (last.empty())
      stands.of.push_back(Stand::leading);
    else if (last == "ORC")
      stands.of.push_back(Stand::inside);
    else if (next == "OBX")
      stands.of.push_back(Stand::amid);
    else
      stands.of.push_back(next.empty() ? Stand::trailing : Stand::between);
  }
  return stands;
}

SpecimenOf owner(Stand stand, bool before, bool contradictory) {
  if (stand == Stand::inside) return SpecimenOf::current;
  if (contradictory) return SpecimenOf::unclear;
  if (stand == Stand::leading) return SpecimenOf::next;
  return stand == Stand::between && before ? SpecimenOf::next : SpecimenOf::current;
}

}  // namespace

std::vector<SpecimenOf> lay_out_specimens(std::span<const hl7v2::Segment> segments,
                                          bool specimen_first, bool orc_after_obr) {
  const Stands stands = find_stands(segments, orc_after_obr);
  const bool leads = stands.any(Stand::leading);
  if (specimen_first && leads)  // as its structure has it, rows of the SPM itself among them
    return std::vector<SpecimenOf>(stands.of.size(), SpecimenOf::next);
  // Some before their order and some behind it; with one order alone it is all the same.
  const bool behind = stands.any(Stand::amid) || stands.any(Stand::trailing);
  const bool contradictory =
      stands.orders > 1 && (leads ? behind : specimen_first && stands.any(Stand::between));
  std::vector<SpecimenOf> owners;
  for (const Stand stand : stands.of) owners.push_back(owner(stand, leads, contradictory));
  return owners;
}

}  // namespace gateway::mapping
