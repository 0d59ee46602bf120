#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/store.hpp"

namespace gateway::app {

/// Where everything is kept (INTERFACE.md §6, TRUST.md §8.1): a file of SQLite, or PostgreSQL.
struct StoreConfig {
  std::filesystem::path file;  // of sqlite:PATH; "": PostgreSQL
  std::string postgresql;      // its URL, as libpq takes it; "": SQLite
  bool strict = false;         // `ha: strict`: without a synchronous standby nothing is taken
  std::int64_t min_free_bytes = 0;
  /// What this gateway keeps beside the store (files of exports, keys of tokens) begins so.
  std::filesystem::path beside;
};

/// Of sqlite:PATH or postgresql://…; the paths are made absolute. Errors: `malformed`.
base::Result<StoreConfig> store_named(const std::string& url);

/// Opens it, and makes it where it is absent. Errors: `configuration` with what to do.
base::Result<std::unique_ptr<store::Store>> open_store(const StoreConfig& config,
                                                       const base::Clock& clock,
                                                       observe::Metrics& metrics);

/// What was last done to a store is the time of a file beside it, so that the gateway tells it.
enum class Done { backed_up, verified };
void note_done(const StoreConfig& config, Done what);
/// Seconds since 1970; nullopt: never, or not on this host.
std::optional<double> last_done(const StoreConfig& config, Done what);

/// Copies all of a file into a database that has no store; `rows` counts. Errors: `configuration`,
/// `unavailable`.
base::Result<void> copy_store(
    const StoreConfig& from, const StoreConfig& to,
    const std::function<void(const char*, std::int64_t, std::int64_t)>& progress,
    std::int64_t& rows);

}  // namespace gateway::app
