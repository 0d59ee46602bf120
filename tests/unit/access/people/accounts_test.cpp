#include "gateway/access/people/accounts.hpp"

#include <gmock/gmock.h>

#include "tests/unit/access/people/house.hpp"

using testing::StartsWith;

namespace gateway::access::people::tests {
namespace {

using std::chrono::minutes;

class PeoplesAccounts : public House {};

TEST_F(PeoplesAccounts, TheLastAdministratorStays) {
  EXPECT_FALSE(*accounts_.has_administrator());
  person("anna", Role::administrator);
  EXPECT_TRUE(*accounts_.has_administrator());
  EXPECT_EQ(refusal_of(accounts_.give_role("anna", Role::auditor, admin_)), "last-administrator");
  EXPECT_EQ(refusal_of(accounts_.lock("anna", true, admin_)), "last-administrator");
  ASSERT_TRUE(accounts_.add("ben", "", Role::administrator, minutes(15), admin_));
  EXPECT_FALSE(accounts_.lock("anna", true, admin_)) << "who is only invited cannot administer";
  person("carl", Role::administrator);
  EXPECT_TRUE(accounts_.lock("anna", true, admin_));
  EXPECT_TRUE(accounts_.lock("anna", false, admin_));
}

TEST_F(PeoplesAccounts, ANameIsTakenOnceAndIsPlain) {
  person("anna");
  EXPECT_EQ(refusal_of(accounts_.add("anna", "", Role::auditor, minutes(15), admin_)),
            "user-exists");
  for (const char* name : {"", "a", "Anna", "1anna", "an na", "oidc:x", "an/na", "../x", "anna\n"})
    EXPECT_EQ(refusal_of(accounts_.add(name, "", Role::auditor, minutes(15), admin_)), "user-name")
        << name;
  EXPECT_EQ(refusal_of(accounts_.lock("nobody", true, admin_)), "no-such-user");
}

TEST_F(PeoplesAccounts, AChangeIsNotedDownWithWhoAndWhat) {
  person("anna");
  ASSERT_TRUE(accounts_.give_role("anna", Role::reviewer, admin_));
  const auto row = store_->audited({.most = 1})->front().row;
  EXPECT_EQ(row.event + " " + row.agent + " " + row.detail,
            "user-role root anna from operator to reviewer");
  EXPECT_EQ(row.address, "10.0.0.9");
  ASSERT_TRUE(accounts_.lock("anna", true, admin_));
  ASSERT_TRUE(accounts_.lock("anna", false, admin_));
  ASSERT_TRUE(accounts_.reset("anna", minutes(15), admin_));
  EXPECT_THAT(trail(), StartsWith("user-reset root; user-unlocked root; user-locked root; "));
}

TEST_F(PeoplesAccounts, AResetTakesPasswordAndCodeAndInvitesAnew) {
  person("anna");
  with_code("anna");
  const auto again = accounts_.reset("anna", minutes(15), admin_);
  ASSERT_TRUE(again);
  EXPECT_FALSE(sign_in_.enter(proof("anna")));
  EXPECT_TRUE(sign_in_.accept(proof("anna", "another long password"), again->code));
  EXPECT_TRUE(sign_in_.enter(proof("anna", "another long password")));
}

TEST_F(PeoplesAccounts, OneThatCannotBeReadLetsNobodyIn) {
  for (const char* text : {"", "{", "{}", "{\"role\":\"emperor\",\"password\":\"x\"}"})
    EXPECT_TRUE(read_account({"account", "anna", text, 1}).locked) << text;
}

}  // namespace
}  // namespace gateway::access::people::tests
