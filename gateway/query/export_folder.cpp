#include "gateway/query/export_folder.hpp"

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/files.hpp"
#include "gateway/base/log.hpp"

namespace gateway::query {
namespace {

constexpr std::string_view record = "job.json";
constexpr mode_t ours_alone = 0600;

base::Error failed(std::string what) {
  return {base::ErrorKind::configuration, std::move(what), "",
          "see that the volume of the store has room and its folder may be written"};
}

std::optional<std::string> contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in.is_open() || !(text << in.rdbuf())) return std::nullopt;
  return std::move(text).str();
}

}  // namespace

std::vector<ExportJob> ExportFolder::jobs() const {
  std::vector<ExportJob> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    const auto& entry = *at;
    const auto text = contents(entry.path() / record);
    std::error_code unknown;
    if (!text && (std::filesystem::exists(entry.path() / record, unknown) || unknown)) {
      base::log(base::Level::warning, "export.unreadable");  // another time it may be
      continue;
    }
    auto job = text ? read_job(*text) : std::nullopt;
    if (job && job->id == entry.path().filename()) {
      found.push_back(*std::move(job));
    } else {
      base::log(base::Level::warning, "export.left_over");
      std::error_code left;
      std::filesystem::remove_all(entry.path(), left);
    }
  }
  return found;
}

std::filesystem::path ExportFolder::path_of(const ExportJob& job, std::string_view name) const {
  return folder_ / job.id / name;
}

base::Result<void> ExportFolder::begin(const ExportJob& job) const {
  const auto made = [](const std::filesystem::path& folder) {
    return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
  };
  if (!made(folder_) || !made(folder_ / job.id))
    return failed("no folder can be made for an export");
  if (auto saved = save(job); !saved) return saved;
  if (!base::sync_folder(folder_)) return failed("a folder of exports cannot be synced");
  return {};
}

base::Result<void> ExportFolder::save(const ExportJob& job) const {
  if (!base::replace_file(path_of(job, record), write_job(job)))
    return failed("an export cannot be noted down");
  return {};
}

base::Result<std::string> ExportFolder::read(const ExportJob& job, const ExportFile& file) const {
  auto bytes = contents(path_of(job, file.name));
  if (!bytes || bytes->size() != static_cast<std::size_t>(file.bytes))
    return failed("a file of this export cannot be read");
  return *std::move(bytes);
}

void ExportFolder::remove(const std::string& id) const {
  std::error_code error;
  std::filesystem::remove_all(folder_ / id, error);
  if (error) base::log(base::Level::warning, "export.not_removed");
}

base::Result<void> GrowingFile::open(const std::filesystem::path& path, std::int64_t bytes) {
  close();
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, ours_alone);
  if (descriptor_ < 0 || ::ftruncate(descriptor_, bytes) != 0 ||
      ::lseek(descriptor_, 0, SEEK_END) < 0)
    return failed("a file of an export cannot be written");
  return {};
}

base::Result<void> GrowingFile::append(std::string_view bytes) const {
  if (!base::write_all(descriptor_, bytes)) return failed("a file of an export cannot be written");
  return {};
}

base::Result<void> GrowingFile::sync() const {
  if (::fdatasync(descriptor_) != 0) return failed("a file of an export cannot be synced");
  return {};
}

void GrowingFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace gateway::query
