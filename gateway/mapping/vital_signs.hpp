#pragma once
#include "gateway/mapping/value.hpp"

/// What FHIR R4 asks of its vital signs (Observation, vital signs profile): it binds by LOINC code,
/// whoever sent it. A value, a unit or a time that the profile would refuse is said in another way,
/// never left out.
namespace gateway::mapping {

bool is_vital_sign(const Row& row);
/// A value that is no quantity becomes notes, with dataAbsentReason `as-text`; a coded one is an
/// extension beside. Call before the value is written.
void fit_vital_sign(Draft& draft, Value& value, Unit& unit);
/// `_effectiveDateTime` where no time was said, or none that is precise to the day.
void write_unknown_time(Pen& pen, const TimeReading& reading);
/// May the profile take this time?
bool is_precise(const TimeReading& reading);

}  // namespace gateway::mapping
