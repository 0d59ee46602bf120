#include "tests/support/sources.hpp"

#include <algorithm>
#include <sstream>

#include "tests/support/files.hpp"

namespace tests {

std::vector<SourceLine> lines_of_gateway() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_dir() / "gateway")) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<SourceLine> lines;
  for (const auto& path : paths) {
    const auto relative = std::filesystem::relative(path, source_dir()).generic_string();
    const auto room =
        std::filesystem::relative(path.parent_path(), source_dir() / "gateway").generic_string();
    std::istringstream in(read_file(path));
    std::string text;
    for (int number = 1; std::getline(in, text); ++number)
      lines.push_back({relative, room == "." ? "" : room, number, text});
  }
  return lines;
}

}  // namespace tests
