#pragma once
#include <string>
#include <string_view>

#include "gateway/base/time.hpp"

namespace gateway::hl7v2 {

/// A field of the sender's as it may stand in our answer: itself, or "" if it holds a control
/// character (C0 but TAB and ESC, DEL, or in UTF-8 C1, U+2028, U+2029) or our field separator.
std::string echoable(std::string_view field, std::string_view separator);

/// `YYYYMMDDHHMMSS+0000`.
std::string hl7_time(base::Instant instant);

}  // namespace gateway::hl7v2
