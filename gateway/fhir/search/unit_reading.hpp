#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

namespace gateway::fhir::search {

using Ratio = boost::multiprecision::cpp_rational;

/// factor × the product of its bases, each to its power.
struct UnitProduct {
  Ratio factor = 1;
  std::map<std::string, int, std::less<>> bases;
};

/// nullopt: it is no UCUM code (The Unified Code for Units of Measure, §2), or out of bounds.
std::optional<UnitProduct> read_unit(std::string_view code);

/// "-12.5e-3" as a ratio. Nothing else is read.
Ratio ratio_of(std::string_view decimal);
/// 10^power, also a negative one.
Ratio power_of_ten(int power);

}  // namespace gateway::fhir::search
