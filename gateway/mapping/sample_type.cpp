#include "gateway/mapping/sample_type.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

using Code = SampleType::Code;

constexpr std::string_view conflict = "code-specimen-conflict";

/// What a code's system axis says by itself (S4); "" where it says nothing.
std::string_view type_of(Axis axis) {
  switch (axis) {
    case Axis::blood:
      return "peripheral-blood";
    case Axis::blood_mononuclear:
      return "blood-mononuclear-cells";
    case Axis::serum_or_plasma:
      return "serum-or-plasma";
    case Axis::serum:
      return "serum";
    case Axis::plasma:
      return "plasma";
    case Axis::urine:
      return "urine";
    case Axis::tissue:
      return "other-tissue";
    case Axis::endometrium:
      return "endometrium";
    case Axis::patient:
      return "not-a-specimen";
    case Axis::none:
    case Axis::unspecified:
      return "";
  }
  return "";
}

bool is_fraction(Axis axis) {
  return axis == Axis::serum_or_plasma || axis == Axis::serum || axis == Axis::plasma;
}

/// Could this stated member of the BLOOD family give a result of this axis? S5–S7 and S9; fractions
/// cannot come of separated cells, nor cells of a fraction.
bool can_give(std::string_view stated, Axis axis) {
  if (stated == "peripheral-blood") return true;
  if (stated == "blood-mononuclear-cells") return !is_fraction(axis);
  if (!is_fraction(axis)) return false;
  return stated == "serum-or-plasma" || axis == Axis::serum_or_plasma || stated == type_of(axis);
}

SampleType withheld(const StatedSample& stated, std::span<const TargetCode* const> targets,
                    std::string_view contradicting) {
  SampleType out{stated.type, stated.source, Code::withheld, "", {}};
  const bool killer = std::any_of(targets.begin(), targets.end(), [](const TargetCode* target) {
    return target != nullptr && target->natural_killer;
  });
  const bool killer_on_tissue = killer && family_of(stated.type) == "tissue";
  out.stand_in = killer_on_tissue ? "nk-unspecified-method-tissue" : "result-code-withheld";
  out.issues.emplace_back(conflict);
  out.contradicting = contradicting;
  if (!stated.type.empty()) return out;  // else codings that contradict each other
  out.type = "unknown";
  out.source = "none";
  out.issues.emplace_back("specimen-unknown");
  return out;
}

SampleType without_statement(const TargetCode* target, std::string_view map_sample) {
  const std::string_view by_axis = target == nullptr ? "" : type_of(target->axis);
  if (!by_axis.empty()) return {std::string(by_axis), "loinc-system", Code::kept, "", {}};
  if (!map_sample.empty()) return {std::string(map_sample), "code-map", Code::kept, "", {}};
  return {"unknown", "none", Code::kept, "", {"specimen-unknown"}};
}

const SpecimenRow* row_of(const SpecimenCoding& coding, const std::vector<std::string_view>& bare,
                          const Catalogue& catalogue) {
  if (!coding.table.empty()) return catalogue.specimen(coding.table, coding.code);
  for (const std::string_view table : bare) {
    if (const auto* row = catalogue.specimen(table, coding.code)) return row;
  }
  return catalogue.specimen("", coding.code);
}

/// SNOMED CT, then HL70487, then what else was sent (S1).
int rank(const SpecimenCoding& coding, const Catalogue& catalogue) {
  const auto uri = catalogue.coding_system(coding.table);
  if (uri && uri == catalogue.coding_system("SCT")) return 0;
  return uri && uri == catalogue.coding_system("HL70487") ? 1 : 2;
}

std::string specimen_type(const SpecimenStatement& statement, const Catalogue& catalogue) {
  std::vector<std::string_view> bare{"HL70070", "HL70487"};  // S2, of OBR-15
  if (!statement.from_obr15) std::swap(bare[0], bare[1]);
  std::vector<SpecimenCoding> codings = statement.types;
  std::stable_sort(codings.begin(), codings.end(), [&](const auto& a, const auto& b) {
    return rank(a, catalogue) < rank(b, catalogue);
  });
  for (const SpecimenCoding& coding : codings) {
    const SpecimenRow* row = row_of(coding, bare, catalogue);
    if (row != nullptr && !row->sample_type.empty()) return row->sample_type;
  }
  return {};
}

