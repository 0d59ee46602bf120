#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::store::postgresql {

/// The SQL of `store/tables` as PostgreSQL wants it: question marks become $1, $2 …, numbered ones
/// keep their number; which index to use is left to the planner.
std::string translated(std::string_view sql);

/// The steps of a plan without what is compared in them, which may be patient data. A step that
/// looks at every row of a table is "SCAN name".
std::string steps_of(const std::vector<std::string>& plan);

}  // namespace gateway::store::postgresql
