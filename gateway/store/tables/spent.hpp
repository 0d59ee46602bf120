#pragma once
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// False: it is there already. Takes out what is over.
bool write_spending(Connection& connection, const Spending& spending, base::Instant now);
std::vector<Spending> read_spendings(Connection& connection, std::string_view kind,
                                     base::Instant now);

}  // namespace gateway::store::tables
