// Which specimen a result was measured on (S17, S18).
#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "gateway/mapping/vital_signs.hpp"
#include "gateway/mapping/write_specimen.hpp"

namespace gateway::mapping {
namespace {

/// The specimens of an order by what may name them; the first of a name counts.
class NamedSpecimens {
 public:
  NamedSpecimens(Desk& desk, const OrderWork& order) : desk_(desk), order_(order) {
    for (const std::size_t i : order.specimens) {
      const SpecimenSegments* specimen = order.patient->specimens[i].segments;
      if (specimen == nullptr) continue;
      placer_.try_emplace(said({specimen->spm, 2, 1, 1}), i);
      filler_.try_emplace(said({specimen->spm, 2, 1, 2}), i);
      set_id_.try_emplace(said({specimen->spm, 1}), i);
    }
  }

  /// S18: the specimen of the row's group; else the one that OBX-4 names by the sender's profile.
  std::optional<std::size_t> of(const Row& row) const {
    if (row.specimen) return row.specimen;
    const std::string& by_sub_id = desk_.profile().specimen_by_sub_id;
    if (by_sub_id == "SPM-2") return first_of(placer_, filler_, row.sub_id.text, row.sub_id.text);
    return by_sub_id == "SPM-1" ? look(set_id_, row.sub_id.text) : std::nullopt;
  }

  /// S18: what OBX-33 (EIP: placer, filler) names decides, whichever order of the patient has it.
  std::optional<std::size_t> said_by(const Row& row) const {
    const std::string_view placer = said({row.obx(), 33, 1, 1}),
                           filler = said({row.obx(), 33, 1, 2});
    if (const auto own = first_of(placer_, filler_, placer, filler)) return own;
    const SpecimenNames& all = of_patient();
    return first_of(all.placer, all.filler, placer, filler);
  }

 private:
  using Names = std::unordered_map<std::string_view, std::size_t>;

  static std::optional<std::size_t> look(const Names& names, std::string_view name) {
    const auto found = name.empty() ? names.end() : names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
  }
  static std::optional<std::size_t> first_of(const Names& placers, const Names& fillers,
                                             std::string_view placer, std::string_view filler) {
    const auto by_placer = look(placers, placer), by_filler = look(fillers, filler);
    if (!by_placer || !by_filler) return by_placer ? by_placer : by_filler;
    return std::min(*by_placer, *by_filler);
  }
  /// Those of all its orders, read once.
  const SpecimenNames& of_patient() const {
    PatientWork& patient = *order_.patient;
    if (patient.names) return *patient.names;
    patient.names.emplace();
    const auto& all = patient.segments->specimens;
    for (std::size_t i = 0; i < all.size(); ++i) {
      patient.names->placer.try_emplace(said({all[i].spm, 2, 1, 1}), i);
      patient.names->filler.try_emplace(said({all[i].spm, 2, 1, 2}), i);
    }
    return *patient.names;
  }
  std::string_view said(const Place& place) const { return desk_.fields().code_at(place).text; }

  Desk& desk_;
  const OrderWork& order_;
  Names placer_, filler_, set_id_;
};

/// A specimen that the message does not hold is no other: its name stays with the result.
void take_named(Desk& desk, OrderWork& order, Row& row, const NamedSpecimens& by_name) {
  row.specimen = by_name.said_by(row);
  if (row.specimen) {
    SpecimenWork& specimen = order.patient->specimens[*row.specimen];
    return announce_specimen(desk, *order.patient, specimen);
  }
  row.names_other_specimen = true;
  desk.issue("specimen-association-ambiguous", row.draft != nullptr ? row.draft : order.report,
             {row.obx(), 33}, "OBX-33 names a specimen that the message does not hold");
}

}  // namespace

void assign_specimens(Desk& desk, OrderWork& order) {
  const NamedSpecimens by_name(desk, order);
  struct Fitting {
    std::size_t count = 0, first = 0;
  };
  std::map<std::string_view, Fitting> by_family;
  for (const std::size_t index : order.specimens) {
    const std::string& stated = order.patient->specimens[index].stated.type;
    if (stated.empty()) continue;
    Fitting& fitting = by_family[family_of(stated)];
    if (fitting.count++ == 0) fitting.first = index;
  }
  for (Row& row : order.rows) {
    if (row.kind != RowKind::result && row.kind != RowKind::attachment) continue;
    if (desk.fields().populated(row.obx(), 33)) {
      take_named(desk, order, row, by_name);
      continue;
    }
    row.specimen = by_name.of(row);
    if (row.specimen || row.kind == RowKind::attachment) continue;
    const TargetCode* target = row.code.target;
    if (is_vital_sign(row) || (target != nullptr && target->axis == Axis::patient)) continue;
    if (order.specimens.empty() && order.segments->specimen_unclear)
      desk.issue("specimen-association-ambiguous", row.draft, {row.obx(), 1},
                 "SPM stand before and behind their orders: nobody can tell which is whose");
    if (order.specimens.size() == 1) row.specimen = order.specimens.front();
    if (order.specimens.size() < 2) continue;
    const auto fitting = by_family.find(family_of(sample_type({}, row.code.targets(), "").type));
    if (fitting != by_family.end() && fitting->second.count == 1) {
      row.specimen = fitting->second.first;
    } else {
      desk.issue("specimen-association-ambiguous", row.draft, {row.obx(), 1},
                 "several specimens may be meant");
    }
  }
}

}  // namespace gateway::mapping
