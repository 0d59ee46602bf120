#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/store/postgresql/engine.hpp"
#include "gateway/store/tables/whole.hpp"

namespace gateway::store::postgresql {

/// Which table, how many of its rows are there, of how many.
using CopyProgress = std::function<void(const char* what, std::int64_t done, std::int64_t total)>;

/// Copies a whole store into `options.schema`, which must not be there. Rows are gathered in a
/// schema beside it that takes the name when all have come: nobody serves from half a store. What
/// was begun from the same state goes on where it ended; of another state it is begun anew. The
/// rows that were copied. Errors: `configuration`, `unavailable`.
base::Result<std::int64_t> take_over(const tables::Whole& from, const Options& options,
                                     const CopyProgress& progress);

}  // namespace gateway::store::postgresql
