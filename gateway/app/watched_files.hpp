#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace gateway::app {

/// Files that are taken anew when they change. Looked at, not listened to: what a tool renames over
/// a file, or a link to a folder that is exchanged as a whole, changes as well.
class WatchedFiles {
 public:
  explicit WatchedFiles(std::vector<std::filesystem::path> files);
  /// Since the last call, or the construction.
  bool changed();

 private:
  std::string marks() const;

  std::vector<std::filesystem::path> files_;
  std::string marks_;
};

}  // namespace gateway::app
