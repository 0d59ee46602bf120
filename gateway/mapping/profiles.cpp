// Which profiles a result meets (DOMAIN.md §7). A profile names a code of its panel, a family of
// sample types and components; mappings/fhir/source/profiles.json says the same to the outside.
#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/result_decision.hpp"

namespace gateway::mapping {
namespace {

using ValueKind = Value::Kind;

std::ptrdiff_t count_of(const Decision& decision, std::string_view code) {
  return std::count_if(decision.components.begin(), decision.components.end(),
                       [&](const WrittenComponent& one) { return one.code == code; });
}

bool all_of(const Decision& decision, std::string_view code, ValueKind kind, bool in_set) {
  return std::all_of(decision.components.begin(), decision.components.end(),
                     [&](const WrittenComponent& one) {
                       return one.code != code || (one.kind == kind && (one.in_set || !in_set));
                     });
}

bool meets_cytotoxicity(const Decision& decision) {
  return count_of(decision, "et-ratio") == 1 && count_of(decision, "in-vitro-additive") == 1 &&
         all_of(decision, "et-ratio", ValueKind::ratio, false) &&
         all_of(decision, "in-vitro-additive", ValueKind::coded, true);
}

bool meets_uterine(const Decision& decision) {
  return count_of(decision, "endometrial-compartment") <= 1 &&
         count_of(decision, "fields-counted") <= 1 &&
         all_of(decision, "endometrial-compartment", ValueKind::coded, false) &&
         all_of(decision, "fields-counted", ValueKind::integer, false);
}

bool is_fluid_of_blood(std::string_view sample) {
  return sample == "serum" || sample == "plasma" || sample == "serum-or-plasma";
}

/// The panel of the code that was written: a stand-in's own, none where the code is left out.
std::string_view panel_of(const Row& row, const Decision& decision) {
  if (decision.timeless) return {};
  if (decision.stand_in == "nk-unspecified-method-tissue") return "uterine-nk";
  if (!decision.stand_in.empty() || row.code.target == nullptr) return {};
  return row.code.target->panel;
}

/// R4's own profile of blood pressure: both halves in mm[Hg], or why there is none.
bool meets_pressure(const Row& row, const Decision& decision) {
  return row.is_blood_pressure && !decision.timeless && decision.components.size() == 2 &&
         std::all_of(decision.components.begin(), decision.components.end(),
                     [](const WrittenComponent& half) {
                       return half.in_set &&
                              (half.kind == ValueKind::quantity || half.kind == ValueKind::none);
                     });
}

/// The profile of the panel, where sample type and components are of its kind.
std::string_view panel_profile(std::string_view panel, const Decision& decision) {
  const std::string_view sample = decision.sample.type, family = family_of(sample);
  if (panel == "blood-nk" && family == "blood") return "blood-nk";
  if (panel == "th1-th2-cells" && family == "blood") return "th1-th2-cells";
  if (panel == "nk-cytotoxicity" && family == "blood" && meets_cytotoxicity(decision))
    return "nk-cytotoxicity";
  if (panel == "uterine-nk" && family == "tissue" && meets_uterine(decision)) return "uterine-nk";
  if (panel == "serum-cytokine" && is_fluid_of_blood(sample)) return "serum-cytokine";
  if (panel == "monitoring") return "monitoring";
  return {};
}

}  // namespace

void claim_profiles(Draft& draft, const Row& row, const Decision& decision) {
  draft.profiles.push_back("result-observation");
  const std::string_view met = panel_profile(panel_of(row, decision), decision);
  if (!met.empty()) draft.profiles.push_back(met);
  if (meets_pressure(row, decision)) draft.profiles.push_back(fhir::canonical::pressure_profile);
}

}  // namespace gateway::mapping
