#pragma once
#include <cstdint>
#include <filesystem>

#include "gateway/base/result.hpp"

namespace gateway::store::sqlite {

/// Says that this process alone has the store: `flock` on FILE.lock, gone with the process.
class LockFile {
 public:
  LockFile() = default;
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  base::Result<void> take(const std::filesystem::path& store);

 private:
  int descriptor_ = -1;
};

/// Makes folder (mode 0700) and file (0600) where they are absent; refuses if `create` is false.
/// SQLite gives its side files the mode of the main one.
base::Result<void> prepare_file(const std::filesystem::path& file, bool create);

struct Space {
  std::int64_t free = 0, min_free = 0;
};
/// Of the volume the file lies on; `min_free` 0 becomes 5 % of it, at most 1 GiB (TRUST P4).
/// A volume that does not answer has no room.
Space space_of(const std::filesystem::path& file, std::int64_t min_free);

/// Size of the store's files.
std::int64_t bytes_of_store(const std::filesystem::path& file);

}  // namespace gateway::store::sqlite
