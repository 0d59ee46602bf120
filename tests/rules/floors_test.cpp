#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"
#include "tests/support/sources.hpp"

namespace {

/// The table of gateway/CMakeLists.txt as the build wrote it: room → rooms it may use.
std::map<std::string, std::set<std::string>> rooms() {
  std::map<std::string, std::set<std::string>> table;
  std::istringstream in(
      tests::read_file(std::filesystem::path(IMMUNOGATE_BINARY_DIR) / "rooms.txt"));
  std::string line;
  while (std::getline(in, line)) {
    const auto colon = line.find(':');
    std::istringstream used(line.substr(colon + 1));
    auto& may_use = table[line.substr(0, colon)];
    for (std::string room; used >> room;) may_use.insert(room);
  }
  return table;
}

TEST(Floors, EveryIncludeIsOfARoomTheTableAllows) {
  static const std::regex include(R"re(^\s*#\s*include\s*"gateway/(.+)/[^/"]+")re");
  const auto may_use = rooms();
  int seen = 0;
  for (const auto& line : tests::lines_of_gateway()) {
    if (line.room.empty()) continue;  // main.cpp: the program itself
    ASSERT_TRUE(may_use.contains(line.room)) << line.path << ": folder is not a room";
    std::smatch match;
    if (!std::regex_search(line.text, match, include)) continue;
    ++seen;
    EXPECT_TRUE(match[1] == line.room || may_use.at(line.room).contains(match[1]))
        << line.path << ":" << line.number << ": " << line.room << " may not use " << match[1];
  }
  EXPECT_GT(seen, 0) << "the pattern matches nothing, so this test could never fail";
}

TEST(Floors, IncludesAreWrittenFromTheRoot) {
  static const std::regex quoted(R"re(^\s*#\s*include\s*"(.+)")re");
  for (const auto& line : tests::lines_of_gateway()) {
    std::smatch match;
    if (!std::regex_search(line.text, match, quoted)) continue;
    EXPECT_EQ(match[1].str().rfind("gateway/", 0), 0U) << line.path << ":" << line.number;
  }
}

TEST(Floors, TheTopLevelIsExactlyAsAgreed) {
  static const std::set<std::string> agreed = {"CMakeLists.txt", "gateway", "mappings",  "certs",
                                               "tests",          "deploy",  "README.md", "LICENSE"};
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(tests::source_dir())) {
    const auto name = entry.path().filename().string();
    if (name.front() != '.') found.insert(name);
  }
  EXPECT_EQ(found, agreed);
}

TEST(Floors, EveryTopLevelFolderHasAReadmeOfOnePage) {
  for (const char* folder : {"gateway", "mappings", "certs", "tests", "deploy"}) {
    const auto path = tests::source_dir() / folder / "README.md";
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    const auto text = tests::read_file(path);
    EXPECT_GT(text.size(), 300U) << path;
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 160) << path;
    EXPECT_LT(text.size(), 8000U) << path;  // a page, however long its lines are
  }
}

}  // namespace
