#pragma once
#include "gateway/fhir/json.hpp"

namespace gateway::outbox {

/// Does a target's resource say what ours says? What servers add by themselves does not count:
/// versionId, lastUpdated and source in `meta`, a narrative where ours has none, the order of
/// members.
bool says_the_same(fhir::Json ours, fhir::Json theirs);

}  // namespace gateway::outbox
