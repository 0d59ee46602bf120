#pragma once
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Resolves OBX-3 or OBR-4 (R8): LOINC or ours as sent after its check digit, else the profile's
/// code map. Never guesses from a text.
RowCode resolve_code(Desk& desk, const Place& place);

/// `code` members: target first, then every coding the sender gave, then the text.
void write_code(Desk& desk, Pen& pen, const char* name, const RowCode& code);

}  // namespace gateway::mapping
