#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace gateway::mapping {

/// What a unit measures, as far as S13 asks. `arbitrary` is [IU] and its like, `catalytic` U and
/// kat, `field` a microscope's field of view, `like` counts atoms that divided themselves away
/// (mmol/mol), so that a share of amounts is not taken for a per cent.
enum class Dimension : std::size_t {
  mass,
  amount,
  length,
  time,
  arbitrary,
  catalytic,
  pressure,
  field,
  other
};
constexpr std::size_t dimension_count = 9;

struct UnitShape {
  std::array<int, dimension_count> power{};
  std::array<int, dimension_count> uses{};  // how often an atom of the dimension was written
  bool annotated = false;                   // has a {…}

  int of(Dimension dimension) const { return power[static_cast<std::size_t>(dimension)]; }
  int used(Dimension dimension) const { return uses[static_cast<std::size_t>(dimension)]; }
  bool unity() const { return power == std::array<int, dimension_count>{}; }
};

/// Reads a case-sensitive UCUM code with the atoms this field uses (The Unified Code for Units of
/// Measure, §§1–4); nullopt if it is none. At most 64 characters and 8 levels of parentheses.
std::optional<UnitShape> read_ucum(std::string_view code);

}  // namespace gateway::mapping
