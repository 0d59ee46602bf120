#pragma once
#include <cstddef>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"

namespace gateway::hl7v2 {

/// What stands behind the three letters `MSH` (or FHS, BHS).
struct DelimiterReading {
  Delimiters delimiters;
  std::size_t field_size = 1;     // bytes of MSH-1
  std::size_t encoding_size = 0;  // bytes of MSH-2
  bool assumed = false;           // tolerated by rule E2 or E3: `delimiters-assumed`
};

/// Reads MSH-1 and MSH-2 by V2FHIR.md §1.3, E1–E4. `after_name` begins right after `MSH` and may
/// go on for the whole message. Characters are UTF-8; a byte that is no UTF-8 counts as one
/// character. Errors: `malformed` with `where` "MSH-1" or "MSH-2".
base::Result<DelimiterReading> read_delimiters(std::string_view after_name);

/// Bytes of the UTF-8 character at the beginning of `text`; 1 if there is none, 0 if it is empty.
std::size_t character_size(std::string_view text);

}  // namespace gateway::hl7v2
