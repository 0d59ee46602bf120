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

/// Room on the volume that the store keeps for itself in FILE-reserve: given up when the volume is
/// full, so that reads, which are audited before their answer, go on; taken again when there is
/// room (TRUST P4). On one thread.
class Reserve {
 public:
  /// `bytes` 0: none is kept. Never more than a sixteenth of the volume.
  Reserve(const std::filesystem::path& store, std::int64_t bytes);
  /// With so much free beside it and so much wanted for messages. True: it is kept.
  bool look(std::int64_t free, std::int64_t min_free);
  /// What of the free space is ours to keep, and not for messages.
  std::int64_t owed() const { return is_kept_ ? 0 : bytes_; }

 private:
  bool keep();
  void give_up();

  std::filesystem::path file_;
  std::int64_t bytes_ = 0;
  bool is_kept_ = false;
};

struct Space {
  std::int64_t free = 0, min_free = 0;
};
/// Of the volume the file lies on; `min_free` 0 becomes 5 % of it, at most 1 GiB (TRUST P4).
/// A volume that does not answer has no room.
Space space_of(const std::filesystem::path& file, std::int64_t min_free);

/// Size of the store's files.
std::int64_t bytes_of_store(const std::filesystem::path& file);

}  // namespace gateway::store::sqlite
