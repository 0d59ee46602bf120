#include "gateway/store/backup/parts.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <unistd.h>

#include "gateway/base/files.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/base/time.hpp"

namespace gateway::store::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t part_bytes = std::size_t{64} << 20, most_manifest = std::size_t{4} << 20;

base::Error cannot(const fs::path& place, std::string what) {
  return {base::ErrorKind::configuration, std::move(what) + ": " + std::strerror(errno),
          place.string(), "see that the volume is there, has room and is this user's to write"};
}

base::Error changed(const fs::path& place, std::string what) {
  return {base::ErrorKind::malformed, std::move(what), place.string(), "take another backup"};
}

bool write_new(const fs::path& path, std::string_view bytes) {
  const base::NewFile file(path);
  return file.add(bytes) && file.sync();
}

/// nullopt: it is not there, or larger.
std::optional<std::string> read_file(const fs::path& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (!in || failed || size > most) return std::nullopt;
  std::string out(size, '\0');
  if (!in.read(out.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return out;
}

/// 2026-11-30T20:36:00.000Z → 20261130T203600Z.
std::string folder_name(const std::string& made) {
  std::string out;
  for (const char c : made.substr(0, made.find('.')))
    if (c != '-' && c != ':' && c != 'Z') out += c;
  return out + "Z";
}

}  // namespace

base::Result<fs::path> store_in(const fs::path& folder, const fs::path& file, Manifest manifest,
                                const std::optional<security::Sealer>& sealer,
                                const Progress& progress) {
  const auto place = folder / folder_name(manifest.made);
  std::error_code failed;
  if (!fs::create_directories(place, failed) || failed)
    return cannot(place, "the folder of the backup cannot be made");
  fs::permissions(place, fs::perms::owner_all, failed);
  std::ifstream in(file, std::ios::binary);
  if (!in) return cannot(file, "the copy cannot be read");
  std::string bytes;
  manifest.is_sealed = sealer.has_value();
  while (in) {
    bytes.resize(part_bytes);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    if (bytes.empty()) break;
    manifest.bytes += static_cast<std::int64_t>(bytes.size());
    if (sealer) {
      auto sealed = sealer->seal(bytes);
      if (!sealed) return sealed.error();
      bytes = *std::move(sealed);
    }
    const auto part = place / part_name(manifest.parts.size());
    if (!write_new(part, bytes)) return cannot(part, "the backup cannot be written");
    manifest.parts.push_back(
        {static_cast<std::int64_t>(bytes.size()), base::hex(base::bytes_of(base::sha256(bytes)))});
    progress(manifest.bytes, static_cast<std::int64_t>(fs::file_size(file, failed)));
  }
  if (in.bad() || manifest.bytes != static_cast<std::int64_t>(fs::file_size(file, failed)))
    return cannot(file, "the copy cannot be read to its end");
  if (!base::sync_folder(place) || !write_new(place / manifest_name, write(manifest)) ||
      !base::sync_folder(place) || !base::sync_folder(folder))
    return cannot(place, "the backup cannot be written");
  return place;
}

base::Result<fs::path> newest_in(const fs::path& folder, const std::string& until) {
  if (fs::exists(folder / manifest_name)) return folder;
  std::string latest;
  if (!until.empty()) {
    const auto time = base::parse_fhir_time(until);
    if (!time || time->precision < base::PartialTime::Precision::second || !time->offset_minutes)
      return base::Error{base::ErrorKind::malformed, "is no time with an offset", "--until",
                         "write it as 2026-11-30T08:00:00Z"};
    latest = folder_name(base::to_text({time->instant_begin()}));
  }
  std::error_code failed;
  fs::path newest;
  for (const auto& one : fs::directory_iterator(folder, failed)) {
    if (!fs::exists(one.path() / manifest_name, failed)) continue;
    if (!latest.empty() && one.path().filename().string() > latest) continue;
    if (newest.empty() || one.path().filename() > newest.filename()) newest = one.path();
  }
  if (newest.empty())
    return base::Error{base::ErrorKind::configuration,
                       until.empty() ? "holds no backup" : "holds no backup made by then",
                       folder.string(), "name the folder that `store backup --to` wrote into"};
  return newest;
}

base::Result<Manifest> manifest_in(const fs::path& backup) {
  const auto text = read_file(backup / manifest_name, most_manifest);
  if (!text) return changed(backup / manifest_name, "no manifest can be read");
  auto manifest = read(*text);
  if (manifest) return manifest;
  return changed(backup / manifest_name, manifest.error().what);
}

base::Result<void> put_together(const fs::path& backup, const Manifest& manifest,
                                const std::optional<security::Opener>& opener, const fs::path& file,
                                const Progress& progress) {
  const fs::path unfinished = file.string() + "-restoring";
  std::error_code failed;
  fs::remove(unfinished, failed);
  const base::NewFile out(unfinished);
  std::int64_t done = 0;
  for (std::size_t i = 0; i < manifest.parts.size(); ++i) {
    const auto place = backup / part_name(i);
    auto bytes = read_file(place, 2 * part_bytes);
    if (!bytes || base::hex(base::bytes_of(base::sha256(*bytes))) != manifest.parts[i].sha256)
      return changed(place, "this part is not what the manifest says");
    if (opener) {
      auto opened = opener->open(*bytes);
      if (!opened) return changed(place, opened.error().what);
      bytes = *std::move(opened);
    }
    if (!out.add(*bytes)) return cannot(unfinished, "the store cannot be written");
    progress(done += static_cast<std::int64_t>(bytes->size()), manifest.bytes);
  }
  if (done != manifest.bytes) return changed(backup, "its parts are not as long as it says");
  if (!out.sync()) return cannot(unfinished, "the store cannot be written");
  // Not over one that somebody made meanwhile.
  if (::link(unfinished.c_str(), file.c_str()) != 0) return cannot(file, "it cannot be named");
  ::unlink(unfinished.c_str());
  if (!base::sync_folder(file.parent_path())) return cannot(file, "it cannot be named");
  return {};
}

}  // namespace gateway::store::backup
