#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/journal.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// Does it go by lists that are made behind the arrivals (journal_lists.hpp)?
bool goes_by_lists(const ArrivalsAsked& asked);
/// Store::arrivals and those beside it. Failure is left in the connection.
ArrivalsPage read_arrivals(Connection& connection, Codec& codec, const ArrivalsAsked& asked);
std::optional<ArrivalWhole> read_arrival(Connection& connection, Codec& codec, std::int64_t number);
std::int64_t count_arrived_since(Connection& connection, base::Instant since);
std::vector<ReviewLine> read_open_reviews(Connection& connection, std::int64_t before,
                                          std::size_t most);
std::vector<SenderLine> read_senders(Connection& connection);
std::string read_last_trouble(Connection& connection, const std::string& target);

/// The SELECTs of a page as the engine plans them, a line a step; for tests.
std::string explain_arrivals(Connection& connection, const ArrivalsAsked& asked);

}  // namespace gateway::store::tables
