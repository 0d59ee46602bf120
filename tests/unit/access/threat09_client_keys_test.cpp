#include <gmock/gmock.h>

#include "gateway/access/client_keys.hpp"

#include "tests/support/forge.hpp"
#include "tests/support/hand_clock.hpp"

using namespace gateway;
using access::ClientKeys;
using access::FetchedKeys;
using security::Algorithm;
using security::Es384Key;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

// TRUST.md T9: what a client's jwks_url answers, and how often it is asked.
namespace {

class Threat09Keys : public testing::Test {
 protected:
  Threat09Keys() { keys_.give_url("ehr", "https://ehr.example/jwks"); }
  bool finds(const std::string& kid, Algorithm algorithm = Algorithm::es384) {
    return static_cast<bool>(keys_.find("ehr", kid, algorithm));
  }
  base::Result<FetchedKeys> answer_ = FetchedKeys{set_of("k1"), seconds(600)};
  int asked_ = 0;
  std::string expected_url_ = "https://ehr.example/jwks";
  tests::HandClock clock_;
  ClientKeys keys_{[this](const std::string& url) {
                     EXPECT_EQ(url, expected_url_);
                     ++asked_;
                     return answer_;
                   },
                   clock_};
  static std::string set_of(const std::string& kid) {
    return tests::key_set(tests::jwk(Es384Key::generate(), kid));
  }
  static base::Error away() { return {base::ErrorKind::unavailable, "away", "", ""}; }
};

TEST_F(Threat09Keys, AreAskedForOnceAsLongAsTheServerSays) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 1);
  clock_.pass(seconds(599));
  EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 1);
  clock_.pass(seconds(1));
  EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 2);
}

TEST_F(Threat09Keys, CountForFiveMinutesAtLeastAndAnHourAtMost) {
  answer_->max_age = seconds(0);
  EXPECT_TRUE(finds("k1"));
  clock_.pass(minutes(5) - seconds(1));
  EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 1);
  answer_->max_age = hours(100);
  clock_.pass(seconds(1));
  EXPECT_TRUE(finds("k1"));
  clock_.pass(minutes(59));
  EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 2);
  clock_.pass(minutes(1));
  EXPECT_TRUE(finds("k1"));
  EXPECT_EQ(asked_, 3);
}

TEST_F(Threat09Keys, AnUnknownKeyIsLookedForOnceAMinute) {
  EXPECT_TRUE(finds("k1"));
  clock_.pass(minutes(1));
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(finds("k" + std::to_string(i + 2)));
  EXPECT_EQ(asked_, 2);
  answer_->body = set_of("new");
  clock_.pass(minutes(1));
  EXPECT_TRUE(finds("new")) << "a key that was rotated in";
  EXPECT_FALSE(finds("k1")) << "and the one that was taken out";
}

TEST_F(Threat09Keys, TheLastGoodSetOutlivesAnOutageOfADayAndNoLonger) {
  EXPECT_TRUE(finds("k1"));
  answer_ = away();
  clock_.pass(hours(23));
  EXPECT_TRUE(finds("k1"));
  clock_.pass(hours(1));
  EXPECT_TRUE(finds("k1"));
  clock_.pass(minutes(2));
  const auto gone = keys_.find("ehr", "k1", Algorithm::es384);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, base::ErrorKind::unavailable);
}

TEST_F(Threat09Keys, ASetThatCannotBeReadReplacesNothing) {
  EXPECT_TRUE(finds("k1"));
  for (const char* body : {"", "<html>", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct"}]})"}) {
    answer_ = FetchedKeys{body, seconds(600)};
    clock_.pass(minutes(11));
    EXPECT_TRUE(finds("k1")) << body;
  }
}

TEST_F(Threat09Keys, AUrlThatWasTakenAwayHasNoWordAnyMore) {
  EXPECT_TRUE(finds("k1"));
  keys_.give("ehr", {});  // a file in its place
  clock_.pass(hours(2));
  EXPECT_FALSE(finds("k1"));
  EXPECT_EQ(asked_, 1);
  keys_.give_url("ehr", "https://ehr.example/jwks");
  EXPECT_TRUE(finds("k1"));
  answer_ = FetchedKeys{set_of("k2"), seconds(600)};
  expected_url_ = "https://elsewhere.example/jwks";
  keys_.give_url("ehr", expected_url_);
  EXPECT_FALSE(finds("k1")) << "a key of another place";
  EXPECT_TRUE(finds("k2"));
}

TEST_F(Threat09Keys, WhoseServerWasNeverThereHasNone) {
  answer_ = away();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(keys_.find("ehr", "k1", Algorithm::es384).error().kind, base::ErrorKind::unavailable);
  EXPECT_EQ(asked_, 1);
}

TEST_F(Threat09Keys, AKeyVerifiesItsOwnAlgorithmAlone) {
  EXPECT_TRUE(finds("k1"));
  EXPECT_FALSE(finds("k1", Algorithm::rs384));
}

TEST(KeySets, HoldWhatVerifiesAndPassOverTheRest) {
  const auto key = Es384Key::generate();
  const tests::RsaKey rsa;
  const auto read = access::read_key_set(tests::key_set(
      tests::jwk(key, "a", R"(,"use":"sig","alg":"ES384")") + ',' +
      tests::jwk(Es384Key::generate(), "b", R"(,"use":"enc")") + ',' +
      tests::jwk(Es384Key::generate(), "c", R"(,"alg":"ES256")") + ',' +
      tests::jwk(Es384Key::generate(), "d", R"(,"key_ops":["sign"])") + ',' +
      rsa.jwk("e", R"(,"alg":"RS256")") + ',' + rsa.jwk("f", R"(,"key_ops":["verify"])") +
      R"(,{"kty":"EC","crv":"P-256","kid":"g","x":"AA","y":"AA"},{"kty":"OKP","kid":"h"})"));
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(0).id, "a");
  EXPECT_EQ(read->at(1).id, "f");
}

TEST(KeySets, OnesThatNobodyShouldHaveAreRefused) {
  const auto key = Es384Key::generate();
  const std::pair<std::string, const char*> rows[] = {
      {tests::jwk(key, "a", R"(,"d":"AA")"), "private key"},
      {R"({"kty":"oct","kid":"a","k":"AA"})", "private key"},
      {tests::jwk(key, "a") + ',' + tests::jwk(key, "a"), "alike"},
      {tests::RsaKey(1024).jwk("a"), "2048"},
      {tests::jwk(key, ""), "has no key"},
  };
  for (const auto& [keys, why] : rows) {
    const auto read = access::read_key_set(tests::key_set(keys));
    ASSERT_FALSE(read) << why;
    EXPECT_THAT(read.error().what, HasSubstr(why));
  }
}

}  // namespace
