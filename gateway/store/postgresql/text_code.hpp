#pragma once
#include <string>
#include <string_view>

namespace gateway::store::postgresql {

/// PostgreSQL keeps text that is UTF-8 without NUL. What else a message brought (a control id may
/// hold any bytes) is kept with each such byte as SOH and two hexadecimal digits, SOH itself too,
/// so that different texts stay different; order among ordinary texts is that of their bytes.
/// "": `text` is kept as it is.
std::string encoded(std::string_view text);
bool is_encoded(std::string_view kept);
std::string decoded(std::string_view kept);

}  // namespace gateway::store::postgresql
