#pragma once
#include <filesystem>
#include <functional>
#include <optional>

#include "gateway/base/result.hpp"
#include "gateway/security/envelope.hpp"
#include "gateway/store/backup/manifest.hpp"

namespace gateway::store::backup {

/// Bytes done, of how many.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Writes a file into `folder`/NAME (NAME: when it was made, 20261130T203600Z), part by part, each
/// synced, the manifest last: a folder without one is no backup. `manifest` comes without parts.
/// The folder that was made. Errors: `configuration` where it cannot be written.
base::Result<std::filesystem::path> store_in(const std::filesystem::path& folder,
                                             const std::filesystem::path& file, Manifest manifest,
                                             const std::optional<security::Sealer>& sealer,
                                             const Progress& progress);

/// The newest backup in `folder` that was made by then (RFC 3339; "": any); `folder` itself where
/// it is one. Errors: `configuration`.
base::Result<std::filesystem::path> newest_in(const std::filesystem::path& folder,
                                              const std::string& until);

base::Result<Manifest> manifest_in(const std::filesystem::path& backup);

/// Puts the parts together as `file`, which must not be there; it has its name only when all was as
/// the manifest says. Errors: `configuration`, `malformed` naming the part.
base::Result<void> put_together(const std::filesystem::path& backup, const Manifest& manifest,
                                const std::optional<security::Opener>& opener,
                                const std::filesystem::path& file, const Progress& progress);

}  // namespace gateway::store::backup
