#include "gateway/access/people/sign_in.hpp"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/unit/access/people/house.hpp"

using testing::HasSubstr;
using testing::StartsWith;

namespace gateway::access::people::tests {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class SigningIn : public House {};

TEST_F(SigningIn, AnInvitationSetsAPasswordOnceAndForAQuarterOfAnHour) {
  const auto first = accounts_.add("anna", "Anna", Role::administrator, minutes(15), admin_);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->code.size(), 23U) << "100 bits";
  EXPECT_EQ(refusal_of(sign_in_.enter(proof("anna"))), "sign-in-refused") << "no password yet";
  EXPECT_EQ(refusal_of(sign_in_.accept(proof("anna"), "aaaaa-bbbbb-ccccc-ddddd")),
            "sign-in-refused");
  EXPECT_TRUE(sign_in_.accept(proof("anna"), first->code));
  EXPECT_EQ(refusal_of(sign_in_.accept(proof("anna"), first->code)), "sign-in-refused");
  EXPECT_TRUE(sign_in_.enter(proof("anna")));
  const auto late = accounts_.add("ben", "", Role::auditor, minutes(15), admin_);
  clock_.pass(minutes(15));
  EXPECT_EQ(refusal_of(sign_in_.accept(proof("ben"), late->code)), "sign-in-refused");
}

TEST_F(SigningIn, APasswordHasFifteenCharactersOrEightBesideACode) {
  const auto invited = accounts_.add("anna", "", Role::operating, minutes(15), admin_);
  EXPECT_EQ(refusal_of(sign_in_.accept(proof("anna", "fourteen chars"), invited->code)),
            "password-short");
  EXPECT_EQ(refusal_of(sign_in_.accept(proof("anna", std::string(257, 'x')), invited->code)),
            "password-long");
  EXPECT_TRUE(sign_in_.accept(proof("anna", "f\u00fcnfzehn Zeichen"), invited->code));
  const auto secret = with_code("anna");
  clock_.pass(seconds(30));
  EXPECT_TRUE(sign_in_.change_password(proof("anna", "f\u00fcnfzehn Zeichen", code_of(secret)),
                                       "8 signs!"));
  clock_.pass(seconds(30));
  EXPECT_EQ(
      refusal_of(sign_in_.change_password(proof("anna", "8 signs!", code_of(secret)), "7sign!!")),
      "password-short");
}

TEST_F(SigningIn, WhoHasACodeNeedsItAndItCountsOnce) {
  person("anna");
  const auto secret = with_code("anna");
  EXPECT_EQ(refusal_of(sign_in_.enter(proof("anna"))), "sign-in-refused");
  EXPECT_EQ(refusal_of(sign_in_.enter(proof("anna", words, code_of(secret)))), "sign-in-refused")
      << "used to set it up";
  clock_.pass(seconds(30));
  EXPECT_TRUE(sign_in_.enter(proof("anna", words, code_of(secret))));
  EXPECT_FALSE(sign_in_.enter(proof("anna", words, code_of(secret))));
  clock_.pass(seconds(30));
  EXPECT_FALSE(sign_in_.enter(proof("anna", "another password", code_of(secret))));
}

