#pragma once
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

/// The catalogue of the shipped mappings, compiled once in a test program; null with problems.
inline const gateway::mapping::Catalogue* shipped_catalogue() {
  static const auto compiled = gateway::mapping::compile(shipped_mappings());
  return compiled.catalogue.get();
}

}  // namespace tests
