#pragma once
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/sqlite/readers.hpp"
#include "gateway/store/sqlite/sql.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::sqlite {

/// `TABLE AS r WHERE …`: all rows a search finds, as they were at commit `as_of`. One criterion
/// leads and may use its index; the columns of the others are written with a unary plus, so that
/// the plan is ours and not a guess. Errors: `unsupported`.
base::Result<Sql> where_of(ReadingConnection& reading, const Search& search, std::int64_t as_of,
                           base::Instant now);

}  // namespace gateway::store::sqlite
