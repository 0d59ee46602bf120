#include "gateway/access/people/provider.hpp"

#include <gmock/gmock.h>

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/security/base64url.hpp"

#include "tests/support/forge.hpp"
#include "tests/unit/access/people/house.hpp"

using testing::HasSubstr;

namespace gateway::access::people::tests {
namespace {

constexpr const char* issuer = "https://login.example/realm";

/// A provider that says what a test wants of it.
class SigningInElsewhere : public House {
 protected:
  using Claims = std::map<std::string, std::string>;  // name → JSON

  Provider::Begun begin() {
    auto begun = provider_.begin(false);
    EXPECT_TRUE(begun) << begun.error().text();
    return *begun;
  }
  static std::string parameter(const std::string& url, const std::string& name) {
    const auto at = url.find('&' + name + '=') + name.size() + 2;
    return *fhir::search::form_decoded(url.substr(at, url.find('&', at) - at));
  }
  /// Of a sound token for this sign-in.
  Claims claims_for(const Provider::Begun& begun) const {
    const auto now = clock_.now().microseconds / 1'000'000;
    return {{"iss", '"' + std::string(issuer) + '"'},
            {"sub", "\"4711\""},
            {"aud", "\"immunogate\""},
            {"exp", std::to_string(now + 300)},
            {"iat", std::to_string(now)},
            {"auth_time", std::to_string(now - 10)},
            {"nonce", '"' + parameter(begun.url, "nonce") + '"'},
            {"acr", "\"mfa\""},
            {"name", "\"Anna Example\""},
            {"groups", R"(["everybody","ig-admins","ig-auditors"])"}};
  }
  static std::string text_of(const Claims& claims) {
    std::string out = "{";
    for (const auto& [name, value] : claims)
      out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
    return out + "}";
  }
  std::string token_of(const Claims& claims) const {
    return rsa().sign(R"({"alg":"RS256","kid":"k1"})", text_of(claims), "SHA256");
  }
  base::Result<Provider::Entered> come_back(const Provider::Begun& begun, const std::string& token,
                                            const std::string& from = issuer) {
    id_token_ = token;
    return provider_.finish({"the-code", parameter(begun.url, "state"), from, begun.carried},
                            {"anonymous", address_, "https"});
  }
  static const ::tests::RsaKey& rsa() {
    static const ::tests::RsaKey key;
    return key;
  }

