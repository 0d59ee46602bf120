#include "gateway/mapping/cycle_retraction.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr long longest_gestation = 308;

bool is_derived_from_lmp(const CycleContext& context) {
  return context.source == "derived-lmp";
}

void end_lmp(CycleContext& context) {
  if (context.anchor == "lmp") {
    context.anchor.clear();
    context.anchor_date.clear();
  }
  context.lmp_date.clear();
  context.derived_day.reset();
  if (is_derived_from_lmp(context)) {
    context.day.reset();
    context.gestation_value.clear();
  } else if (context.confidence == "conflicting") {
    context.confidence = "stated";
  }
}

void end_anchor(CycleContext& context) {
  context.anchor.clear();
  context.anchor_date.clear();
  context.offset.reset();
  if (context.phase_source == "anchor") {
    context.phase.clear();
    context.phase_source.clear();
  }
}

void end_pregnancy(CycleContext& context) {
  const bool counted = !context.gestation_value.empty() && !is_derived_from_lmp(context);
  if (context.status != "pregnant" || counted) return;  // a gestation says it as well (C18)
  context.status = "unknown";
  context.gestation_value.clear();
}

void end_statement(CycleContext& context, const std::string& kind) {
  const std::string_view anchor = anchor_of_kind(kind);
  if (!anchor.empty()) {
    if (context.anchor == anchor)
      end_anchor(context);
    else if (anchor == "stimulation-start" && context.status == "stimulated")
      context.status = "unknown";  // it follows from what remains
  } else if (kind == "lmp") {
    end_lmp(context);
  } else if (kind == "cycle-day" && is_stated_day(context)) {
    context.day.reset();
    context.derived_day.reset();
  } else if (kind == "cycle-phase" && context.phase_source == "stated") {
    context.phase.clear();
    context.phase_source.clear();
  } else if (kind == "cycle-type") {
    context.cycle_type.clear();
    context.qualifiers.clear();
  } else if (kind == "pregnancy-status") {
    end_pregnancy(context);
  } else if ((kind == "edd") == (context.source == "derived-edd") &&
             (kind == "edd" || kind == "gestational-age")) {
    context.gestation_value.clear();
  } else if (kind == "menopausal-status") {
    std::erase(context.qualifiers, "postmenopausal");
    if (context.status == "postmenopausal") context.status = "unknown";
  }
}

}  // namespace

CycleContext without(CycleContext standing, const std::vector<Retraction>& retracted) {
  if (retracted.empty()) return standing;
  const bool had_evidence = !standing.evidence.empty();
  for (const Retraction& one : retracted)
    if (std::erase(standing.evidence, one.evidence) > 0) end_statement(standing, one.kind);
  return had_evidence && standing.evidence.empty() ? CycleContext{} : standing;
}

CycleContext shifted(CycleContext context, long days) {
  if (days == 0) return context;
  const auto move = [days](std::optional<int>& day) {
    if (!day) return;
    const long moved = *day + days;
    if (moved >= 1 && moved <= most_derived_day)
      day = static_cast<int>(moved);
    else
      day.reset();
  };
  if (is_derived_from_lmp(context)) move(context.day);
  move(context.derived_day);
  if (context.anchor != "lmp" && !context.anchor_date.empty() && context.offset) {
    *context.offset += static_cast<int>(days);
    if (*context.offset < 0 && !may_be_ahead(context.anchor)) context.offset.reset();
  }
  const bool counted = is_derived_from_lmp(context) || context.source == "derived-edd";
  if (!counted || context.gestation_value.empty() || context.gestation_unit != "d") return context;
  long gestation = 0;
  const auto& text = context.gestation_value;
  std::from_chars(text.data(), text.data() + text.size(), gestation);
  gestation += days;
  const bool plausible = gestation >= 0 && gestation <= longest_gestation;
  context.gestation_value = plausible ? std::to_string(gestation) : "";
  return context;
}

}  // namespace gateway::mapping
