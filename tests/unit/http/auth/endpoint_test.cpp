#include "gateway/http/auth/endpoint.hpp"

#include <gmock/gmock.h>

#include "gateway/fhir/search/encoding.hpp"

#include "tests/unit/access/house.hpp"

using testing::HasSubstr;

namespace gateway::access::tests {
namespace {

class TokenEndpoint : public House {
 protected:
  http::Request form(const std::string& path, const std::string& body) const {
    http::Request request;
    request.method = "POST";
    request.path = path;
    request.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                       {"content-length", std::to_string(body.size())}};
    request.body = body;
    request.peer.address = "10.0.0.1:5555";
    return request;
  }
  std::string with(const std::string& text) const {
    return "grant_type=client_credentials&scope=system%2F*.rs&client_assertion_type=" +
           fhir::search::form_encoded(Assertions::jwt_bearer) + "&client_assertion=" + text;
  }
  fhir::Json json(const http::Response& response) const { return *fhir::parse_json(response.body); }
  http::Response asked(const std::string& path) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    return endpoint_.answer(request);
  }
  http::auth::Endpoint endpoint_{http::auth::Addresses(base_url), issuing_, keys_, metrics_};
};

TEST_F(TokenEndpoint, AnswersWithTheFourFieldsAndIsNeverCached) {
  const auto answer = endpoint_.answer(form("/auth/token", with(assertion())));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.headers.front(),
            (std::pair<std::string, std::string>("Cache-Control", "no-store")));
  const auto body = json(answer);
  EXPECT_EQ(body["token_type"].text(), "bearer");
  EXPECT_EQ(body["expires_in"].kind(), fhir::Json::Kind::number);
  EXPECT_EQ(body["expires_in"].text(), "300");
  EXPECT_EQ(body["scope"].text(), "system/*.rs");
  EXPECT_TRUE(tokens_.verify(body["access_token"].text()));
  EXPECT_EQ(metrics_.counter("immunogate_token_requests_total", {{"result", "issued"}}).value(), 1);
}

TEST_F(TokenEndpoint, RefusesInTheWordsOfOauth) {
  const struct {
    std::string body;
    int status;
    const char* error;
  } rows[] = {
      {with("x"), 401, "invalid_client"},
      {"", 400, "invalid_request"},
      {with(assertion()) + "&scope=system/*.rs", 400, "invalid_request"},
      {"grant_type=%zz", 400, "invalid_request"},
      {"grant_type=password", 400, "unsupported_grant_type"},
  };
  for (const auto& row : rows) {
    const auto answer = endpoint_.answer(form("/auth/token", row.body));
    EXPECT_EQ(answer.status, row.status) << answer.body;
    EXPECT_EQ(json(answer)["error"].text(), row.error);
    EXPECT_FALSE(json(answer)["error_description"].text().empty());
  }
  auto other = form("/auth/token", "{}");
  other.headers[0].second = "application/json";
  EXPECT_EQ(endpoint_.answer(other).status, 400);
}

TEST_F(TokenEndpoint, TheSixthFailureOfAMinuteIsSlowedDown) {
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(endpoint_.answer(form("/auth/token", with("x"))).status, 401);
  const auto answer = endpoint_.answer(form("/auth/token", with("x")));
  EXPECT_EQ(answer.status, 429);
  EXPECT_THAT(answer.headers, testing::Contains(testing::Pair("Retry-After", "60")));
}

TEST_F(TokenEndpoint, FormsAreSmallAndSayHowLongTheyAre) {
  auto request = form("/auth/token", "");
  EXPECT_FALSE(endpoint_.admit(request));
  request.headers[1].second = "65537";
  EXPECT_EQ(endpoint_.admit(request)->status, 413);
  request.headers[1].second = "many";
  EXPECT_EQ(endpoint_.admit(request)->status, 411);
  request.headers.pop_back();
  EXPECT_EQ(endpoint_.admit(request)->status, 411);
  request.method = "GET";
  EXPECT_EQ(endpoint_.admit(request)->status, 405);
}

TEST_F(TokenEndpoint, PublishesItsKeysWithoutTheirPrivateHalf) {
  const auto answer = asked("/auth/jwks");
  EXPECT_EQ(answer.status, 200);
  const auto keys = json(answer)["keys"].items();
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0]["kid"].text(), keys_.all()->front().key.id());
  EXPECT_EQ(keys[0]["alg"].text(), "ES384");
  EXPECT_FALSE(keys[0].has("d"));
  EXPECT_TRUE(access::read_key_set(answer.body));
}

TEST_F(TokenEndpoint, SaysWhereItIsInSmartConfiguration) {
  const auto body = json(asked("/fhir/.well-known/smart-configuration"));
  EXPECT_EQ(body["token_endpoint"].text(), token_url);
  EXPECT_EQ(body["introspection_endpoint"].text(), "https://gateway.example/auth/introspect");
  EXPECT_EQ(body["revocation_endpoint"].text(), "https://gateway.example/auth/revoke");
  EXPECT_EQ(body["jwks_uri"].text(), "https://gateway.example/auth/jwks");
  EXPECT_FALSE(body.has("issuer"));
  EXPECT_EQ(body["grant_types_supported"].items().size(), 1u);
  EXPECT_EQ(body["token_endpoint_auth_signing_alg_values_supported"].items().size(), 2u);
}

TEST_F(TokenEndpoint, TellsAResourceServerAndTakesBack) {
  const auto token = ask(assertion())->token;
  const auto by = [&](const char* path, const std::string& text) {
    return endpoint_.answer(form(path, "token=" + token + "&client_assertion_type=" +
                                           fhir::search::form_encoded(Assertions::jwt_bearer) +
                                           "&client_assertion=" + text));
  };
  const auto server = [&] { return ::tests::es384(server_, header("s1"), claims("server")); };
  auto told = json(by("/auth/introspect", server()));
  EXPECT_TRUE(told["active"].is_true());
  EXPECT_EQ(told["client_id"].text(), "ehr");
  EXPECT_EQ(told["scope"].text(), "system/*.rs");
  EXPECT_EQ(by("/auth/revoke", assertion()).status, 200);
  told = json(by("/auth/introspect", server()));
  EXPECT_EQ(told.write(), R"({"active":false})");
  EXPECT_EQ(by("/auth/introspect", assertion()).status, 400);
}

}  // namespace
}  // namespace gateway::access::tests
