#pragma once
#include <cstdint>
#include <string_view>

namespace gateway::hl7v2 {

/// What HL7 calls a field ("Observation Value"), for people; "" for one that is not listed: Z
/// segments, and segments that nothing is mapped of.
std::string_view field_name(std::string_view segment, std::uint16_t field);

}  // namespace gateway::hl7v2
