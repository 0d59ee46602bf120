#pragma once
#include "gateway/store/sqlite/codec.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/engine.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::sqlite {

/// Holds everything the store says of itself against everything else it says: file pages, raw bytes
/// against their hashes, each arrival against the seal in the audit chain, the chain's end against
/// `head`, arrivals against their numbers, versions against locators and index rows, index rows
/// against what bodies give, deliveries and review items against their arrival. One pass in the
/// order of arrivals, within the caller's transaction.
///
/// Not held against anything, because it changes by right: state, attempts and answer of a
/// delivery, state of a review item, repeats of an arrival. And who rewrites the arrival, the
/// audit chain from there on and `head` consistently is found by the signed heads, and who may sign
/// too only by a head noted elsewhere.
Verification verify_store(Connection& connection, Codec& codec, const VerifyProgress& progress);

/// The audit trail alone: its chain, its end, its signed heads.
Verification verify_audit(Connection& connection, Codec& codec, const VerifyProgress& progress);

}  // namespace gateway::store::sqlite
