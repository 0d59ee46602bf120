#pragma once
#include "gateway/base/result.hpp"
#include "gateway/store/postgresql/database.hpp"
#include "gateway/store/postgresql/engine.hpp"

namespace gateway::store::postgresql {

enum class Role { reader, writer };

/// Connects, sets what our statements rely on and verifies what durability relies on. Errors:
/// `unavailable` where there is no connection, `configuration` where the server is no place for a
/// store.
base::Result<void> open_connection(Connection& connection, const Options& options, Role role);

/// The settings that are part of the promise (TRUST.md §7.2). Errors: `configuration` naming what
/// is wrong, `unavailable` where they cannot be read.
base::Result<void> check_settings(Connection& connection, bool strict);

/// Takes the steps of the schema that are missing, each in a transaction of its own that also notes
/// it in `schema_step`; one gateway at a time.
base::Result<void> bring_to_schema(Connection& connection, const Options& options);

}  // namespace gateway::store::postgresql
