#include "gateway/store/sqlite/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace gateway::store::sqlite {
namespace {

base::Error refusal(const std::filesystem::path& file, std::string what, std::string remedy) {
  return {base::ErrorKind::configuration, std::move(what), file.string(), std::move(remedy)};
}

}  // namespace

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<void> LockFile::take(const std::filesystem::path& store) {
  auto file = store;
  file += ".lock";
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0)
    return refusal(file, std::string("the lock file cannot be opened: ") + std::strerror(errno),
                   "let this user write the store's folder");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
    return refusal(file, "another process has this store open",
                   "stop it, or name another store.url");
  return {};
}

base::Result<void> prepare_file(const std::filesystem::path& file, bool create) {
  std::error_code failed;
  if (std::filesystem::exists(file, failed)) {
    if (::access(file.c_str(), R_OK | W_OK) != 0)
      return refusal(file, std::string("the store cannot be written: ") + std::strerror(errno),
                     "let this user read and write it");
    return {};
  }
  if (!create) return refusal(file, "there is no store here", "make it by `immunogate store init`");
  const auto folder = file.parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder, failed);
    if (!failed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    if (failed)
      return refusal(folder, "the store's folder cannot be made: " + failed.message(),
                     "make it, writable for this user");
  }
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return refusal(file, std::string("the store cannot be made: ") + std::strerror(errno),
                   "let this user write the folder");
  ::close(descriptor);
  return {};
}

Space space_of(const std::filesystem::path& file, std::int64_t min_free) {
  struct statvfs volume {};
  if (::statvfs(file.c_str(), &volume) != 0) return {0, std::max<std::int64_t>(min_free, 1)};
  const auto block = static_cast<std::int64_t>(volume.f_frsize);
  const auto total = static_cast<std::int64_t>(volume.f_blocks) * block;
  constexpr std::int64_t most = std::int64_t{1} << 30;
  return {static_cast<std::int64_t>(volume.f_bavail) * block,
          min_free > 0 ? min_free : std::min(total / 20, most)};
}

Reserve::Reserve(const std::filesystem::path& store, std::int64_t bytes)
    : file_(store.string() + "-reserve") {
  struct statvfs volume {};
  if (bytes == 0 || ::statvfs(store.c_str(), &volume) != 0) return;
  const auto total =
      static_cast<std::int64_t>(volume.f_blocks) * static_cast<std::int64_t>(volume.f_frsize);
  bytes_ = std::min(bytes, total / 16);
  keep();
}

bool Reserve::look(std::int64_t free, std::int64_t min_free) {
  constexpr std::int64_t nearly_nothing = 4 << 20;  // a commit of ours with its log
  if (is_kept_ && free < std::min(nearly_nothing, bytes_)) give_up();
  if (!is_kept_ && bytes_ > 0 && free >= min_free + 2 * bytes_) keep();
  return is_kept_;
}

bool Reserve::keep() {
  const int descriptor = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  is_kept_ = ::posix_fallocate(descriptor, 0, bytes_) == 0;
  ::close(descriptor);
  if (!is_kept_) give_up();
  return is_kept_;
}

void Reserve::give_up() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
  is_kept_ = false;
}

std::int64_t bytes_of_store(const std::filesystem::path& file) {
  std::int64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    struct stat facts {};
    const auto path = file.string() + suffix;
    if (::stat(path.c_str(), &facts) == 0) bytes += facts.st_size;
  }
  return bytes;
}

}  // namespace gateway::store::sqlite
