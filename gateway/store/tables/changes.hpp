#pragma once
#include "gateway/store/store.hpp"
#include "gateway/store/tables/reading.hpp"

namespace gateway::store::tables {

/// What was written, arrival by arrival, up to the commit `until`. Whether it could be read says
/// the connection; error: the place in it never was.
base::Result<SearchPage> read_changes(Connection& db, Packs& packs, const Changes& asked,
                                      std::int64_t until);

}  // namespace gateway::store::tables
