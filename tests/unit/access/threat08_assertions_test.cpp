#include <thread>

#include <gmock/gmock.h>

#include "tests/unit/access/house.hpp"

using testing::HasSubstr;
using testing::StartsWith;

// TRUST.md T8: forged and replayed assertions, the pitfalls of RFC 8725.
namespace gateway::access::tests {
namespace {

using ::tests::es384;
using ::tests::hmac;
using ::tests::unsigned_token;

class Threat08Assertions : public House {
 protected:
  std::string sound_with(const std::string& extra) {
    auto text = claims();
    text.insert(text.size() - 1, "," + extra);
    return es384(ec_, header(), text);
  }
  std::string without(const std::string& member) {
    auto json = *fhir::parse_json(claims());
    json.erase(member);
    return es384(ec_, header(), json.write());
  }
  /// `value` is taken as it is, whether or not it is JSON.
  std::string instead(const std::string& member, const std::string& value) {
    auto json = *fhir::parse_json(claims());
    json.erase(member);
    auto text = json.write();
    text.insert(1, '"' + member + "\":" + value + ',');
    return es384(ec_, header(), text);
  }
  std::string headed(const std::string& text) { return es384(ec_, text, claims()); }
  std::string at(std::int64_t seconds) const { return std::to_string(now() + seconds); }

