#pragma once
#include <filesystem>
#include <string>

namespace tests {

/// The project's source folder.
std::filesystem::path source_dir();

/// Whole content of a file as bytes; throws std::runtime_error naming the path if it cannot be
/// read.
std::string read_file(const std::filesystem::path& path);

/// A folder of its own that goes when the object goes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tests
