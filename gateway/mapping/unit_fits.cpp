#include <algorithm>
#include <string>

#include "gateway/mapping/csv.hpp"
#include "gateway/mapping/sample_type.hpp"
#include "gateway/mapping/ucum.hpp"

namespace gateway::mapping {
namespace {

/// `dimension` once above the line, per volume, and nothing else.
bool per_volume(const UnitShape& unit, Dimension dimension) {
  UnitShape wanted;
  wanted.power[static_cast<std::size_t>(dimension)] = 1;
  wanted.power[static_cast<std::size_t>(Dimension::length)] = -3;
  return unit.power == wanted.power;
}

bool alone(const UnitShape& unit, Dimension dimension, int power) {
  UnitShape wanted;
  wanted.power[static_cast<std::size_t>(dimension)] = power;
  return unit.power == wanted.power;
}

/// A pure number: no atom that merely cancelled out, as in mmol/mol.
bool plain_number(const UnitShape& unit) {
  return unit.unity() && unit.uses == std::array<int, dimension_count>{};
}

bool fits(Property property, const UnitShape& unit, std::string_view ucum) {
  switch (property) {
    case Property::mass_concentration:
      return per_volume(unit, Dimension::mass);
    case Property::substance_concentration:
      return per_volume(unit, Dimension::amount);
    case Property::number_concentration:
      return alone(unit, Dimension::length, -3);
    case Property::arbitrary_concentration:  // U as senders use it for hormones
    case Property::catalytic_concentration:  // IU of an enzyme is U
      return per_volume(unit, Dimension::arbitrary) || per_volume(unit, Dimension::catalytic);
    case Property::number_fraction:
    case Property::mass_fraction:
      return plain_number(unit);
    case Property::number_ratio:  // two to one is not two per cent
    case Property::ratio:
      return plain_number(unit) && ucum.find('%') == ucum.npos;
    case Property::substance_ratio:
      return unit.unity() && unit.used(Dimension::amount) == 2;
    case Property::mass_ratio:  // milligrams in a gram are a ratio; a hundredth names neither
      return unit.unity() && unit.used(Dimension::amount) == 0 && ucum.find('%') == ucum.npos;
    case Property::mass_rate:
      return unit.of(Dimension::mass) == 1 && unit.of(Dimension::time) == -1 &&
             unit.of(Dimension::length) == 0 && unit.of(Dimension::amount) == 0;
    case Property::pressure:
      return alone(unit, Dimension::pressure, 1);
    case Property::mass:
      return alone(unit, Dimension::mass, 1);
    case Property::number_areic:
      return alone(unit, Dimension::length, -2) || alone(unit, Dimension::field, -1) ||
             (plain_number(unit) && unit.annotated);  // {count}/{section}
    case Property::none:
    case Property::finding:
    case Property::narrative:
    case Property::ordinal:
    case Property::quantity:
      return true;
  }
  return true;
}

}  // namespace

bool unit_fits(Property property, std::string_view ucum) {
  const auto unit = read_ucum(ucum);
  return !unit || fits(property, *unit, ucum);
}

bool unit_fits(const TargetCode& target, std::string_view ucum) {
  if (!unit_fits(target.property, ucum)) return false;
  const auto unit = read_ucum(ucum);
  if (target.property != Property::number_areic || !unit || target.unit.empty()) return true;
  // How large a field is, the microscope says and nobody else.
  const auto usual = words_of(target.unit);
  return std::any_of(usual.begin(), usual.end(), [&unit](const std::string& word) {
    const auto own = read_ucum(word);
    return own && own->power == unit->power;
  });
}

}  // namespace gateway::mapping
