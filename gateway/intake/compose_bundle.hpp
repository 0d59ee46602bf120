#pragma once
#include "gateway/intake/route.hpp"
#include "gateway/intake/standings.hpp"
#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// A FHIR transaction against what stands (FHIR.md §1.1), all of it or nothing: If-Match, nothing
/// minted from HL7v2 by others than its sender, no result back from final to preliminary, equal
/// content makes no version. A transaction that is refused is kept as a rejected arrival.
store::Entry compose_bundle(Work& work, std::size_t w, Standings& standings, const Routes& routes,
                            base::Instant now);

/// Version named by an If-Match value: `W/"3"` or `"3"`; −1 if it is none.
std::int64_t version_of_etag(std::string_view etag);

}  // namespace gateway::intake