TEST_F(SigningIn, OfManyWithTheSameCodeAtOnceOneComesIn) {
  person("anna");
  const auto secret = with_code("anna");
  clock_.pass(seconds(30));
  std::atomic<int> entered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(
        [&] { entered += sign_in_.enter(proof("anna", words, code_of(secret))) ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(entered, 1);
}

TEST_F(SigningIn, ARefusalNeverSaysWhatWasWrong) {
  person("anna");
  person("locked");
  ASSERT_TRUE(accounts_.lock("locked", true, admin_));
  std::string said;
  for (const auto& one : {proof("anna", "wrong password here"), proof("nobody"), proof("locked")}) {
    const auto refused = sign_in_.enter(one);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(said.empty() || refused.error().text() == said);
    said = refused.error().text();
  }
}

TEST_F(SigningIn, FiveFailuresSlowANameDownLongerEachTimeAndNeverForGood) {
  person("anna");
  for (const char* name : {"anna", "nobody"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(refusal_of(sign_in_.enter(proof(name, "wrong"))), "sign-in-refused") << name;
    EXPECT_EQ(refusal_of(sign_in_.enter(proof(name))), "slow-down") << "even with the right one";
    clock_.pass(seconds(30));
    EXPECT_EQ(refusal_of(sign_in_.enter(proof(name, "wrong"))), "sign-in-refused");
    clock_.pass(seconds(59));
    EXPECT_EQ(refusal_of(sign_in_.enter(proof(name))), "slow-down");
    clock_.pass(seconds(1));
  }
  EXPECT_TRUE(sign_in_.enter(proof("anna")));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(sign_in_.enter(proof("anna", "wrong")));
  EXPECT_TRUE(sign_in_.enter(proof("anna"))) << "a success begins anew";
}

TEST_F(SigningIn, TheDelayHoldsForAnotherGatewayOnTheStore) {
  person("anna");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(sign_in_.enter(proof("anna", "wrong")));
  Accounts others(*store_, clock_);
  SignIn other(others, "clinic-a", cheap_);
  EXPECT_EQ(refusal_of(other.enter(proof("anna"))), "slow-down");
  clock_.pass(minutes(15));
  EXPECT_TRUE(other.enter(proof("anna")));
}

TEST_F(SigningIn, AnAddressThatTriesManyNamesWaits) {
  person("anna");
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(sign_in_.enter(proof("name" + std::to_string(i), "wrong")));
  EXPECT_EQ(refusal_of(sign_in_.enter(proof("anna"))), "slow-down");
  auto elsewhere = proof("anna");
  elsewhere.address = "10.0.0.2";
  EXPECT_TRUE(sign_in_.enter(elsewhere));
  clock_.pass(minutes(10));
  EXPECT_TRUE(sign_in_.enter(proof("anna")));
}

TEST_F(SigningIn, EverySuccessFailureAndDelayIsNotedDownWithoutWhatWasTyped) {
  person("anna");
  EXPECT_TRUE(sign_in_.enter(proof("anna")));
  EXPECT_THAT(trail(), StartsWith("sign-in anna; user-activated anna; user-added root; "));
  EXPECT_FALSE(sign_in_.enter(proof("hunter2 typed here by mistake")));
  EXPECT_THAT(trail(), StartsWith("sign-in-refused anonymous; "));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(sign_in_.enter(proof("anna", "wrong word")));
  EXPECT_THAT(trail(), StartsWith("sign-in-slowed anna; sign-in-refused anna; "));
  const auto rows = store_->audited({.most = 100});
  for (const auto& one : *rows)
    for (const char* typed : {"hunter2", "wrong word", "correct horse"})
      EXPECT_THAT(one.row.agent + one.row.detail, testing::Not(HasSubstr(typed)));
  EXPECT_TRUE(store_->verify()->problems.empty());
}

TEST_F(SigningIn, OneProvesItAgainByCodeOrWhereThereIsNoneByPassword) {
  person("anna");
  EXPECT_TRUE(sign_in_.again(proof("anna")));
  EXPECT_FALSE(sign_in_.again(proof("anna", "wrong")));
  const auto secret = with_code("anna");
  clock_.pass(seconds(30));
  EXPECT_FALSE(sign_in_.again(proof("anna", words)));
  EXPECT_TRUE(sign_in_.again(proof("anna", "", code_of(secret))));
}

TEST_F(SigningIn, SecretsStandNowhereInTheStoreAsTheyWere) {
  const auto invited = accounts_.add("anna", "", Role::operating, minutes(15), admin_);
  const auto before = store_->all_kept("account");
  for (const auto& one : *before) EXPECT_THAT(one.text, testing::Not(HasSubstr(invited->code)));
  EXPECT_TRUE(sign_in_.accept(proof("anna"), invited->code));
  const auto after = store_->all_kept("account");
  for (const auto& one : *after) EXPECT_THAT(one.text, testing::Not(HasSubstr("horse")));
}

}  // namespace
}  // namespace gateway::access::people::tests
