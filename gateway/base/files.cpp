#include "gateway/base/files.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace gateway::base {

NewFile::NewFile(const std::filesystem::path& path)
    : descriptor_(
          ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool NewFile::add(std::string_view bytes) const {
  return descriptor_ >= 0 && write_all(descriptor_, bytes);
}

bool NewFile::sync() const {
  return descriptor_ >= 0 && ::fsync(descriptor_) == 0;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool is_synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return is_synced;
}

bool replace_file(const std::filesystem::path& file, std::string_view bytes) {
  const std::filesystem::path beside = file.string() + ".new";
  ::unlink(beside.c_str());  // of an attempt that was cut short
  const NewFile fresh(beside);
  return fresh.add(bytes) && fresh.sync() && ::rename(beside.c_str(), file.c_str()) == 0 &&
         sync_folder(file.parent_path());
}

}  // namespace gateway::base
