#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/store/store.hpp"
#include "gateway/store/tables/findings.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// Numbers what an entry tells subscriptions of; `arrival` holds its versions, each in the slot of
/// its place.
void write_events(Connection& connection, std::span<const EventWrite> events, std::int64_t arrival);
void write_told(Connection& connection, std::string_view subscription, std::int64_t number);

std::vector<Event> read_events(Connection& connection, Packs& packs, std::string_view subscription,
                               std::int64_t after, std::size_t most);
EventCount count_events(Connection& connection, std::string_view subscription);

/// No number is missing, and each event is of an arrival that is there.
void verify_events(Connection& connection, Findings& findings);

}  // namespace gateway::store::tables
