#pragma once
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/convert.hpp"

namespace gateway::mapping {

/// A message that was read as its sender writes, and what it means.
struct ConvertedBytes {
  hl7v2::Message message;
  Sender sender;
  Conversion conversion;
};

/// Reads one message (with its MLLP frame or without), by the character set of its sender, and
/// converts it. What no door asked for is not checked: processing id, certificate, size. Pure.
/// @return Why it cannot be read, or filed (convert.hpp).
base::Result<ConvertedBytes> convert_bytes(std::string_view bytes, const Catalogue& catalogue);

}  // namespace gateway::mapping
