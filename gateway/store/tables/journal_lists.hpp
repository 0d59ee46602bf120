#pragma once
#include <cstdint>

#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// What is in `arrival_found` (store/sqlite/schema/journal.sql).
enum class FoundBy : std::int64_t { sender = 0, patient = 1, rejected = 2, repeated = 3 };

/// Enters arrivals, at most `most`, into what searches of them go by; true: there are more. A
/// consequence is entered as the arrival that it came with.
bool list_arrivals(Writer& writer, std::int64_t most);
/// Is every arrival entered?
bool are_arrivals_listed(Connection& connection);
/// Of an arrival that came again, with the commit that says so.
void list_repeated(Connection& connection, std::int64_t number);

}  // namespace gateway::store::tables
