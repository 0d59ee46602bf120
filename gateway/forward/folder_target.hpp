#pragma once
#include <filesystem>
#include <memory>

#include "gateway/base/result.hpp"
#include "gateway/outbox/target.hpp"

namespace gateway::forward {

/// A folder that takes each delivery as a file of its own, NDJSON: a resource a line, of a deletion
/// a Bundle with its request (FHIR Bulk Data, "deleted"). Files are numbered without a gap in the
/// order they were written, `00000000000000000001.ndjson`, and have their name only when they are
/// on the disk (write, fsync, rename, fsync of the folder); whoever reads takes what ends so and
/// may remove it. Error `configuration`: the folder is not there, or not ours to write.
base::Result<std::unique_ptr<outbox::Target>> folder_target(const std::filesystem::path& folder);

}  // namespace gateway::forward
