#include "gateway/forward/folder_target.hpp"

#include <charconv>
#include <cstring>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "gateway/base/files.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::forward {
namespace {

using base::Error;
using base::ErrorKind;
using outbox::TargetAnswer;

constexpr std::string_view ending = ".ndjson";
constexpr std::size_t digits = 20;

Error failed(const std::filesystem::path& where, const char* what) {
  return {ErrorKind::unavailable, std::string(what) + ": " + std::strerror(errno), where.string(),
          "see that the folder is there, ours to write, and its disk has room"};
}

/// One line a resource.
std::string lines_of(const std::string& bundle) {
  const auto json = fhir::parse_json(bundle);
  base::invariant(static_cast<bool>(json), "a Bundle of ours is JSON");
  std::string out;
  for (const auto& entry : (*json)["entry"].items()) {
    if (const auto* resource = entry.find("resource")) {
      out += resource->write() + "\n";
      continue;
    }
    auto deleted = fhir::Json::object({{"resourceType", fhir::Json::string("Bundle")},
                                       {"type", fhir::Json::string("transaction")}});
    deleted.set("entry", fhir::Json::array({entry}));
    out += deleted.write() + "\n";
  }
  return out;
}

std::uint64_t last_number(const std::filesystem::path& folder) {
  std::uint64_t last = 0;
  std::error_code ignored;
  for (const auto& file : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = file.path().filename().string();
    std::uint64_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    if (read.ptr == name.data() + digits && name.substr(digits) == ending)
      last = std::max(last, number);
  }
  return last;
}

class FolderTarget final : public outbox::Target {
 public:
  FolderTarget(std::filesystem::path folder, int descriptor)
      : folder_(std::move(folder)), descriptor_(descriptor), next_(last_number(folder_) + 1) {}
  ~FolderTarget() override { ::close(descriptor_); }

  base::Result<TargetAnswer> post(const outbox::Post& post) override {
    const std::lock_guard lock(mutex_);  // numbered in the order of their names
    std::string name = std::to_string(next_);
    name = std::string(digits - name.size(), '0') + name + std::string(ending);
    const std::string unfinished = "." + name;
    const int file = ::openat(descriptor_, unfinished.c_str(),
                              O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return failed(folder_, "no file can be made");
    const bool written = base::write_all(file, lines_of(post.body)) && ::fsync(file) == 0;
    if (::close(file) != 0 || !written) {
      auto error = failed(folder_, "the file cannot be written");
      ::unlinkat(descriptor_, unfinished.c_str(), 0);
      return error;
    }
    if (::renameat(descriptor_, unfinished.c_str(), descriptor_, name.c_str()) != 0 ||
        ::fsync(descriptor_) != 0)
      return failed(folder_, "the file cannot be given its name");
    ++next_;
    return TargetAnswer{200, "", {}};
  }

 private:
  const std::filesystem::path folder_;
  const int descriptor_;
  std::mutex mutex_;
  std::uint64_t next_;  // guarded by mutex_
};

}  // namespace

base::Result<std::unique_ptr<outbox::Target>> folder_target(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    auto error = failed(folder, "the folder cannot be used");
    error.kind = ErrorKind::configuration;
    if (descriptor >= 0) ::close(descriptor);
    return error;
  }
  return std::unique_ptr<outbox::Target>(std::make_unique<FolderTarget>(folder, descriptor));
}

}  // namespace gateway::forward
