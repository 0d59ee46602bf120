#include <gmock/gmock.h>

#include "tests/unit/access/house.hpp"

using testing::HasSubstr;
using testing::StartsWith;

// TRUST.md T8: forged, replayed and foreign access tokens.
namespace gateway::access::tests {
namespace {

using ::tests::es384;

class Threat08Tokens : public House {
 protected:
  std::string issued(const security::PeerIdentity& peer = {}) {
    return ask(assertion(), "system/*.rs", peer)->token;
  }
  std::string refusal(const std::string& token, const security::PeerIdentity& peer = {}) {
    const auto found = tokens_.verify(token, peer);
    return found ? "" : found.error().what;
  }
  const security::Es384Key& own() const { return own_.front().key; }
  std::string own_header(const std::string& type = "at+jwt") const {
    return R"({"alg":"ES384","typ":")" + type + R"(","kid":")" + own().id() + R"("})";
  }
  std::string own_claims(const std::string& member = "", const std::string& value = "") {
    auto json = *fhir::parse_json(
        R"({"iss":"https://gateway.example/fhir","aud":"https://gateway.example/fhir","sub":"ehr",)"
        R"("client_id":"ehr","scope":"system/*.rs","jti":"t1","iat":)" +
        std::to_string(now()) + R"(,"exp":)" + std::to_string(now() + 300) + '}');
    if (!member.empty() && value.empty()) json.erase(member);
    if (!value.empty()) json.set(member, *fhir::parse_json(value));
    return json.write();
  }
  const std::vector<TokenKey> own_ = *keys_.all();
};

TEST_F(Threat08Tokens, ATokenSaysWhoAndWhatForFiveMinutes) {
  const auto token = issued();
  for (int i = 0; i < 2; ++i) {  // verified, then remembered
    const auto found = tokens_.verify(token, {});
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->client, "ehr");
    EXPECT_EQ(security::to_text(found->scopes), "system/*.rs");
  }
  clock_.pass(std::chrono::seconds(299));
  EXPECT_EQ(refusal(token), "");
  clock_.pass(std::chrono::seconds(1));
  EXPECT_THAT(refusal(token), StartsWith("token-expired"));
}

TEST_F(Threat08Tokens, NothingElseIsAToken) {
  EXPECT_EQ(refusal(es384(own(), own_header(), own_claims())), "") << "the table begins sound";
  const auto stranger = security::Es384Key::generate();
  const auto sound = issued();
  const std::pair<const char*, std::string> rows[] = {
      {"an assertion", assertion()},
      {"nothing", ""},
      {"words", "Bearer"},
      {"another's signature", es384(stranger, own_header(), own_claims())},
      {"another key", es384(stranger, R"({"alg":"ES384","typ":"at+jwt","kid":"x"})", own_claims())},
      {"alg none", ::tests::unsigned_token(R"({"alg":"none","typ":"at+jwt"})", own_claims())},
      {"HMAC",
       ::tests::hmac(own().id(), R"({"alg":"HS384","typ":"at+jwt","kid":")" + own().id() + R"("})",
                     own_claims())},
      {"typ JWT", es384(own(), own_header("JWT"), own_claims())},
      {"another issuer", es384(own(), own_header(), own_claims("iss", "\"https://evil.example\""))},
      {"another audience", es384(own(), own_header(), own_claims("aud", "\"https://x/fhir\""))},
      {"two audiences",
       es384(own(), own_header(), own_claims("aud", "[\"https://gateway.example/fhir\",\"x\"]"))},
      {"no end", es384(own(), own_header(), own_claims("exp"))},
      {"no client", es384(own(), own_header(), own_claims("client_id"))},
      {"another subject", es384(own(), own_header(), own_claims("sub", "\"registry\""))},
      {"no jti", es384(own(), own_header(), own_claims("jti"))},
      {"a scope of a patient", es384(own(), own_header(), own_claims("scope", "\"patient/*.rs\""))},
      {"of a time to come",
       es384(own(), own_header(), own_claims("iat", std::to_string(now() + 100)))},
      {"longer by a letter", sound + 'A'},
      {"shorter by a letter", sound.substr(0, sound.size() - 1)},
  };
  for (const auto& [name, token] : rows)
    EXPECT_THAT(refusal(token), StartsWith("token-invalid")) << name;
}

TEST_F(Threat08Tokens, OneThatWasIssuedToACertificateCountsWithItAlone) {
  const auto bound = issued(with_certificate("one"));
  EXPECT_EQ(refusal(bound, with_certificate("one")), "");
  EXPECT_THAT(refusal(bound, with_certificate("other")), StartsWith("token-invalid"));
  EXPECT_THAT(refusal(bound), StartsWith("token-invalid")) << "nor with none";
  EXPECT_EQ(refusal(issued(), with_certificate("any")), "");
}

TEST_F(Threat08Tokens, WithTheKeyThatSignedThemTheyAllGo) {
  const auto token = issued();
  EXPECT_EQ(refusal(token), "");
  auto both = own_;
  both.push_back({security::Es384Key::generate(), clock_.now()});
  keys_.publish(both);
  EXPECT_EQ(refusal(token), "") << "a further key takes nothing away";
  keys_.publish({both.back()});
  EXPECT_THAT(refusal(token), StartsWith("token-invalid")) << "the file was deleted";
  EXPECT_EQ(refusal(issued()), "");
}

TEST_F(Threat08Tokens, OneThatWasTakenBackStaysSoThroughARestart) {
  const auto token = issued();
  EXPECT_EQ(refusal(token), "");
  const auto before = store_->verify()->audit_rows;
  ASSERT_TRUE(issuing_.take_back({token, shown(assertion()), "", "https"}));
  EXPECT_EQ(store_->verify()->audit_rows, before + 1);
  EXPECT_THAT(refusal(token), StartsWith("token-invalid"));
  const Tokens restarted(base_url, std::chrono::seconds(300), keys_, *store_, clock_,
                         *store_->spent(Tokens::spending_kind));
  EXPECT_FALSE(restarted.verify(token));
}

TEST_F(Threat08Tokens, OnlyOnesOwnIsTakenBack) {
  const auto token = issued();
  const auto by_registry = [&] { return es384(other_, header("e2"), claims("registry")); };
  const auto refused = issuing_.take_back({token, shown(by_registry()), "", "https"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, StartsWith("invalid_client"));
  EXPECT_EQ(refusal(token), "");
  EXPECT_TRUE(issuing_.take_back({"what is no token", shown(by_registry()), "", "https"}));
}

TEST_F(Threat08Tokens, AResourceServerIsToldWhatATokenIsWorthAndNobodyElse) {
  const auto token = issued();
  const auto by_server = [&] {
    return shown(
        es384(server_, header("s1"), claims("server", "https://gateway.example/auth/introspect")));
  };
  const std::string url = "https://gateway.example/auth/introspect";
  auto told = issuing_.introspect({token, by_server(), url, "https"});
  ASSERT_TRUE(told) << told.error().text();
  ASSERT_TRUE(*told);
  EXPECT_EQ((*told)->client, "ehr");
  for (const std::string& other : {std::string("x"), assertion()})
    EXPECT_FALSE(*issuing_.introspect({other, by_server(), url, "https"}));
  EXPECT_TRUE(issuing_.take_back({token, shown(assertion()), "", "https"}));
  EXPECT_FALSE(*issuing_.introspect({token, by_server(), url, "https"}));
  EXPECT_FALSE(issuing_.introspect({token, shown(assertion()), url, "https"}));
}

TEST_F(Threat08Tokens, TheNarrowerCountsOfTokenAndCertificate) {
  CertificateGrant grant;
  grant.rule.subject = {{"CN", "ehr"}};
  grant.scopes = *security::parse_scopes("system/Observation.rs");
  grant.role = "source";
  const Access both({grant}, {{"ehr", *security::parse_scopes("system/*.cruds"), ""}});
  const auto peer = with_certificate("one");
  const auto identity = access::shown(peer, "Bearer " + issued(), &tokens_);
  ASSERT_TRUE(identity);
  const auto who = both.principal_of(*identity);
  EXPECT_EQ(who.name, "ehr");
  EXPECT_EQ(security::to_text(who.scopes), "system/Observation.rs");
  EXPECT_EQ(who.role, "") << "a role needs both";
  EXPECT_FALSE(who.token.empty());
  EXPECT_EQ(both.principal_of(peer).role, "source");
}

TEST_F(Threat08Tokens, WhoShowsABadTokenIsNobodyWhateverTheCertificate) {
  const auto peer = with_certificate("one");
  for (const char* text : {"Bearer x", "Bearer", "Basic ZWhyOnB3", "DPoP x", "bearer  "})
    EXPECT_FALSE(access::shown(peer, text, &tokens_)) << text;
  EXPECT_FALSE(access::shown(peer, "Bearer " + issued(), nullptr)) << "no client is registered";
  EXPECT_TRUE(access::shown(peer, "", &tokens_));
  EXPECT_TRUE(access::shown({}, "bearer " + issued(), &tokens_)) << "RFC 9110: in any case";
}

}  // namespace
}  // namespace gateway::access::tests
