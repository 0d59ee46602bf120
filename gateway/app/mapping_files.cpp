#include "gateway/app/mapping_files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace gateway::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view zone_folder = "/usr/share/zoneinfo";
constexpr std::uintmax_t most_zone_bytes = 1'000'000;

/// The zones that senders name, from the time zone database of this machine. One that is not there
/// is left to `compile` to say.
void add_zones(std::vector<mapping::MappingFile>& files) {
  for (const std::string& name : mapping::zone_names(files)) {
    const fs::path path = fs::path(zone_folder) / name;
    std::error_code error;
    if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > most_zone_bytes) continue;
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (in) files.push_back({"zones/" + name, bytes.str()});
  }
}

base::Error unreadable(const fs::path& path) {
  return {base::ErrorKind::configuration, "cannot be read", path.string(),
          "name the mappings folder with --mappings or in the configuration"};
}

std::optional<std::string> text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? std::optional(text.str()) : std::nullopt;
}

bool is_of_catalogue(const fs::path& relative) {
  const auto folder = relative.parent_path().generic_string();
  const auto ending = relative.extension();
  return ((folder == "senders" || folder == "rules") && ending == ".json") ||
         (folder == "codes" && ending == ".csv") || (folder.empty() && ending == ".csv");
}

bool is_artefact(const fs::path& relative) {
  return relative.parent_path().empty() && relative.extension() == ".json";
}

/// The files below a folder that `belongs` takes by their path in it, in order of their names. What
/// cannot be listed is an `error`, a folder that is not there too.
std::vector<fs::path> files_below(const fs::path& folder, bool (*belongs)(const fs::path&),
                                  std::error_code& error) {
  std::vector<fs::path> paths;
  for (auto at = fs::recursive_directory_iterator(folder, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error))
    if (!at->is_symlink() && at->is_regular_file() &&
        belongs(at->path().lexically_relative(folder)))
      paths.push_back(at->path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

base::Result<std::vector<mapping::MappingFile>> read_mapping_files(const fs::path& folder) {
  std::error_code error;
  const auto paths = files_below(folder, is_of_catalogue, error);
  if (error) return unreadable(folder);
  std::vector<mapping::MappingFile> files;
  for (const fs::path& path : paths) {
    auto text = text_of_file(path);
    if (!text) return unreadable(path);
    files.push_back({path.lexically_relative(folder).generic_string(), *std::move(text)});
  }
  add_zones(files);
  return files;
}

std::string text_of(const mapping::MappingProblem& problem, const fs::path& folder) {
  std::string out = (folder / problem.path).string();
  if (problem.line != 0) out += ":" + std::to_string(problem.line);
  out += ": " + problem.text;
  if (!problem.remedy.empty()) out += "; " + problem.remedy;
  return out;
}

base::Result<std::shared_ptr<const mapping::Catalogue>> load_catalogue(const fs::path& folder) {
  auto files = read_mapping_files(folder);
  if (!files) return files.error();
  auto compiled = mapping::compile(*files);
  if (compiled.catalogue != nullptr) return compiled.catalogue;
  std::string all;
  for (const auto& problem : compiled.problems)
    all += (all.empty() ? "" : "\n") + text_of(problem, folder);
  return base::Error{base::ErrorKind::configuration, all, "", ""};
}

base::Result<fhir::Artefacts> load_artefacts(const fs::path& folder) {
  std::error_code error;
  const auto paths = files_below(folder / "fhir", is_artefact, error);
  if (error && error != std::errc::no_such_file_or_directory) return unreadable(folder / "fhir");
  fhir::Artefacts::Files files;
  for (const fs::path& path : paths) {
    auto text = text_of_file(path);
    if (!text) return unreadable(path);
    files.emplace_back(path.filename().string(), *std::move(text));
  }
  auto artefacts = fhir::Artefacts::read(files);
  if (artefacts) {
    // Whose codes they use, and under which terms.
    if (auto notice = text_of_file(folder / "NOTICE.md")) artefacts->attach("NOTICE.md", *notice);
    return artefacts;
  }
  return base::Error{base::ErrorKind::configuration, artefacts.error().what,
                     (folder / "fhir" / artefacts.error().where).string(),
                     artefacts.error().remedy};
}

}  // namespace gateway::app
