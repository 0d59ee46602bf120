#pragma once
#include "gateway/store/sqlite/codec.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::sqlite {

/// Holds everything the store says of itself against everything else it says: raw bytes against
/// their hashes, locators against packs, index rows against what bodies give, deliveries against
/// arrivals, the audit chain against its records. Reads all of it, within the caller's transaction.
Verification verify_store(Connection& connection, Codec& codec);

}  // namespace gateway::store::sqlite
