#include "gateway/http/console/console.hpp"

#include <regex>

#include <gmock/gmock.h>

#include "gateway/http/console/embedded.hpp"

using testing::HasSubstr;

// TRUST.md T15: pages under a strict policy.
namespace gateway::http::console::tests {
namespace {

Response get(const std::string& path, const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.path = path;
  return answer(request);
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

TEST(Threat15Pages, AreServedWithTheirTypeUnderTheStrictPolicy) {
  const std::pair<const char*, const char*> rows[] = {
      {"/console/", "text/html; charset=utf-8"},
      {"/console/sign-in", "text/html; charset=utf-8"},
      {"/console/provider", "text/html; charset=utf-8"},
      {"/console/sign-in.js", "text/javascript; charset=utf-8"},
      {"/console/sign-in.css", "text/css; charset=utf-8"}};
  for (const auto& [path, type] : rows) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.content_type, type);
    EXPECT_THAT(header(answer, "Content-Security-Policy"),
                testing::AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self';"),
                               HasSubstr("frame-ancestors 'none'"),
                               HasSubstr("require-trusted-types-for 'script'")));
  }
  EXPECT_EQ(header(get("/console"), "Location"), "/console/");
  EXPECT_EQ(get("/console/../etc/passwd").status, 404);
  EXPECT_EQ(get("/console/", "POST").status, 405);
  EXPECT_EQ(header(get("/console/nothing"), "X-Frame-Options"), "DENY");
}

TEST(Threat15Pages, HoldNoScriptOrStyleOfTheirOwnAndNothingFromElsewhere) {
  const std::string page(embedded::sign_in_page());
  EXPECT_FALSE(
      std::regex_search(page, std::regex(R"(<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=)")));
  for (const auto text :
       {embedded::sign_in_page(), embedded::sign_in_script(), embedded::sign_in_style()})
    EXPECT_FALSE(std::regex_search(std::string(text), std::regex(R"(https?://|url\(|@import)")));
}

TEST(ConsolePages, AreKeptByBrowsersOnlyUnderANameThatTellsTheirContent) {
  if (embedded::assets().empty()) GTEST_SKIP() << "npm was not there to make the console's pages";
  std::size_t compressed = 0;
  for (const auto& file : embedded::assets()) {
    compressed += file.gzip.size();
    Request request{.method = "GET", .path = std::string(file.path)};
    const auto whole = answer(request);
    EXPECT_EQ(whole.body, file.whole);
    EXPECT_EQ(header(whole, "Cache-Control"),
              file.is_hashed ? "public, max-age=31536000, immutable" : "no-store");
    EXPECT_EQ(header(whole, "Content-Encoding"), "");
    request.headers = {{"accept-encoding", "gzip, br"}};
    const auto small = answer(request);
    EXPECT_EQ(small.body, file.gzip);
    EXPECT_EQ(header(small, "Content-Encoding"), "gzip");
    EXPECT_THAT(header(small, "Content-Security-Policy"), HasSubstr("script-src 'self';"));
  }
  EXPECT_LE(compressed, 250'000U);
}

TEST(Threat15Pages, TheScriptMakesNoMarkupOutOfText) {
  const std::string script(embedded::sign_in_script());
  for (const char* way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                          "Function(", "setTimeout(\""})
    EXPECT_EQ(script.find(way), script.npos) << way;
}

TEST(Threat15Pages, ThePageSaysHowTheFirstAccountIsMade) {
  EXPECT_THAT(std::string(embedded::sign_in_page()),
              HasSubstr("immunogate user add NAME --role administrator"));
}

}  // namespace
}  // namespace gateway::http::console::tests
