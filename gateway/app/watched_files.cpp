#include "gateway/app/watched_files.hpp"

#include <utility>

#include <sys/stat.h>

namespace gateway::app {

WatchedFiles::WatchedFiles(std::vector<std::filesystem::path> files)
    : files_(std::move(files)), marks_(marks()) {}

bool WatchedFiles::changed() {
  std::string now = marks();
  const bool differs = now != marks_;
  marks_ = std::move(now);
  return differs;
}

std::string WatchedFiles::marks() const {
  std::string out;
  for (const auto& file : files_) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) {
      out += "-;";
      continue;
    }
    for (const auto part :
         {static_cast<long long>(status.st_dev), static_cast<long long>(status.st_ino),
          static_cast<long long>(status.st_size), static_cast<long long>(status.st_mtim.tv_sec),
          static_cast<long long>(status.st_mtim.tv_nsec)})
      out += std::to_string(part) + ",";
    out += ";";
  }
  return out;
}

}  // namespace gateway::app
