#include "gateway/mapping/catalogue_builder.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/hash.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t largest_file_bytes = 16 * 1024 * 1024;
constexpr std::size_t most_problems = 1000;

constexpr std::array tables{
    std::string_view("units.csv"),           std::string_view("specimens.csv"),
    std::string_view("authorities.csv"),     std::string_view("coding_systems.csv"),
    std::string_view("published_codes.csv"), std::string_view("cycle_phrases.csv")};

bool is_of_the_catalogue(std::string_view path) {
  return std::find(tables.begin(), tables.end(), path) != tables.end() ||
         (path.starts_with("senders/") && path.ends_with(".json")) || path.starts_with("zones/") ||
         (path.starts_with("rules/") && path.ends_with(".json")) ||
         (path.starts_with("codes/") && path.ends_with(".csv"));
}

/// Equal files give equal versions, in whatever order they were read.
std::string version_of(const std::vector<MappingFile>& files) {
  std::vector<const MappingFile*> sorted;
  for (const MappingFile& file : files) {
    if (is_of_the_catalogue(file.path)) sorted.push_back(&file);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->path < b->path; });
  base::KeyHash hash;
  for (const MappingFile* file : sorted) {
    hash.add(file->path).add(base::bytes_of(base::sha256(file->text)));
  }
  return base::base32(hash.digest(), 16);
}

}  // namespace

CompiledCatalogue compile(const std::vector<MappingFile>& files) {
  return CatalogueBuilder().build(files);
}

CompiledCatalogue CatalogueBuilder::build(const std::vector<MappingFile>& files) {
  files_ = &files;
  for (const MappingFile& file : files) {
    if (file.text.size() > largest_file_bytes) {
      problem({file.path, 0}, "the file is larger than 16 MiB", "split it");
      return {nullptr, std::move(problems_)};
    }
  }
  check_all_are_read();
  add_coding_systems();
  add_published_codes();
  add_values();
  add_targets();
  add_code_maps();
  add_answers();
  add_units();
  add_specimens();
  add_authorities();
  add_cycle_phrases();
  add_senders();
  check_code_maps_are_used();
  add_rules();
  std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) {
    return a.path != b.path ? a.path < b.path : a.line < b.line;
  });
  if (!problems_.empty()) return {nullptr, std::move(problems_)};
  catalogue_->version_ = version_of(files);
  return {std::move(catalogue_), {}};
}

/// A table whose name is misspelt would otherwise be silent.
void CatalogueBuilder::check_all_are_read() {
  for (const MappingFile& table : *files_) {
    if (table.path.find('/') != std::string::npos || !table.path.ends_with(".csv")) continue;
    if (is_of_the_catalogue(table.path)) continue;
    problem({table.path, 0}, "nobody reads this table",
            did_you_mean(table.path, {tables.begin(), tables.end()},
                         "code maps belong into the folder codes"));
  }
}

void CatalogueBuilder::problem(Place place, std::string text, std::string remedy) {
  if (problems_.size() >= most_problems) return;
  problems_.push_back({place.path, place.line, std::move(text), std::move(remedy)});
}

const MappingFile* CatalogueBuilder::file(std::string_view path) const {
  const auto found = std::find_if(files_->begin(), files_->end(),
                                  [&](const MappingFile& file) { return file.path == path; });
  return found == files_->end() ? nullptr : &*found;
}

std::vector<CsvRow> CatalogueBuilder::table(std::string_view path,
                                            std::span<const std::string_view> columns) {
  if (const MappingFile* found = file(path)) return rows_of(*found, columns);
  problem({std::string(path), 0}, "the file is missing", "restore it from the shipped mappings");
  return {};
}

std::vector<CsvRow> CatalogueBuilder::rows_of(const MappingFile& file,
                                              std::span<const std::string_view> columns) {
  CsvTable table = read_csv(file.text, columns);
  for (CsvProblem& found : table.problems) {
    problem({file.path, found.line}, std::move(found.text), std::move(found.remedy));
  }
  return std::move(table.rows);
}

bool CatalogueBuilder::first_of_its_key(Place place, const std::string& key,
                                        std::string_view what) {
  const auto [seen, added] = seen_[place.path].emplace(key, place.line);
  if (added) return true;
  problem(place, std::string(what) + " stands in line " + std::to_string(seen->second) + " already",
          "keep one of the two rows");
  return false;
}

}  // namespace gateway::mapping
