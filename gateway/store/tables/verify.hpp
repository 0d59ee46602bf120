#pragma once
#include <cstdint>
#include <functional>

#include "gateway/store/store.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// How far a verification is: what it looks at, how many it has seen, of how many (0: not known).
using VerifyProgress = std::function<void(const char* what, std::int64_t done, std::int64_t total)>;

/// Holds what the store says of itself against what else it says: file pages, raw bytes against
/// their hashes, each arrival against the seal in the audit chain, the chain's end against `head`,
/// arrivals against their numbers, versions against locators and index rows, index rows against
/// what bodies give, deliveries and review items against their arrival, their states against what
/// the audit tells of them, what the audit is searched by against its rows, sets of terms against
/// their digests, indexes against the schema. One pass in the order of arrivals, within the
/// caller's transaction.
///
/// Not held against anything, most of it because it changes by right: due, attempts and answer of a
/// delivery, `part`, `trouble` and `sent_version`, which resources `owed` names, repeats of an
/// arrival, `kept`, `spent`, `told`, `handed_on`, what an `event` is of, `secret`. README.md says
/// so to users. And who rewrites the arrival, the audit chain from there on and `head` consistently
/// is found by the signed heads, and who may sign too only by a head noted elsewhere.
Verification verify_store(Connection& connection, Codec& codec, const VerifyProgress& progress);

/// The audit trail alone: its chain, its end, its signed heads, what it is searched by.
Verification verify_audit(Connection& connection, Codec& codec, const VerifyProgress& progress);

}  // namespace gateway::store::tables
