#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/mapping/catalogue.hpp"

#include "tests/support/files.hpp"

namespace tests {

/// The shipped mapping files that `compile` reads, from the source folder. In a header because not
/// every test program links the mapping room.
inline std::vector<gateway::mapping::MappingFile> shipped_mappings() {
  const auto root = source_dir() / "mappings";
  std::vector<gateway::mapping::MappingFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const auto ending = entry.path().extension();
    if (!entry.is_regular_file() || (ending != ".csv" && ending != ".json")) continue;
    files.push_back(
        {entry.path().lexically_relative(root).generic_string(), read_file(entry.path())});
  }
  return files;
}

/// The files with the time zones that their senders name, as the program adds them.
inline std::vector<gateway::mapping::MappingFile> with_zones(
    std::vector<gateway::mapping::MappingFile> files) {
  for (const std::string& name : gateway::mapping::zone_names(files))
    files.push_back({"zones/" + name, read_file("/usr/share/zoneinfo/" + name)});
  return files;
}

/// The shipped mappings and one sender more, LAB|CITY, with these keys: `"time_zone": "UTC"`. Null
/// with problems.
inline std::shared_ptr<const gateway::mapping::Catalogue> catalogue_with_sender(
    const std::string& keys) {
  auto files = shipped_mappings();
  files.push_back({"senders/LAB.json", R"({"recognise": [{"msh3": "LAB", "msh4": "CITY"}])" +
                                           (keys.empty() ? "" : ", " + keys) + "}"});
  return gateway::mapping::compile(with_zones(std::move(files))).catalogue;
}

/// The catalogue of the shipped mappings, compiled once in a test program; null with problems.
inline const gateway::mapping::Catalogue* shipped_catalogue() {
  static const auto compiled = gateway::mapping::compile(shipped_mappings());
  return compiled.catalogue.get();
}

}  // namespace tests
