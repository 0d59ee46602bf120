#pragma once
#include "gateway/base/result.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// Pages show the store as of the first, with one exception (FHIR.md §2.2): what was taken back
/// since – deleted, or entered in error – or is out of `who`'s scope by now is on none. Takes it
/// out of a later page, of what is included too, and notes that there was some.
base::Result<void> drop_retracted(store::Snapshot& snapshot, const security::Principal& who,
                                  Page& page);

}  // namespace gateway::query
