#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/query/export_job.hpp"

namespace gateway::query {

/// Where exports are kept: a folder a job, named by its id, with its files and `job.json` beside
/// them. What `job.json` says of the files is on disk before it says so. Errors: `configuration`:
/// the volume or its rights.
class ExportFolder {
 public:
  /// The folder is made when the first job is.
  explicit ExportFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The jobs that are there; what is no job of ours any more is removed.
  std::vector<ExportJob> jobs() const;
  base::Result<void> begin(const ExportJob& job) const;
  /// Replaces `job.json`: it is the old one or the new one, whatever happens.
  base::Result<void> save(const ExportJob& job) const;
  base::Result<std::string> read(const ExportJob& job, const ExportFile& file) const;
  void remove(const std::string& id) const;

  /// `name` must be one of ours: letters, digits, dot, hyphen.
  std::filesystem::path path_of(const ExportJob& job, std::string_view name) const;

 private:
  std::filesystem::path folder_;
};

/// A file being written, at its end.
class GrowingFile {
 public:
  GrowingFile() = default;
  ~GrowingFile() { close(); }
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  /// Cuts off what stands behind `bytes`, or begins a new one with 0.
  base::Result<void> open(const std::filesystem::path& path, std::int64_t bytes);
  base::Result<void> append(std::string_view bytes) const;
  base::Result<void> sync() const;
  void close();
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

}  // namespace gateway::query
