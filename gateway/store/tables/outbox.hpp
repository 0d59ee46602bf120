#pragma once
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/store.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// Column `state` of `delivery` is one of these (schema/0001.sql); what is not settled is below
/// `delivered`.
constexpr std::int64_t state_of(Letter::State state) {
  return static_cast<std::int64_t>(state);
}

void queue_deliveries(Writer& writer, const Entry& entry, std::int64_t patient, int partition);
/// Without `resources`: those are read outside the transaction.
std::vector<Delivery> claim_deliveries(Writer& writer, const std::string& target, std::size_t limit,
                                       base::Instant now, std::chrono::seconds lease);
/// The resources of a claimed delivery and their tags. Failure is left in the connection.
void read_resources(Connection& connection, Codec& codec, Delivery& delivery);
/// `now` is when it is done, for what no audit row of theirs says.
Settled settle_deliveries(Writer& writer, std::span<const Settlement> settlements,
                          base::Instant now);
/// Leases of the process before this one: what it sent may still be on its way to the target, so
/// none is taken again before a request's time is over (TRUST §6.3), and then all of them.
void shorten_leases(Writer& writer, base::Instant now);

// ---- letters.cpp
std::vector<Letter> read_letters(Connection& connection, const LettersAsked& asked);
/// What it changed.
std::vector<StateChange> decide_letters(Writer& writer, std::span<const std::int64_t> sequences,
                                        LetterDecision decision);
/// What a dead letter owes its target, and what a delivery gives; both by patient and target. The
/// latter: which dead letters it healed.
void note_owed(Writer& writer, const Settlement& dead);
std::vector<std::int64_t> note_given(Writer& writer, const Settlement& delivered);
/// The patient's oldest delivery to the target of this one may go.
void let_next_go(Connection& connection, std::int64_t sequence);

}  // namespace gateway::store::tables
