// TRUST.md T10: what leaves this gateway goes through one function, which owns the checks.
#include <map>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/sources.hpp"

namespace {

TEST(Threat10, OnlyOnePlaceOfTheServerConnects) {
  static const std::regex connects(
      R"re(((^|[ (=!])::connect\(|[a-z]\.connect\(|async_connect\(|HTTPSClientSession>?\())re");
  // Commands connect where the user says; the local door looks whether somebody serves its own
  // file.
  static const std::map<std::string, std::string> agreed = {
      {"gateway/forward/connection.cpp", "the one place"},
      {"gateway/app/mllp_client.cpp", "`immunogate send`"},
      {"gateway/app/gateway_client.cpp", "commands that ask a gateway"},
      {"gateway/http/local_door.cpp", "its own socket file"}};
  bool seen = false;
  for (const auto& line : tests::lines_of_gateway()) {
    if (!std::regex_search(line.text, connects)) continue;
    seen = seen || line.path == "gateway/forward/connection.cpp";
    EXPECT_TRUE(agreed.contains(line.path)) << line.path << ":" << line.number << ": connects";
  }
  EXPECT_TRUE(seen) << "the pattern matches nothing, so this test could never fail";
}

}  // namespace
