#pragma once

#include <filesystem>
#include <string_view>

/// Bytes that are on the disk when these say so. Each tells by false that it failed, and errno why.
namespace gateway::base {

/// A file of ours alone (0600) that was not there before.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  bool add(std::string_view bytes) const;
  bool sync() const;

 private:
  const int descriptor_;
};

/// All of them, however often the system takes a part or is interrupted.
bool write_all(int descriptor, std::string_view bytes);

/// What was named or taken away in a folder is so after a power cut as well.
bool sync_folder(const std::filesystem::path& folder);

/// The file is these bytes or what it was before, also after a power cut: written beside it as
/// `FILE.new`, synced, renamed, and the folder synced.
bool replace_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace gateway::base
