#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/store/kept.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// False: one of them is no longer as it was read, and none is written. Takes out what is over.
bool write_kept(Connection& connection, std::span<const Keeping> changes, base::Instant now);
std::optional<Kept> read_kept(Connection& connection, std::string_view kind, std::string_view name,
                              base::Instant now);
std::vector<Kept> read_all_kept(Connection& connection, std::string_view kind, base::Instant now);

}  // namespace gateway::store::tables
