#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"
#include "tests/support/sources.hpp"

namespace {

/// Code → remedy, as the table in mapping/issue.cpp has them.
std::map<std::string, std::string> remedies() {
  const auto text = tests::read_file(tests::source_dir() / "gateway/mapping/issue.cpp");
  static const std::regex row(R"re(\{"([a-z-]+)",\s+Severity::[a-z]+,\s+"((?:[^"]|"\s+")+)"\})re");
  std::map<std::string, std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at)
    found[(*at)[1]] = (*at)[2];
  return found;
}

TEST(Issues, EveryCodeRaisedAnywhereHasARemedy) {
  static const std::regex raised(
      R"re((?:issue|issue_at|refused|remark|remarks\.push_back|issues\.(?:push_back|emplace_back))\(\{?"([a-z]+(?:-[a-z]+)+)")re");
  const auto known = remedies();
  std::set<std::string> seen;
  for (const auto& line : tests::lines_of_gateway()) {
    std::smatch match;
    if (!std::regex_search(line.text, match, raised)) continue;
    seen.insert(match[1]);
    EXPECT_TRUE(known.contains(match[1])) << line.path << ":" << line.number << ": " << match[1];
  }
  EXPECT_GT(seen.size(), 30U) << "the pattern matches too little";
}

TEST(Issues, EveryCodeThatIsPublishedHasARemedyOfOneSentence) {
  const auto text =
      tests::read_file(tests::source_dir() / "mappings/fhir/CodeSystem-gateway-issue.json");
  static const std::regex code(R"re("code": "([a-z]+(?:-[a-z]+)+)",\s+"display")re");
  const auto known = remedies();
  std::size_t published = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) {
    const std::string name = (*at)[1];
    ++published;
    const auto found = known.find(name);
    ASSERT_NE(found, known.end()) << name;
    EXPECT_GE(found->second.size(), 20U) << name;
    EXPECT_NE(found->second.back(), '.') << name;  // it stands behind "; "
  }
  EXPECT_EQ(published, known.size());
}

}  // namespace