  std::string configuration_ =
      R"({"issuer":"https://login.example/realm","authorization_endpoint":)"
      R"("https://login.example/auth","token_endpoint":"https://login.example/token",)"
      R"("jwks_uri":"https://login.example/keys"})";
  std::string id_token_, address_ = "10.0.0.1";
  bool is_away_ = false;
  std::vector<ProviderRequest> asked_;
  Provider provider_{
      {issuer,
       "immunogate",
       "s/e+c",
       "https://gateway.example/console/provider",
       "openid profile",
       {"mfa", "phr"},
       "groups",
       {{"ig-admins", Role::administrator}, {"ig-auditors", Role::auditor}}},
      accounts_,
      [this](const ProviderRequest& request) -> base::Result<std::pair<int, std::string>> {
        asked_.push_back(request);
        if (is_away_) return base::Error{base::ErrorKind::unavailable, "no answer", "", ""};
        if (request.form.empty()) return std::pair(200, configuration_);
        return std::pair(200, "{\"id_token\":\"" + id_token_ + "\"}");
      },
      [](const std::string& url) -> base::Result<FetchedKeys> {
        EXPECT_EQ(url, "https://login.example/keys");
        return FetchedKeys{::tests::key_set(rsa().jwk("k1")), {}};
      },
      std::string(32, 'k')};
};

TEST_F(SigningInElsewhere, ThePersonComesInWithTheRoleOfTheFirstGroupThatHasOne) {
  const auto begun = begin();
  const auto entered = come_back(begun, token_of(claims_for(begun)));
  ASSERT_TRUE(entered) << entered.error().text();
  EXPECT_EQ(entered->account.name, "oidc:4711");
  EXPECT_EQ(entered->account.shown, "Anna Example");
  EXPECT_EQ(entered->account.role, Role::administrator);
  EXPECT_TRUE(entered->proved);
  EXPECT_EQ(trail(2), "sign-in oidc:4711; user-added oidc:4711; ");
}

TEST_F(SigningInElsewhere, TheWayThereCarriesPkceStateAndNonceAndAsksForTheAcr) {
  const auto url = begin().url;
  EXPECT_EQ(url.rfind("https://login.example/auth?response_type=code&client_id=immunogate&", 0),
            0U);
  EXPECT_EQ(parameter(url, "code_challenge_method"), "S256");
  EXPECT_EQ(parameter(url, "code_challenge").size(), 43U);
  EXPECT_EQ(parameter(url, "redirect_uri"), "https://gateway.example/console/provider");
  EXPECT_THAT(url, HasSubstr("&acr_values=mfa%20phr"));
  EXPECT_NE(parameter(url, "state"), parameter(begin().url, "state"));
  EXPECT_THAT(provider_.begin(true)->url, HasSubstr("&prompt=login"));
}

TEST_F(SigningInElsewhere, TheCodeIsExchangedWithItsVerifierAndOurSecret) {
  const auto begun = begin();
  EXPECT_TRUE(come_back(begun, token_of(claims_for(begun))));
  const auto& request = asked_.back();
  EXPECT_EQ(request.url, "https://login.example/token");
  EXPECT_EQ(request.authorization, "Basic " + base::base64("immunogate:s%2Fe%2Bc"));
  EXPECT_THAT(request.form, HasSubstr("grant_type=authorization_code&code=the-code&"));
  const auto verifier = parameter(request.form, "code_verifier");
  const auto hash = base::sha256(verifier);
  EXPECT_EQ(security::to_base64url(base::bytes_of(hash)), parameter(begun.url, "code_challenge"));
}

TEST_F(SigningInElsewhere, NoTokenThatIsUnsoundLetsAnybodyIn) {
  const auto now = std::to_string(clock_.now().microseconds / 1'000'000);
  const auto before = [&](int seconds) {
    return std::to_string(clock_.now().microseconds / 1'000'000 - seconds);
  };
  const std::pair<const char*, std::string> rows[] = {{"iss", "\"https://login.example/other\""},
                                                      {"iss", "\"https://login.example/realm/\""},
                                                      {"aud", "\"another\""},
                                                      {"aud", R"(["another","more"])"},
                                                      {"aud", R"(["immunogate","another"])"},
                                                      {"azp", "\"another\""},
                                                      {"exp", before(30)},
                                                      {"exp", "\"" + now + "\""},
                                                      {"iat", before(601)},
                                                      {"iat", before(-31)},
                                                      {"nonce", "\"another\""},
                                                      {"nonce", "\"\""},
                                                      {"acr", "\"pwd\""},
                                                      {"acr", "1"},
                                                      {"sub", "\"\""}};
  for (const auto& [name, value] : rows) {
    const auto begun = begin();
    auto claims = claims_for(begun);
    claims[name] = value;
    EXPECT_EQ(refusal_of(come_back(begun, token_of(claims))), "sign-in-refused")
        << name << ' ' << value;
  }
  address_ = "10.0.0.2";
  for (const char* name : {"iss", "aud", "exp", "iat", "nonce", "acr", "sub"}) {
    const auto begun = begin();
    auto claims = claims_for(begun);
    claims.erase(name);
    EXPECT_EQ(refusal_of(come_back(begun, token_of(claims))), "sign-in-refused") << name;
  }
  EXPECT_TRUE(accounts_.all()->empty());
}

TEST_F(SigningInElsewhere, NoTokenOfAnotherKeyOrAlgorithmLetsAnybodyIn) {
  const ::tests::RsaKey other;
  const auto begun = begin();
  const auto claims = text_of(claims_for(begun));
  for (const auto& token :
       {other.sign(R"({"alg":"RS256","kid":"k1"})", claims, "SHA256"),
        rsa().sign(R"({"alg":"RS256","kid":"k2"})", claims, "SHA256"),
        rsa().sign(R"({"alg":"RS384","kid":"k1"})", claims, "SHA384"),
        rsa().sign(R"({"alg":"RS256","kid":"k1"})", claims, "SHA384"),
        rsa().sign(R"({"alg":"RS256"})", claims, "SHA256"),
        ::tests::hmac(rsa().public_pem(), R"({"alg":"HS256","kid":"k1"})", claims),
        ::tests::unsigned_token(R"({"alg":"none","kid":"k1"})", claims), std::string("x.y.z")}) {
    const auto mine = begin();
    EXPECT_EQ(refusal_of(come_back(mine, token)), "sign-in-refused") << token.substr(0, 40);
  }
}

TEST_F(SigningInElsewhere, AReturnIsOfTheBrowserThatWentAndCountsOnce) {
  const auto begun = begin(), other = begin();
  const auto token = token_of(claims_for(begun));
  EXPECT_FALSE(come_back({begun.url, other.carried}, token)) << "another browser's";
  EXPECT_FALSE(come_back({begun.url, ""}, token));
  EXPECT_FALSE(come_back({begun.url, begun.carried + "A"}, token));
  EXPECT_FALSE(come_back(begun, token, "https://evil.example")) << "RFC 9207";
  EXPECT_TRUE(come_back(begun, token));
  EXPECT_FALSE(come_back(begun, token)) << "used";
  const auto late = begin();
  clock_.pass(std::chrono::minutes(10));
  EXPECT_FALSE(come_back(late, token_of(claims_for(late))));
}

TEST_F(SigningInElsewhere, WhoseGroupsHaveNoRoleIsNotLetIn) {
  for (const char* groups : {"[]", "[\"everybody\"]", "\"IG-ADMINS\"", "{}", "[1]"}) {
    const auto begun = begin();
    auto claims = claims_for(begun);
    claims["groups"] = groups;
    EXPECT_EQ(refusal_of(come_back(begun, token_of(claims))), "no-role") << groups;
  }
  const auto begun = begin();
  auto claims = claims_for(begun);
  claims["groups"] = "\"ig-auditors\"";
  EXPECT_EQ(come_back(begun, token_of(claims))->account.role, Role::auditor);
}

TEST_F(SigningInElsewhere, WhoLostAllGroupsLosesTheSessionsThatStand) {
  auto begun = begin();
  const auto first = come_back(begun, token_of(claims_for(begun)));
  const auto session = *sessions_.begin(first->account, first->proved);
  EXPECT_TRUE(sessions_.find(session)->has_value());
  begun = begin();
  auto claims = claims_for(begun);
  claims["groups"] = "[]";
  EXPECT_EQ(refusal_of(come_back(begun, token_of(claims))), "no-role");
  EXPECT_FALSE(sessions_.find(session)->has_value());
}

TEST_F(SigningInElsewhere, RefusalsOfAnAddressAreBounded) {  // each is a row of the trail
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(come_back({begin().url, ""}, ""));
  const auto begun = begin();
  EXPECT_EQ(refusal_of(come_back(begun, token_of(claims_for(begun)))), "slow-down");
  address_ = "10.0.0.9";
  EXPECT_TRUE(come_back(begun, token_of(claims_for(begun))));
}

TEST_F(SigningInElsewhere, AProviderThatIsAwayIsAskedOnceInTenSeconds) {
  is_away_ = true;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(provider_.begin(false));
  EXPECT_EQ(asked_.size(), 1U);
  is_away_ = false;
  clock_.pass(std::chrono::seconds(11));
  EXPECT_TRUE(provider_.begin(false));
}

TEST_F(SigningInElsewhere, ANewRoleEndsSessionsAndALockHoldsHere) {
  auto begun = begin();
  const auto first = come_back(begun, token_of(claims_for(begun)));
  const auto session = *sessions_.begin(first->account, first->proved);
  EXPECT_TRUE(sessions_.find(session)->has_value());
  begun = begin();
  auto claims = claims_for(begun);
  claims["groups"] = "\"ig-auditors\"";
  EXPECT_TRUE(come_back(begun, token_of(claims)));
  EXPECT_FALSE(sessions_.find(session)->has_value());
  ASSERT_TRUE(accounts_.lock("oidc:4711", true, admin_));
  begun = begin();
  EXPECT_EQ(refusal_of(come_back(begun, token_of(claims_for(begun)))), "sign-in-refused");
  EXPECT_EQ(refusal_of(accounts_.give_role("oidc:4711", Role::operating, admin_)),
            "role-of-provider");
}

TEST_F(SigningInElsewhere, WhatTheProviderRemembersIsNoProof) {
  const auto begun = begin();
  auto claims = claims_for(begun);
  claims["auth_time"] = std::to_string(clock_.now().microseconds / 1'000'000 - 300);
  EXPECT_FALSE(come_back(begun, token_of(claims))->proved);
}

TEST_F(SigningInElsewhere, AProviderOfAnotherNameOrWithoutHttpsIsNotBelieved) {
  for (
      const char* text :
      {"", "{}", R"({"issuer":"https://login.example/"})",
       R"({"issuer":"https://login.example/realm","authorization_endpoint":"http://login.example/a","token_endpoint":"https://login.example/t","jwks_uri":"https://login.example/k"})"}) {
    configuration_ = text;
    EXPECT_EQ(refusal_of(provider_.begin(false)), "provider-away") << text;
  }
}

}  // namespace
}  // namespace gateway::access::people::tests
