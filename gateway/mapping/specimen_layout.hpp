#pragma once
#include <span>
#include <vector>

#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/field_reader.hpp"

/// Whose each SPM of a patient is (V2FHIR.md §2.1). Laboratories put it before its orders or behind
/// them whatever the structure says, so the whole of a patient's segments is looked at.
namespace gateway::mapping {

enum class SpecimenOf {
  current,  // the order that has begun
  next,     // the orders that follow, until the next SPM
  unclear   // nobody can tell
};

/// One for each SPM of `segments`, the segments of one patient. `specimen_first`: the structure has
/// SPM before its orders (OUL_R22, R23); `orc_after_obr`: an ORC behind an OBR is that OBR's.
std::vector<SpecimenOf> lay_out_specimens(std::span<const hl7v2::Segment> segments,
                                          bool specimen_first, bool orc_after_obr);

}  // namespace gateway::mapping