  struct Hostile {
    const char* name;
    std::string token;
  };
  std::vector<Hostile> algorithms() {
    const auto pem = rsa().public_pem();
    const auto bare = assertion();
    const auto cut = bare.substr(0, bare.rfind('.'));
    return {
        {"alg none", unsigned_token(R"({"alg":"none","kid":"e1"})", claims())},
        {"alg None", unsigned_token(R"({"alg":"None","kid":"e1"})", claims())},
        {"alg missing", headed(R"({"typ":"JWT","kid":"e1"})")},
        {"alg no text", headed(R"({"alg":["ES384"],"kid":"e1"})")},
        {"alg twice", headed(R"({"alg":"ES384","alg":"none","kid":"e1"})")},
        {"alg in small letters", headed(R"({"alg":"es384","kid":"e1"})")},
        {"the public key as an HMAC secret, HS384",
         hmac(pem, R"({"alg":"HS384","kid":"r1"})", claims())},
        {"the same called HS256", hmac(pem, R"({"alg":"HS256","kid":"r1"})", claims())},
        {"the same called RS384", hmac(pem, R"({"alg":"RS384","kid":"r1"})", claims())},
        {"RS256 by the right key", rsa().sign(header("r1", "RS256"), claims(), "SHA256")},
        {"RS512 by the right key", rsa().sign(header("r1", "RS512"), claims(), "SHA512")},
        {"SHA-256 called RS384", rsa().sign(header("r1", "RS384"), claims(), "SHA256")},
        {"PS384 by the right key", rsa().sign(header("r1", "PS384"), claims(), "SHA384", true)},
        {"PSS called RS384", rsa().sign(header("r1", "RS384"), claims(), "SHA384", true)},
        {"the EC key called RS384", es384(ec_, header("e1", "RS384"), claims())},
        {"the RSA key called ES384", rsa().sign(header("r1", "ES384"), claims())},
        {"no signature", cut + '.'},
        {"a signature of zeros", unsigned_token(header(), claims(), std::string(96, '\0'))},
        {"another's signature", cut + assertion().substr(assertion().rfind('.'))},
    };
  }
  std::vector<Hostile> keys() {
    const auto stranger = security::Es384Key::generate();
    const auto theirs = ::tests::jwk(stranger, "x");
    return {
        {"kid unknown", es384(ec_, header("e9"), claims())},
        {"kid missing", headed(R"({"alg":"ES384"})")},
        {"kid empty", headed(R"({"alg":"ES384","kid":""})")},
        {"kid a path", es384(ec_, header("../../e1"), claims())},
        {"kid a query", es384(ec_, header("e1' OR '1'='1"), claims())},
        {"kid of another client", es384(other_, header("e2"), claims())},
        {"another client's key", es384(other_, header(), claims())},
        {"a key in the header",
         es384(stranger, R"({"alg":"ES384","kid":"e1","jwk":)" + theirs + '}', claims())},
        {"a key's URL in the header",
         es384(stranger, R"({"alg":"ES384","kid":"e1","jku":"https://evil.example/jwks"})",
               claims())},
        {"a certificate's URL in the header",
         es384(stranger, R"({"alg":"ES384","kid":"e1","x5u":"https://evil.example/cert"})",
               claims())},
        {"what must be understood",
         headed(R"({"alg":"ES384","kid":"e1","crit":["b64"],"b64":true})")},
        {"typ of our own tokens", headed(R"({"alg":"ES384","typ":"at+jwt","kid":"e1"})")},
        {"typ no text", headed(R"({"alg":"ES384","typ":1,"kid":"e1"})")},
    };
  }
  std::vector<Hostile> said() {
    return {
        {"iss missing", without("iss")},
        {"sub missing", without("sub")},
        {"aud missing", without("aud")},
        {"exp missing", without("exp")},
        {"jti missing", without("jti")},
        {"iss another client", instead("iss", "\"registry\"")},
        {"sub another client", instead("sub", "\"registry\"")},
        {"iss unknown", es384(ec_, header(), claims("nobody"))},
        {"iss no text", instead("iss", "[\"ehr\"]")},
        {"aud another server", instead("aud", "\"https://evil.example/auth/token\"")},
        {"aud longer", instead("aud", '"' + std::string(token_url) + "/\"")},
        {"aud the FHIR base", instead("aud", '"' + std::string(base_url) + '"')},
        {"aud one of several",
         instead("aud", "[\"" + std::string(token_url) + "\",\"https://evil.example\"]")},
        {"exp in 1970", instead("exp", "1")},
        {"exp a minute ago", instead("exp", at(-60))},
        {"exp in ten minutes", instead("exp", at(600))},
        {"exp in ten years", instead("exp", at(315'360'000))},
        {"exp a text", instead("exp", '"' + at(60) + '"')},
        {"exp beyond numbers", instead("exp", "1e400")},
        {"exp by an exponent", instead("exp", at(60) + ".0e0")},
        {"nbf to come", sound_with("\"nbf\":" + at(120))},
        {"iat to come", sound_with("\"iat\":" + at(120))},
        {"iat no number", sound_with("\"iat\":\"now\"")},
        {"jti empty", instead("jti", "\"\"")},
        {"jti no text", instead("jti", "5")},
        {"jti endless", instead("jti", '"' + std::string(256, 'j') + '"')},
        {"a claim twice", sound_with(R"("iss":"ehr")")},
    };
  }
  std::vector<Hostile> shapes() {
    const auto bare = assertion();
    return {
        {"nothing", ""},
        {"two parts", bare.substr(0, bare.rfind('.'))},
        {"four parts", bare + ".x"},
        {"five parts, as if encrypted", bare + ".x.x"},
        {"padding", bare + '='},
        {"a blank", bare + ' '},
        {"a line break", '\n' + bare},
        {"longer than anybody needs", std::string(17'000, 'e') + '.' + bare},
        {"deep", unsigned_token(std::string(100, '[') + std::string(100, ']'), claims())},
        {"no object", es384(ec_, "[]", claims())},
        {"claims no object", es384(ec_, header(), "\"ehr\"")},
        {"no UTF-8", es384(ec_, header(), claims() + "\xff")},
        {"one of our own access tokens", tokens_.issue(*access_.client("ehr"), {}, {}).text},
    };
  }
};

TEST_F(Threat08Assertions, SoundOnesOfBothAlgorithmsAreTaken) {
  const auto by_ec = ask(assertion());
  ASSERT_TRUE(by_ec) << by_ec.error().text();
  EXPECT_EQ(by_ec->seconds, 300);
  EXPECT_EQ(by_ec->scope, "system/*.rs");
  const auto by_rsa = ask(rsa().sign(header("r1", "RS384"), claims()));
  ASSERT_TRUE(by_rsa) << by_rsa.error().text();
  EXPECT_TRUE(ask(headed(R"({"alg":"ES384","kid":"e1"})"))) << "typ may be missing";
  EXPECT_TRUE(ask(headed(R"({"alg":"ES384","typ":"client-authentication+jwt","kid":"e1"})")));
  EXPECT_TRUE(ask(instead("aud", "[\"" + std::string(token_url) + "\"]")));
  EXPECT_TRUE(ask(instead("exp", at(120) + ".5")));
  EXPECT_TRUE(ask(sound_with("\"iat\":" + at(20)))) << "clocks differ a little";
}

TEST_F(Threat08Assertions, NoHostileOneIsTaken) {
  int tried = 0;
  for (const auto& table : {algorithms(), keys(), said(), shapes()})
    for (const auto& [name, token] : table) {
      // Each from elsewhere, since five in a minute are slowed down; and at once, since what is
      // over is refused whatever else is wrong with it.
      auto one = shown(token);
      one.address = "10.0.1." + std::to_string(++tried);
      EXPECT_EQ(code_of(issuing_.grant({"client_credentials", "system/*.rs", one, {}, "https"})),
                "invalid_client")
          << name;
    }
  EXPECT_GE(tried, 40);
}

TEST_F(Threat08Assertions, TheClientIdOfTheFormMustBeTheSame) {
  auto other = shown(assertion());
  other.client_id = "registry";
  EXPECT_FALSE(issuing_.grant({"client_credentials", "system/*.rs", other, {}, "https"}));
  auto same = shown(assertion());
  same.client_id = "ehr";
  EXPECT_TRUE(issuing_.grant({"client_credentials", "system/*.rs", same, {}, "https"}));
}

TEST_F(Threat08Assertions, AReplayIsRefusedUntilItIsOverAndThroughARestart) {
  const auto token = assertion();
  EXPECT_TRUE(ask(token));
  EXPECT_EQ(code_of(ask(token)), "invalid_client");
  ClientKeys& keys = client_keys_;
  Assertions restarted(access_, keys, *store_, clock_, token_url);
  Issuing again(restarted, tokens_, *store_, clock_, note_refusal_);
  EXPECT_FALSE(again.grant({"client_credentials", "system/*.rs", shown(token), {}, "https"}));
  EXPECT_TRUE(ask(es384(other_, header("e2"),
                        [&] {
                          auto json = *fhir::parse_json(claims("registry"));
                          json.set("jti", fhir::Json::string("j1"));
                          return json.write();
                        }())))
      << "another client may choose the same jti";
}

TEST_F(Threat08Assertions, OfTheSameAtTwoGatewaysAtOnceExactlyOneWins) {
  Assertions second(access_, client_keys_, *store_, clock_, token_url);
  Issuing gateway(second, tokens_, *store_, clock_, note_refusal_);
  for (int round = 0; round < 20; ++round) {
    const auto token = assertion();
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        auto& one = i % 2 == 0 ? issuing_ : gateway;
        if (one.grant({"client_credentials", "system/*.rs", shown(token), {}, "https"})) ++won;
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    clock_.pass(std::chrono::seconds(61));
  }
}

TEST_F(Threat08Assertions, WhoFailsFiveTimesInAMinuteIsSlowedDownFromWhereItFails) {
  const auto forged = es384(other_, header(), claims());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(ask(forged)), "invalid_client");
  EXPECT_EQ(code_of(ask(assertion())), "slow_down");
  auto elsewhere = shown(assertion());
  elsewhere.address = "10.0.0.2";
  EXPECT_TRUE(issuing_.grant({"client_credentials", "system/*.rs", elsewhere, {}, "https"}))
      << "nobody can lock a client out from another address";
  clock_.pass(std::chrono::seconds(61));
  EXPECT_TRUE(ask(assertion()));
}

TEST_F(Threat08Assertions, ARefusedAndAGrantedOneAreAudited) {
  const auto before = store_->verify()->audit_rows;
  EXPECT_TRUE(ask(assertion()));
  EXPECT_FALSE(ask("x"));
  EXPECT_EQ(store_->verify()->audit_rows, before + 1) << "a stranger does not make the disk work";
  ASSERT_EQ(refused_.size(), 1U);
  EXPECT_EQ(refused_.front().event, "token-refused");
  EXPECT_EQ(refused_.front().agent, "anonymous");
  EXPECT_EQ(refused_.front().outcome, "401");
  EXPECT_EQ(refused_.front().address, "10.0.0.1") << "refusals are grouped by where they come from";
}

TEST_F(Threat08Assertions, ScopesAreThoseAskedForAsFarAsTheyAreRegistered) {
  EXPECT_EQ(ask(assertion(), "system/Observation.read")->scope, "system/Observation.rs");
  EXPECT_EQ(ask(assertion(), "system/Observation.cruds system/Patient.rs")->scope,
            "system/Observation.rs system/Observation.cud system/Patient.rs");
  EXPECT_EQ(ask(es384(other_, header("e2"), claims("registry")))->scope,
            "system/Observation.rs?category=laboratory");
  EXPECT_EQ(ask(assertion(), "")->scope, "system/*.rs system/Observation.cud")
      << "who names none gets what is registered";
  for (const char* scope : {"patient/Observation.rs", "user/*.rs system/*.rs", "openid", "launch",
                            "system/AuditEvent.rs", "system/Patient.cud", "system/Observation.sr"})
    EXPECT_EQ(code_of(ask(assertion(), scope)), "invalid_scope") << scope;
}

TEST_F(Threat08Assertions, OtherGrantsAndOtherProofsAreRefusedByTheirCode) {
  const auto with = [&](const std::string& grant, const std::string& type) {
    auto one = shown(assertion());
    one.type = type;
    return code_of(issuing_.grant({grant, "system/*.rs", one, {}, "https"}));
  };
  const std::string bearer(Assertions::jwt_bearer);
  EXPECT_EQ(with("authorization_code", bearer), "unsupported_grant_type");
  EXPECT_EQ(with("", bearer), "invalid_request");
  EXPECT_EQ(with("client_credentials", ""), "invalid_request");
  EXPECT_EQ(with("client_credentials", "saml2-bearer"), "invalid_request");
}

}  // namespace
}  // namespace gateway::access::tests
