#pragma once
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/readers.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {

/// How the rows of a search are found.
struct Found {
  /// `TABLE AS r WHERE …`: all of them, as they were at commit `as_of`. One criterion leads and may
  /// use its index; the columns of the others are written with a unary plus, so that the plan is
  /// ours and not a guess.
  Sql where;
  bool is_bounded = true;  // by an index: what is looked at are matches of what leads
};
/// `is_latest`: nothing was committed behind `as_of`.
/// Errors: `unsupported`.
base::Result<Found> found_by(ReadingConnection& reading, const Search& search, std::int64_t as_of,
                             base::Instant now, bool is_latest);

/// `unsupported` "search-too-costly …", with the parameters that would bound the search.
base::Error too_costly(const fhir::search::Query& query);
/// `unavailable` "timeout …": of a search that an index bounds, and which asks for much; of one
/// that nobody waits for, `unsupported` "search-too-costly …": it would take as long again.
base::Error took_too_long();

}  // namespace gateway::store::tables