std::string site_type(const SpecimenStatement& statement, const Catalogue& catalogue) {
  static const std::vector<std::string_view> bare{"HL70163", "HL70550", "HL70070"};
  for (const SpecimenCoding& coding : statement.sites) {
    const SpecimenRow* row = row_of(coding, bare, catalogue);
    if (row != nullptr && !row->site_type.empty()) return row->site_type;
  }
  return {};
}

bool says_anything(const std::vector<SpecimenCoding>& codings) {
  return std::any_of(codings.begin(), codings.end(),
                     [](const SpecimenCoding& coding) { return !coding.code.empty(); });
}

}  // namespace

StatedSample stated_sample(const SpecimenStatement& statement, const Catalogue& catalogue) {
  StatedSample out{"", "none", false, false, false};
  if (!statement.present) return out;
  out.type = specimen_type(statement, catalogue);
  out.unmapped = out.type.empty() && says_anything(statement.types);
  const std::string site = site_type(statement, catalogue);
  if ((out.type.empty() || out.type == "other-tissue") && !site.empty()) {
    out.type = site;
  } else if (out.type == "other-tissue") {
    out.other_tissue = !says_anything(statement.sites);
  }
  out.other_site = out.type.empty() && says_anything(statement.sites);
  if (!out.type.empty()) out.source = statement.from_obr15 ? "obr-15" : "spm";
  return out;
}

SampleType sample_type(const StatedSample& stated, const TargetCode* target,
                       std::string_view map_sample) {
  const Axis axis = target == nullptr ? Axis::none : target->axis;
  if (axis == Axis::patient) {  // S17: measured on the person, whatever else the order says
    return {"not-a-specimen", "loinc-system", Code::kept, "", {}};
  }
  if (stated.type.empty()) {
    SampleType out = without_statement(target, map_sample);
    if (stated.other_site && out.type == "endometrium") out.type = "other-tissue";  // S3
    return out;
  }
  const std::string_view by_axis = type_of(axis);
  SampleType out{stated.type, stated.source, Code::kept, "", {}};
  if (by_axis.empty()) return out;                   // S8
  if (family_of(stated.type) != family_of(by_axis))  // S10
    return withheld(stated, {&target, 1}, by_axis);
  if (stated.other_tissue && axis == Axis::endometrium) {  // S3
    out.type = by_axis;
    out.source = "loinc-system";
  } else if (stated.type == "peripheral-blood" && is_fraction(axis)) {  // S6
    out.type = by_axis;
    out.source = "loinc-system";
  } else if (family_of(stated.type) == "blood" && !can_give(stated.type, axis)) {  // S9
    out.code = Code::improbable;
    out.issues.emplace_back(conflict);
  }
  return out;
}

SampleType sample_type(const StatedSample& stated, std::span<const TargetCode* const> targets,
                       std::string_view map_sample) {
  const auto says_type = [](const TargetCode* target) {
    return target != nullptr && !type_of(target->axis).empty();
  };
  const auto first = std::find_if(targets.begin(), targets.end(), says_type);
  if (first == targets.end())
    return sample_type(stated, targets.empty() ? nullptr : targets.front(), map_sample);
  SampleType out = sample_type(stated, *first, map_sample);
  for (const TargetCode* target : targets) {
    if (!says_type(target)) continue;
    const std::string_view by_axis = type_of(target->axis);
    if (family_of(by_axis) != family_of(out.type)) return withheld(stated, targets, by_axis);
    const bool fits = family_of(stated.type) != "blood" || can_give(stated.type, target->axis);
    if (fits || out.code == Code::improbable) continue;
    out.code = Code::improbable;  // S9
    out.issues.emplace_back(conflict);
  }
  return out;
}

std::string_view family_of(std::string_view sample_type) {
  static constexpr std::string_view blood[] = {"peripheral-blood", "serum", "plasma",
                                               "serum-or-plasma", "blood-mononuclear-cells"};
  static constexpr std::string_view tissue[] = {"endometrium", "decidua", "placenta",
                                                "other-tissue"};
  if (std::find(std::begin(blood), std::end(blood), sample_type) != std::end(blood)) return "blood";
  if (std::find(std::begin(tissue), std::end(tissue), sample_type) != std::end(tissue)) {
    return "tissue";
  }
  return sample_type;
}

}  // namespace gateway::mapping
