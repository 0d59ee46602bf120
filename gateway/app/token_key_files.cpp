#include "gateway/app/token_key_files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include "gateway/base/files.hpp"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;

base::Error problem(const char* what, const fs::path& file, std::string remedy) {
  return {base::ErrorKind::configuration, what, file.string(), std::move(remedy)};
}

fs::path file_of(const fs::path& folder, base::Instant made) {
  return folder / (std::to_string(made.microseconds / base::microseconds_a_second) + ".pem");
}

/// nullopt: no file of ours.
std::optional<base::Instant> made_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  std::int64_t seconds = 0;
  const auto* end = stem.data() + stem.size();
  const auto read = std::from_chars(stem.data(), end, seconds);
  if (file.extension() != ".pem" || read.ec != std::errc() || read.ptr != end || seconds <= 0 ||
      seconds > INT64_MAX / base::microseconds_a_second)
    return std::nullopt;
  return base::Instant{seconds * base::microseconds_a_second};
}

base::Result<std::vector<access::TokenKey>> read_keys(const fs::path& folder) {
  std::vector<access::TokenKey> keys;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const auto made = made_of(entry.path());
    if (!made) continue;
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode))
      return problem("a token key is no file", entry.path(), "take it away");
    if ((status.st_mode & 077) != 0)
      return problem("a token key can be read by others", entry.path(),
                     "chmod 600 it, or, if others may have read it, delete it: a new key is made");
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    auto key = security::Es384Key::read(pem);
    if (!key) return problem(key.error().what.c_str(), entry.path(), key.error().remedy);
    keys.push_back({*std::move(key), *made});
  }
  if (failed) return problem("the token keys cannot be read", folder, "see to its owner and mode");
  std::ranges::sort(keys, {}, &access::TokenKey::made);
  return keys;
}

base::Result<void> write_key(const fs::path& folder, const access::TokenKey& key) {
  const fs::path file = file_of(folder, key.made);
  if (!base::replace_file(file, key.key.pem()))
    return problem(std::strerror(errno), file, "the gateway keeps its token keys there: let it");
  return {};
}

}  // namespace

base::Result<std::vector<access::TokenKey>> load_token_keys(const fs::path& folder,
                                                            base::Instant now) {
  std::error_code failed;
  if (fs::create_directories(folder, failed) && !failed) ::chmod(folder.c_str(), 0700);
  auto keys = read_keys(folder);
  if (!keys) return keys;
  if (access::key_life::is_due(*keys, now)) {
    access::TokenKey fresh{security::Es384Key::generate(), now};
    if (auto kept = write_key(folder, fresh); !kept) return kept.error();
    keys->push_back(std::move(fresh));
  }
  const auto all = *keys;
  std::erase_if(*keys, [&](const access::TokenKey& key) {
    if (!access::key_life::is_over(key, all, now)) return false;
    fs::remove(file_of(folder, key.made), failed);
    return true;
  });
  return keys;
}

}  // namespace gateway::app
