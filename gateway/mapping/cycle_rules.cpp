#include "gateway/mapping/cycle_rules.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

bool is_stimulated(const CycleContext& context) {
  return context.anchor == "stimulation-start" || context.cycle_type.starts_with("stimulated-");
}

bool is_medicated(const CycleContext& context, bool postmenopausal) {
  return is_treatment_start(context.anchor) ||
         (context.cycle_type == "medicated" && !postmenopausal);
}

std::string_view status_of(const CycleContext& context, const StatusFacts& facts,
                           std::string_view stated_phase) {
  if (facts.male) return "not-applicable";
  if (facts.pregnant) return "pregnant";
  if (facts.stimulated || is_stimulated(context)) return "stimulated";
  if (facts.medicated || is_medicated(context, facts.postmenopausal)) return "medicated";
  if (facts.postmenopausal) return "postmenopausal";
  const bool offset = context.offset && !context.anchor.empty();
  return context.day || offset || !stated_phase.empty() ? "known" : "unknown";
}

}  // namespace

std::string_view code_of(Source source) {
  switch (source) {
    case Source::aoe_obx:
      return "aoe-obx";
    case Source::specimen_obx:
      return "specimen-obx";
    case Source::patient_obx:
      return "patient-obx";
    case Source::z_segment:
      return "z-segment";
    case Source::derived_lmp:
      return "derived-lmp";
    case Source::derived_edd:
      return "derived-edd";
    case Source::text_obr13:
      return "text-obr13";
    case Source::text_obr39:
      return "text-obr39";
    case Source::text_nte:
      return "text-nte";
    case Source::shared_same_day:
      return "shared-same-day";
    case Source::none:
      break;
  }
  return "none";
}

std::string_view field_of(Source source) {
  if (source == Source::text_obr13) return "OBR-13";
  return source == Source::text_obr39 ? "OBR-39" : "NTE-3";
}

std::string_view phase_of_anchor(std::string_view anchor, std::optional<int> offset) {
  if (!offset) return "";
  const int day = *offset;
  if (anchor == "lh-surge")
    return day >= -1 && day <= 1 ? "periovulatory" : day >= 2 && day <= 15 ? "luteal" : "";
  if (anchor == "hcg-trigger")
    return day >= 0 && day <= 1 ? "periovulatory" : day >= 2 && day <= 15 ? "luteal" : "";
  if (anchor == "ovulation")
    return day == 0 ? "periovulatory" : day >= 1 && day <= 15 ? "luteal" : "";
  if (anchor == "progesterone-start") return day >= 0 ? "progesterone-exposed" : "";
  return "";
}

void settle_status(CycleContext& context, const StatusFacts& facts, std::string_view stated_phase) {
  context.status = status_of(context, facts, stated_phase);
  if (context.status == "pregnant" || context.status == "postmenopausal") {
    context.day.reset();
    context.derived_day.reset();
    context.phase = context.status;
    context.phase_source = "status";
  } else if (!stated_phase.empty()) {
    context.phase = stated_phase;
    context.phase_source = "stated";
  } else {
    context.phase = phase_of_anchor(context.anchor, context.offset);
    context.phase_source = context.phase.empty() ? "" : "anchor";
  }
  const auto at = std::find(context.qualifiers.begin(), context.qualifiers.end(), "postmenopausal");
  const bool wanted = facts.postmenopausal && context.status != "postmenopausal";
  if (wanted && at == context.qualifiers.end()) context.qualifiers.emplace_back("postmenopausal");
  if (!wanted && at != context.qualifiers.end()) context.qualifiers.erase(at);
}

void place_lmp(CycleContext& context, const std::string& lmp, const StatusFacts& facts) {
  if (lmp.empty()) return;
  const bool treated = facts.stimulated || facts.medicated || is_stimulated(context) ||
                       is_medicated(context, facts.postmenopausal);
  const bool cycle = !facts.pregnant && !facts.maybe_pregnant;
  if (context.anchor.empty() && cycle && (!facts.postmenopausal || treated)) {
    context.anchor = "lmp";
    context.anchor_date = lmp;
  } else {
    context.lmp_date = lmp;
  }
}

}  // namespace gateway::mapping
