#pragma once
#include <string>

#include "gateway/store/store.hpp"

namespace gateway::store::postgresql {

/// What the versions of an entry say that no index holds (schema/0001.sql, `said`), as JSON by
/// slot;
/// "" if nothing.
std::string said_by(const Entry& entry);

}  // namespace gateway::store::postgresql
