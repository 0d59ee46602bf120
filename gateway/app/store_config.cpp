#include "gateway/app/store_config.hpp"

#include <fstream>

#include <sys/stat.h>

#include "gateway/store/postgresql/engine.hpp"
#include "gateway/store/postgresql/taking_over.hpp"
#include "gateway/store/sqlite/engine.hpp"

namespace gateway::app {

base::Result<StoreConfig> store_named(const std::string& url) {
  constexpr std::string_view sqlite = "sqlite:", postgresql = "postgresql://",
                             postgres = "postgres://";
  StoreConfig out;
  if (url.starts_with(sqlite) && url.size() > sqlite.size()) {
    out.file = std::filesystem::absolute(url.substr(sqlite.size())).lexically_normal();
    out.beside = out.file;
    return out;
  }
  if (url.starts_with(postgresql) || url.starts_with(postgres)) {
    out.postgresql = url;
    return out;
  }
  return base::Error{base::ErrorKind::malformed, "names no engine that is built in", "",
                     "write sqlite:PATH or postgresql://USER@HOST/DATABASE"};
}

namespace {

/// The folder that a file of SQLite has anyway.
base::Result<void> make_folder_beside(const StoreConfig& config) {
  const auto folder = config.beside.parent_path();
  std::error_code failed;
  if (folder.empty() || std::filesystem::exists(folder, failed)) return {};
  if (std::filesystem::create_directories(folder, failed) && !failed)
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (failed)
    return base::Error{base::ErrorKind::configuration,
                       folder.string() + " cannot be made: " + failed.message(), "store.folder",
                       "make it, writable for this user"};
  return {};
}

store::postgresql::Options options_of(const StoreConfig& config) {
  store::postgresql::Options options;
  options.url = config.postgresql;
  options.strict = config.strict;
  return options;
}

}  // namespace

base::Result<std::unique_ptr<store::Store>> open_store(const StoreConfig& config,
                                                       const base::Clock& clock,
                                                       observe::Metrics& metrics) {
  constexpr std::int64_t reserve = 64 << 20;  // TRUST.md P4
  if (config.postgresql.empty())
    return store::sqlite::open({.file = config.file,
                                .create = true,
                                .min_free_bytes = config.min_free_bytes,
                                .reserve_bytes = reserve},
                               clock, metrics);
  if (auto made = make_folder_beside(config); !made) return made.error();
  return store::postgresql::open(options_of(config), clock, metrics);
}

namespace {

std::string file_of(const StoreConfig& config, Done what) {
  return config.beside.string() + (what == Done::backed_up ? "-backed-up" : "-verified");
}

}  // namespace

void note_done(const StoreConfig& config, Done what) {
  if (config.beside.empty()) return;  // a URL by hand: whose folder would it be?
  std::ofstream(file_of(config, what), std::ios::trunc) << '\n';
}

std::optional<double> last_done(const StoreConfig& config, Done what) {
  struct stat facts {};
  if (::stat(file_of(config, what).c_str(), &facts) != 0) return std::nullopt;
  return static_cast<double>(facts.st_mtim.tv_sec);
}

base::Result<void> copy_store(
    const StoreConfig& from, const StoreConfig& to,
    const std::function<void(const char*, std::int64_t, std::int64_t)>& progress,
    std::int64_t& rows) {
  return store::sqlite::show_whole(from.file, [&](const auto& whole) -> base::Result<void> {
    const auto copied = store::postgresql::take_over(whole, options_of(to), progress);
    if (!copied) return copied.error();
    rows = *copied;
    return {};
  });
}

}  // namespace gateway::app
