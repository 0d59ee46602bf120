#include <algorithm>

#include <gmock/gmock.h>

#include "tests/unit/http/rest/served.hpp"

using namespace gateway;
using testing::HasSubstr;
using testing::Not;

namespace {

access::CertificateGrant grant(const char* name, const char* scopes, const char* role = "") {
  access::CertificateGrant grant;
  grant.rule.subject = {{"CN", name}};
  grant.scopes = *security::parse_scopes(scopes);
  grant.role = role;
  return grant;
}

/// What a client is told page by page, and of what it waits for.
class Changes : public http::rest::Served {
 protected:
  http::Response ask(const std::string& path, const char* who = "client") {
    return api_->answer(request("GET", path.substr(path.starts_with('/') ? 1 : 0), "", who));
  }
  void write(const std::string& id, const std::string& category = "laboratory") {
    const auto body = R"({"resourceType":"Observation","id":")" + id +
                      R"(","status":"final","category":[{"coding":[{"code":")" + category +
                      R"("}]}],"code":{"text":"x"}})";
    const auto answer = api_->answer(request("PUT", "Observation/" + id, body, "keeper"));
    ASSERT_EQ(answer.status, 201) << answer.body;
  }
  static std::string link(const std::string& bundle, const std::string& relation) {
    const auto json = fhir::parse_json(bundle);
    for (const auto& one : (*json)["link"].items())
      if (one["relation"].text() == relation)
        return one["url"].text().substr(std::string("https://localhost/fhir").size());
    return "";
  }
  std::vector<store::AuditRecord> noted() {
    auto found = house_.store->audited({.most = 100});
    EXPECT_TRUE(found);
    return found ? *found : std::vector<store::AuditRecord>{};
  }

  access::Access access_{{grant("client", "system/*.rs"), grant("other", "system/*.rs"),
                          grant("narrow", "system/Observation.rs?category=laboratory"),
                          grant("keeper", "system/*.cruds", "source")}};
  std::unique_ptr<http::rest::Api> api_ = serving(access_);
};

TEST_F(Changes, WhatIsThereIsToldAtOnceAndWhatIsNotYetAwaited) {
  write("a");
  const auto first = ask("_history?_after=&_wait=30");
  EXPECT_EQ(first.feed, nullptr);
  EXPECT_THAT(first.body, HasSubstr("Observation/a"));
  const auto waiting = ask(link(first.body, "next"));
  ASSERT_NE(waiting.feed, nullptr);
  EXPECT_EQ(waiting.status, 200);
  EXPECT_EQ(waiting.feed->next(house_.clock)->text, "") << "nothing yet";
  write("b");
  const auto said = waiting.feed->next(house_.clock);
  ASSERT_TRUE(said);
  EXPECT_THAT(said->text, HasSubstr("Observation/b"));
  EXPECT_THAT(said->text, Not(HasSubstr("Observation/a")));
  EXPECT_FALSE(waiting.feed->next(house_.clock)) << "one page is all";
  EXPECT_THAT(ask(link(said->text, "self")).body, HasSubstr("Observation/b"));
}

TEST_F(Changes, AWaitThatIsOverLeadsToTheSamePlace) {
  write("a");
  const auto at = link(ask("Observation/_history?_after=&_wait=5").body, "next");
  const auto waiting = ask(at);
  house_.clock.pass(std::chrono::seconds(6));
  const auto said = waiting.feed->next(house_.clock);
  ASSERT_TRUE(said);
  EXPECT_THAT(said->text, Not(HasSubstr("entry")));
  house_.clock.pass(std::chrono::hours(24 * 365));
  write("b");
  EXPECT_THAT(ask(link(said->text, "next")).body, HasSubstr("Observation/b")) << "it never expires";
}

TEST_F(Changes, WhatTheClientMayNotSeeNeitherEndsItsWaitNorIsShown) {
  const auto waiting = ask("_history?_after=&_wait=30", "narrow");
  ASSERT_NE(waiting.feed, nullptr);
  write("survey", "survey");
  EXPECT_EQ(waiting.feed->next(house_.clock)->text, "");
  write("result");
  const auto said = waiting.feed->next(house_.clock);
  EXPECT_THAT(said->text, HasSubstr("Observation/result"));
  EXPECT_THAT(said->text, Not(HasSubstr("Observation/survey")));
}

TEST_F(Changes, WhatIsToldAfterAWaitIsNotedDownLikeAnyOther) {
  const auto waiting = ask("_history?_after=&_wait=30");
  const auto before = noted().size();
  write("a");
  const auto written = noted().size();
  ASSERT_TRUE(waiting.feed->next(house_.clock));
  EXPECT_GT(written, before);
  const auto rows = noted();
  ASSERT_EQ(rows.size(), written + 1);
  EXPECT_EQ(rows.front().row.event, "history");
  EXPECT_EQ(rows.front().row.count, 1);
}

TEST_F(Changes, APlaceIsItsClientsAlone) {
  write("a");
  const auto at = link(ask("_history?_after=").body, "next");
  for (const auto& [path, who] : {std::pair(at, "other"), {at + "x", "client"}}) {
    const auto refused = ask(path, who);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("cursor-forged"));
    EXPECT_THAT(refused.body, HasSubstr("http._after"));
  }
  EXPECT_EQ(ask(at).status, 200);
}

TEST_F(Changes, APageThatHasExpiredIsToldWithTheWayBack) {
  for (const char* id : {"a", "b", "c"}) write(id);
  for (const std::string path :
       {"Observation?_count=1", "_history?_count=1", "?_type=Observation&_count=1"}) {
    const auto next = link(ask(path).body, "next");
    ASSERT_FALSE(next.empty()) << path;
    house_.clock.pass(std::chrono::minutes(59));
    EXPECT_EQ(ask(next).status, 200) << path;
    house_.clock.pass(std::chrono::minutes(2));
    const auto late = ask(next);
    EXPECT_EQ(late.status, 410) << path;
    EXPECT_THAT(late.body, HasSubstr("cursor-expired"));
    const auto back =
        std::ranges::find(late.headers, "Link", [](const auto& h) { return h.first; });
    ASSERT_NE(back, late.headers.end()) << path;
    EXPECT_THAT(back->second, HasSubstr("rel=\"first\""));
    EXPECT_THAT(back->second, Not(HasSubstr("_cursor")));
  }
}

}  // namespace
