#include <gmock/gmock.h>

#include "tests/unit/http/admin/house.hpp"

using testing::HasSubstr;

// TRUST.md T16, T15: what a page of another site cannot do, and what none of ours may.
namespace gateway::http::admin::tests {
namespace {

using people::Role;
using std::chrono::minutes;

class Threat16Forgery : public Desk {
 protected:
  Request add_user(const std::string& name) {
    return as(token_,
              request("POST", "/admin/v1/users", R"({"user":")" + name + R"(","role":"auditor"})"));
  }
  bool exists(const std::string& name) { return accounts_.find(name)->has_value(); }
  const std::string token_ = *sessions_.begin(person("anna", Role::administrator), true);
};

TEST_F(Threat16Forgery, EachOfTheThreeChecksStopsAChangeByItself) {
  auto sound = add_user("ben");
  EXPECT_EQ(ask(sound).status, 201);
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded",
                           "multipart/form-data", "text/json; application/json"}) {
    auto other = add_user("carl");
    set(other, "content-type", type);
    EXPECT_EQ(ask(other).status, 415) << type;
  }
  for (const char* site : {"", "cross-site", "same-site", "none"}) {
    auto other = add_user("carl");
    set(other, "sec-fetch-site", site);
    EXPECT_EQ(code_of(ask(other)), "foreign") << site;
  }
  const auto others = *sessions_.begin(*accounts_.find("anna")->operator->(), true);
  for (const auto& csrf : {std::string(), std::string("x"), people::Sessions::csrf_token(others)}) {
    auto other = add_user("carl");
    set(other, "x-csrf-token", csrf);
    EXPECT_EQ(code_of(ask(other)), "foreign") << csrf;
  }
  EXPECT_FALSE(exists("carl"));
}

TEST_F(Threat16Forgery, NobodyIsSignedInByAPageOfAnotherSite) {
  auto asked =
      request("POST", "/admin/v1/session",
              R"({"user":"anna","password":")" + std::string(people::tests::words) + "\"}");
  EXPECT_EQ(ask(asked).status, 200);
  for (const char* site : {"", "cross-site", "same-site"}) {
    set(asked, "sec-fetch-site", site);
    const auto answer = ask(asked);
    EXPECT_EQ(answer.status, 403) << site;
    EXPECT_EQ(header(answer, "Set-Cookie"), "");
  }
}

TEST_F(Threat16Forgery, ABrowserThatShowsACertificateIsNotUsedByAnotherSite) {
  auto asked = request("POST", "/admin/v1/users", R"({"user":"carl","role":"auditor"})");
  set(asked, "sec-fetch-site", "cross-site");
  EXPECT_EQ(code_of(ask(asked, certificate("administrator"))), "foreign");
  set(asked, "sec-fetch-site", "");
  EXPECT_EQ(ask(asked, certificate("administrator")).status, 201) << "a command says nothing of it";
}

TEST_F(Threat16Forgery, TheCookieIsOfThisHostAndThisGatewayAlone) {
  const auto answer =
      ask(request("POST", "/admin/v1/session",
                  R"({"user":"anna","password":")" + std::string(people::tests::words) + "\"}"));
  const auto cookie = header(answer, "Set-Cookie");
  EXPECT_EQ(cookie.substr(0, 16), "__Host-clinic-a=");
  EXPECT_THAT(cookie, HasSubstr("; Path=/; Secure; HttpOnly; SameSite=Strict"));
  EXPECT_THAT(answer.body, testing::Not(HasSubstr(token_of(answer))));
}

TEST_F(Threat16Forgery, WhatIsGraveNeedsAProofOfTheLastFiveMinutes) {
  clock_.pass(minutes(5));
  EXPECT_EQ(code_of(ask(add_user("ben"))), "proof-needed");
  EXPECT_FALSE(exists("ben"));
  EXPECT_EQ(ask(as(token_, request("GET", "/admin/v1/users"))).status, 200) << "looking is not";
  EXPECT_EQ(
      ask(as(token_, request("POST", "/admin/v1/session/proof", R"({"password":"wrong"})"))).status,
      401);
  const auto proved =
      ask(as(token_, request("POST", "/admin/v1/session/proof",
                             R"({"password":")" + std::string(people::tests::words) + "\"}")));
  EXPECT_EQ(proved.status, 200);
  EXPECT_EQ(ask(add_user("ben")).status, 401) << "the token before it is over";
  EXPECT_EQ(ask(as(token_of(proved),
                   request("POST", "/admin/v1/users", R"({"user":"ben","role":"auditor"})")))
                .status,
            201);
}

TEST_F(Threat16Forgery, SigningInAgainEndsTheSessionBefore) {
  auto again = as(token_, request("POST", "/admin/v1/session",
                                  R"({"user":"anna","password":")" +
                                      std::string(people::tests::words) + "\"}"));
  EXPECT_EQ(ask(again).status, 200);
  EXPECT_FALSE(json(ask(as(token_, request("GET", "/admin/v1/session"))))["signed_in"].is_true());
}

TEST_F(Threat16Forgery, EveryAnswerIsStrict) {
  const Request rows[] = {request("GET", "/admin/v1/session"),
                          request("GET", "/admin/v1/nothing"),
                          request("GET", "/admin"),
                          request("DELETE", "/admin/v1/users"),
                          request("POST", "/admin/v1/users"),
                          request("GET", "/admin/v1/openapi.json")};
  for (const auto& one : rows) {
    const auto answer = ask(one);
    EXPECT_EQ(header(answer, "Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
              "require-trusted-types-for 'script'")
        << one.path;
    EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
    EXPECT_EQ(header(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
  }
}

TEST_F(Threat16Forgery, ABodyIsSmallAndSaysHowLongItIs) {
  auto asked = request("POST", "/admin/v1/users");
  EXPECT_EQ(Administration::admit(asked)->status, 411);
  set(asked, "content-length", "65537");
  EXPECT_EQ(Administration::admit(asked)->status, 413);
  set(asked, "content-length", "65536");
  EXPECT_FALSE(Administration::admit(asked));
  EXPECT_FALSE(Administration::admit(request("GET", "/admin/v1/users")));
}

}  // namespace
}  // namespace gateway::http::admin::tests
