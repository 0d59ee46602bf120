#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"

namespace {

namespace fs = std::filesystem;

/// "Suite.Name" of every test, written in C++ or Python.
std::set<std::string> tests_there_are() {
  static const std::regex declared(
      R"re((?:^|\n)(?:TEST|TEST_P|TEST_F|TYPED_TEST)\(\s*(\w+),\s*(\w+)\))re");
  static const std::regex in_python(R"re((?:^|\n)(?:class (\w+)\(|    def (test_\w+)\())re");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(tests::source_dir() / "tests")) {
    const bool python = entry.path().extension() == ".py";
    if (entry.path().extension() != ".cpp" && !python) continue;
    const std::string text = tests::read_file(entry.path());
    std::string suite;
    for (std::sregex_iterator at(text.begin(), text.end(), python ? in_python : declared), end;
         at != end; ++at) {
      if ((*at)[1].matched) suite = (*at)[1];
      if ((*at)[2].matched) names.insert(suite + "." + (*at)[2].str());
    }
  }
  return names;
}

std::set<std::string> rules_there_are() {
  const std::pair<const char*, int> families[] = {
      {"E", 7},  {"R", 10}, {"S", 19}, {"C", 29},        {"F", 10},       {"T", 13},
      {"N", 12}, {"I", 2},  {"W", 7},  {"mistake ", 33}, {"symptom ", 31}};
  std::set<std::string> rules;
  for (const auto& [family, count] : families)
    for (int number = 1; number <= count; ++number) rules.insert(family + std::to_string(number));
  return rules;
}

TEST(Matrix, EveryRuleNamesTestsThatExist) {
  static const std::regex row(R"re(^\| ([A-Z]\d+|mistake \d+|symptom \d+) \| (.+) \|$)re");
  static const std::regex test("`([^`]+)`");
  const auto known = tests_there_are();
  auto rules = rules_there_are();
  std::istringstream lines(tests::read_file(tests::source_dir() / "tests" / "RULES.md"));
  std::string line;
  while (std::getline(lines, line)) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    EXPECT_EQ(rules.erase(match[1]), 1u) << match[1] << " stands twice, or is no rule";
    const std::string named = match[2];
    for (std::sregex_iterator at(named.begin(), named.end(), test), end; at != end; ++at)
      EXPECT_TRUE(known.contains((*at)[1])) << match[1] << " names " << (*at)[1];
    EXPECT_TRUE(named == "–" || named.starts_with('`')) << line;
  }
  EXPECT_TRUE(rules.empty()) << *rules.begin() << " has no line";
}

}  // namespace
