#pragma once
#include <string_view>
#include <vector>

#include "gateway/store/store.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// Sender and place of all review items of this code, each pair once. Looks at every item: asked
/// once, when a gateway begins.
std::vector<Reviewed> read_reviewed(Connection& connection, std::string_view code);

}  // namespace gateway::store::tables
