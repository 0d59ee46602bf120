#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"
#include "tests/support/sources.hpp"

namespace {

using tests::SourceLine;

bool is_comment(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first != std::string::npos && text.compare(first, 2, "//") == 0;
}

/// Lines outside `rooms` that match; none are expected.
void expect_nowhere(const char* pattern, const std::set<std::string>& except, const char* why) {
  const std::regex forbidden(pattern);
  for (const SourceLine& line : tests::lines_of_gateway()) {
    if (except.contains(line.room) || except.contains(line.path) || is_comment(line.text)) continue;
    EXPECT_FALSE(std::regex_search(line.text, forbidden))
        << line.path << ":" << line.number << ": " << why << ": " << line.text;
  }
}

TEST(Form, NoFileIsLongerThanFiveHundredLines) {
  std::map<std::string, int> lengths;
  for (const auto& line : tests::lines_of_gateway()) lengths[line.path] = line.number;
  ASSERT_GT(lengths.size(), 50U);
  for (const auto& [path, length] : lengths) EXPECT_LE(length, 500) << path;
}

// TRUST.md T15: what a message says goes into the console's pages as text nodes alone.
TEST(Form, TheConsolesPagesMakeNoMarkupOutOfText) {
  const std::regex forbidden(
      R"(dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc|style=)");
  std::size_t files = 0;
  const auto web = tests::source_dir() / "gateway/http/console/web/src";
  for (const auto& file : std::filesystem::recursive_directory_iterator(web)) {
    if (!file.is_regular_file()) continue;
    const std::string text = tests::read_file(file.path());
    EXPECT_FALSE(std::regex_search(text, forbidden)) << file.path();
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 500) << file.path();
    ++files;
  }
  EXPECT_GT(files, 10U);
}

TEST(Form, TheMedianFileIsShort) {
  std::map<std::string, int> lengths;
  for (const auto& line : tests::lines_of_gateway()) lengths[line.path] = line.number;
  std::vector<int> sorted;
  for (const auto& [path, length] : lengths) sorted.push_back(length);
  std::sort(sorted.begin(), sorted.end());
  EXPECT_LE(sorted.at(sorted.size() / 2), 150);
}

TEST(Form, NoMacrosOfOurOwn) {
  expect_nowhere(R"(^\s*#\s*define\b)", {}, "project code has no macros");
}

TEST(Form, ProcessWideStateIsTouchedByAppAndBaseOnly) {
  expect_nowhere(R"(\b(getenv|setlocale|std::cout|std::cerr)\b|system_clock::now)", {"app", "base"},
                 "only app and base may");
}

TEST(Form, MappingIsPure) {
  static const std::regex forbidden(
      R"(#\s*include\s*<(fstream|thread|mutex|atomic|filesystem|iostream|random)>|\bClock\b)");
  for (const auto& line : tests::lines_of_gateway()) {
    if (line.room != "mapping" || is_comment(line.text)) continue;
    EXPECT_FALSE(std::regex_search(line.text, forbidden)) << line.path << ":" << line.number;
  }
}

TEST(Form, EnginesHideTheirHeaders) {
  expect_nowhere(R"(<(sqlite3|libpq-fe)\.h>)", {"store/sqlite", "store/postgresql"},
                 "only the engine may name its library");
}

TEST(Form, ACanonicalUrlHasOneHome) {
  expect_nowhere(R"(https://immunogate\.example)", {"gateway/fhir/canonical.hpp"},
                 "spell it through fhir/canonical.hpp");
}

TEST(Form, AMetricNameHasOneHome) {
  expect_nowhere(R"("immunogate_)", {"gateway/observe/names.hpp"},
                 "spell it through observe/names.hpp");
}

TEST(Form, DataIsNeverReadThroughTheLocale) {
  expect_nowhere(R"(\b(strtod|strtof|stod|stof|atof|sscanf)\b)", {},
                 "these obey the locale; use DecimalText or from_chars");
}

TEST(Form, NoPathOfAMachineIsWritten) {
  expect_nowhere(R"((^|[^A-Za-z0-9_./-])/(root|home/[a-z]+|work)/)", {}, "a path of one machine");
}

}  // namespace
