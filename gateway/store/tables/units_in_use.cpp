#include "gateway/store/tables/units_in_use.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"

namespace gateway::store::tables {

using fhir::search::Unit;

std::vector<UnitsInUse::Group> UnitsInUse::like(Connection& connection, const Unit& asked) {
  {
    Query query(connection,
                "SELECT number, code, system FROM unit WHERE number > ? ORDER BY number", last_);
    while (query.row()) {
      last_ = query.integer(0);
      if (query.bytes(2) != fhir::canonical::ucum) continue;
      if (auto unit = Unit::read(query.bytes(1))) known_.push_back({last_, *std::move(unit)});
    }
  }
  std::vector<Group> groups;
  for (const auto& [number, unit] : known_) {
    if (!unit.is_like(asked)) continue;
    const auto group =
        std::ranges::find_if(groups, [&](const Group& one) { return one.unit.is_as_large(unit); });
    if (group == groups.end())
      groups.push_back({unit, {number}});
    else
      group->numbers.push_back(number);
  }
  return groups;
}

}  // namespace gateway::store::tables
