#pragma once
#include <string_view>

#include "gateway/mapping/desk.hpp"

namespace gateway::mapping {

/// Whether a code may be read by the HL7 table of its field (`0078`): its system (CWE.3) is that
/// table, FHIR's own system of such codes, or is not named. A laboratory's own `H` may mean
/// anything.
bool is_of_table(Desk& desk, const Text& system, std::string_view table,
                 std::string_view fhirs = {});

}  // namespace gateway::mapping
