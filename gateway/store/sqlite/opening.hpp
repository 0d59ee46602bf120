#pragma once
#include <filesystem>

#include "gateway/base/result.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

enum class Role { writer, reader };

/// Opens one connection: WAL and synchronous FULL, both read back, because the pragmas answer
/// rather than fail (TRUST F1). Errors: `configuration`.
base::Result<void> open_connection(Connection& connection, const std::filesystem::path& file,
                                   Role role);

/// Rewrites and syncs every page that lies in the log; only then is what stands known to be on the
/// disk (TRUST F3, R4). Errors: `unavailable`.
base::Result<void> checkpoint_all(Connection& connection, const std::filesystem::path& file);

/// Brings an empty store to the present schema; refuses one that is newer than this program, or
/// that is no store of ours.
base::Result<void> bring_to_schema(Connection& connection, const std::filesystem::path& file);

/// Errors: `configuration`, where it is not the present schema of ours.
base::Result<void> check_schema(Connection& connection, const std::filesystem::path& file);

}  // namespace gateway::store::sqlite
