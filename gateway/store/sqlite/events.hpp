#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/store/sqlite/findings.hpp"
#include "gateway/store/sqlite/reading.hpp"
#include "gateway/store/sqlite/writer.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::sqlite {

/// Numbers what an entry tells subscriptions of; `arrival` holds its versions, each in the slot of
/// its place.
void write_events(Connection& connection, std::span<const EventWrite> events, std::int64_t arrival);
void write_told(Connection& connection, std::string_view subscription, std::int64_t number);

std::vector<Event> read_events(Connection& connection, Packs& packs, std::string_view subscription,
                               std::int64_t after, std::size_t most);
EventCount count_events(Connection& connection, std::string_view subscription);

/// No number is missing, and each event is of an arrival that is there.
void verify_events(Connection& connection, Findings& findings);

}  // namespace gateway::store::sqlite
