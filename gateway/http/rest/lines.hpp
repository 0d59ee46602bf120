#pragma once
#include <functional>

#include "gateway/fhir/search/query.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/streaming.hpp"
#include "gateway/query/reader.hpp"

namespace gateway::http::rest {

/// All that a search finds, a resource a line and without pages (FHIR.md §4, formats): of one state
/// of the store, written while it is read. What could not be read in the end is told by a line that
/// is an OperationOutcome. `note` is told what `who` was shown since it was last called, before
/// that leaves; false: it cannot be audited, and no more is told. Of the first rows the request
/// itself is.
using NoteShown = std::function<bool(const security::Principal& who)>;
Response lines_of(query::Reader& reader, const security::Principal& who, fhir::search::Query query,
                  Listeners& listeners, NoteShown note);

}  // namespace gateway::http::rest
