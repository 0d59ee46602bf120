#include <gmock/gmock.h>

#include "tests/unit/access/people/house.hpp"

using testing::HasSubstr;
using testing::Not;

// TRUST.md T16: sessions of people.
namespace gateway::access::people::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Threat16Sessions : public House {
 protected:
  bool holds(const std::string& token) {
    const auto found = sessions_.find(token);
    EXPECT_TRUE(found);
    return found && found->has_value();
  }
};

TEST_F(Threat16Sessions, EndAfterAQuarterOfAnHourWithoutARequest) {
  const auto token = *sessions_.begin(person("anna"), true);
  EXPECT_EQ(token.size(), 43U) << "256 bits";
  for (int i = 0; i < 10; ++i) {
    clock_.pass(minutes(14));
    EXPECT_TRUE(holds(token)) << i;
  }
  clock_.pass(minutes(15));
  EXPECT_FALSE(holds(token));
}

TEST_F(Threat16Sessions, EndAfterTwelveHoursWhateverIsDone) {
  const auto token = *sessions_.begin(person("anna"), true);
  for (int i = 0; i < 71; ++i) {
    clock_.pass(minutes(10));
    EXPECT_TRUE(holds(token));
  }
  clock_.pass(minutes(10));
  EXPECT_FALSE(holds(token));
}

TEST_F(Threat16Sessions, HoldThroughARestartAndForAnotherGateway) {
  const auto token = *sessions_.begin(person("anna"), true);
  store_.reset();
  store_ = opened();
  Accounts accounts(*store_, clock_);
  Sessions others(accounts);
  EXPECT_TRUE(others.find(token)->has_value());
}

TEST_F(Threat16Sessions, EndWhereACodeIsSetUp) {
  const auto token = *sessions_.begin(person("anna"), true);
  ASSERT_TRUE(sign_in_.begin_code("anna"));
  EXPECT_TRUE(holds(token)) << "not before it is confirmed";
  with_code("anna");
  EXPECT_FALSE(holds(token));
}

TEST_F(Threat16Sessions, AreKeptAsHashesThatOpenNothing) {
  const auto token = *sessions_.begin(person("anna"), true);
  const auto kept = *store_->all_kept("session");
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_THAT(kept[0].name + kept[0].text, Not(HasSubstr(token)));
  EXPECT_FALSE(holds(kept[0].name));
  EXPECT_FALSE(holds(""));
}

TEST_F(Threat16Sessions, EndWithSigningOutALockANewRoleAResetAndANewPassword) {
  person("root", Role::administrator);
  const std::pair<const char*, std::function<void(const std::string&)>> rows[] = {
      {"out",
       [&](const std::string& token) {
         EXPECT_TRUE(sessions_.end(**sessions_.find(token), {"out", "", "https"}));
       }},
      {"lock", [&](const std::string&) { EXPECT_TRUE(accounts_.lock("lock", true, admin_)); }},
      {"role",
       [&](const std::string&) {
         EXPECT_TRUE(accounts_.give_role("role", Role::auditor, admin_));
       }},
      {"reset",
       [&](const std::string&) { EXPECT_TRUE(accounts_.reset("reset", minutes(15), admin_)); }},
      {"password", [&](const std::string&) {
         EXPECT_TRUE(sign_in_.change_password(proof("password"), "another long password"));
       }}};
  for (const auto& [name, end] : rows) {
    const auto token = *sessions_.begin(person(name), true);
    EXPECT_TRUE(holds(token)) << name;
    end(token);
    EXPECT_FALSE(holds(token)) << name;
  }
}

TEST_F(Threat16Sessions, AProofIsOldAfterFiveMinutesAndRenewingItChangesTheToken) {
  const auto account = person("anna");
  EXPECT_FALSE(sessions_.is_proved(**sessions_.find(*sessions_.begin(account, false))));
  const auto token = *sessions_.begin(account, true);
  EXPECT_TRUE(sessions_.is_proved(**sessions_.find(token)));
  clock_.pass(minutes(5));
  const auto old = **sessions_.find(token);
  EXPECT_FALSE(sessions_.is_proved(old));
  const auto renewed = sessions_.renew(old);
  ASSERT_TRUE(renewed);
  EXPECT_FALSE(holds(token)) << "a stolen one is worth nothing after it";
  EXPECT_TRUE(sessions_.is_proved(**sessions_.find(*renewed)));
  EXPECT_EQ((*sessions_.find(*renewed))->begun, old.begun) << "its twelve hours go on";
}

TEST_F(Threat16Sessions, TheTokenAgainstForgeryIsOfTheSessionAlone) {
  const auto account = person("anna");
  const auto one = *sessions_.begin(account, true), other = *sessions_.begin(account, true);
  EXPECT_EQ(Sessions::csrf_token(one), Sessions::csrf_token(one));
  EXPECT_NE(Sessions::csrf_token(one), Sessions::csrf_token(other));
  EXPECT_THAT(Sessions::csrf_token(one), Not(HasSubstr(one)));
}

}  // namespace
}  // namespace gateway::access::people::tests
