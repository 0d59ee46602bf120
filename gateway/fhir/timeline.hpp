#pragma once
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// The answer to `Patient/{id}/$cycle-timeline` (FHIR.md §3; what a clinician's client shows:
/// DOMAIN.md §11): a Parameters resource with `patient`, `asOf` and one `group` each
///
///   kind `cycle`      of one period (`lmpDate`); of results that say no period, of one `anchor`
///                     with its `anchorDate`, else, where a day or an offset is all that was said,
///                     of one day of collection (`collected`), else of one `order`
///   kind `gestation`  of one `week`; without `week`: pregnant, age not said. What was collected a
///                     week or more apart is another pregnancy, and another group
///   kind `unknown`    of all that no day, anchor or gestation was said of
///
/// Groups come in the order of their first collection, unknown last. Within one, results stand by
/// day, then by offset, then those without either; equal ones by time, then as they were given.
/// Values, units, flags, ranges and contexts are the stored ones, digits as sent: nothing is
/// computed, converted, interpolated or interpreted (E1–E5). Who is withdrawn or cancelled is there
/// with that status and without a value (T4, T5); context answers are left out (R9).
///
/// Pure. `results`: current versions of Observations of that patient, in any order.
std::string cycle_timeline(const ResourceKey& patient, base::Instant as_of,
                           const std::vector<Version>& results);

}  // namespace gateway::fhir
