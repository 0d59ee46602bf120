#include <array>
#include <string>

#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {
namespace {

struct AnchorTag {
  std::string_view anchor, stem;
};
constexpr std::array anchor_tags{
    AnchorTag{"lh-surge", "lh-plus-"},          AnchorTag{"hcg-trigger", "hcg-plus-"},
    AnchorTag{"ovulation", "ov-plus-"},         AnchorTag{"progesterone-start", "p-plus-"},
    AnchorTag{"estrogen-start", "e-day-"},      AnchorTag{"stimulation-start", "stim-day-"},
    AnchorTag{"oocyte-retrieval", "opu-plus-"}, AnchorTag{"embryo-transfer", "et-plus-"}};

/// `lh-plus-7`; the anchor's own code where the offset is absent or has no code of its own.
std::string anchor_tag(const CycleContext& context) {
  if (!context.offset) return context.anchor;
  const int offset = *context.offset;
  for (const AnchorTag& known : anchor_tags) {
    if (known.anchor != context.anchor) continue;
    if (offset >= 0) return std::string(known.stem) + std::to_string(offset);
    if (context.anchor == "lh-surge") return "lh-minus-" + std::to_string(-offset);
  }
  return context.anchor;
}

std::string gestation_tag(const CycleContext& context) {
  if (context.gestation_unit == "wk") return "ga-" + context.gestation_value + "w";
  const int days = std::stoi(context.gestation_value);
  return "ga-" + std::to_string(days / 7) + "w" + std::to_string(days % 7) + "d";
}

bool is_small_number(const std::string& text) {
  return !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> tags_of(const CycleContext& context) {
  std::vector<std::pair<std::string, std::string>> tags;
  const bool no_cycle = context.status == "pregnant" || context.status == "postmenopausal" ||
                        context.status == "not-applicable";
  tags.emplace_back("cycle-day", no_cycle      ? "not-applicable"
                                 : context.day ? "cd-" + std::to_string(*context.day)
                                               : "unknown");
  if (!context.anchor.empty()) tags.emplace_back("cycle-anchor", anchor_tag(context));
  if (!context.phase.empty()) tags.emplace_back("cycle-phase", context.phase);
  if (is_small_number(context.gestation_value))
    tags.emplace_back("gestation", gestation_tag(context));
  return tags;
}

}  // namespace gateway::mapping
