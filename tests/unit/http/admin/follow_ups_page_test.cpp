#include <gmock/gmock.h>

#include "tests/unit/http/admin/house.hpp"

// DOMAIN.md W3: what a site's own conventions ask for, and what a reviewer says to it.
namespace gateway::http::admin::tests {
namespace {

using testing::HasSubstr;

class FollowUpsOfPeople : public Desk {
 protected:
  Response decide(const std::string& task, const std::string& body) {
    return ask(as(token_, request("POST", "/admin/v1/follow-ups/" + task, body)));
  }
  const std::string token_ = *sessions_.begin(person("rita", people::Role::reviewer), true);
};

TEST_F(FollowUpsOfPeople, AreTakenUpByAPatchOfTheVersionThatWasSeen) {
  EXPECT_EQ(decide("t1", R"({"status":"in-progress","version":"3","note":"seen"})").status, 200);
  ASSERT_EQ(changed_.size(), 1U);
  const auto& asked = changed_[0];
  EXPECT_EQ(asked.method + ' ' + asked.path, "PATCH /fhir/Task/t1");
  EXPECT_EQ(asked.header("if-match"), "W/\"3\"");
  EXPECT_EQ(asked.header("content-type"), "application/json-patch+json");
  EXPECT_THAT(asked.body, HasSubstr(R"({"op":"replace","path":"/status","value":"in-progress"})"));
  EXPECT_THAT(asked.body, HasSubstr(R"("path":"/owner","value":{"display":"rita"})"));
  EXPECT_THAT(asked.body, HasSubstr(R"("text":"seen")"));
}

TEST_F(FollowUpsOfPeople, ARefusalIsSaidInItsWords) {
  task_answer_ = {409,
                  "application/fhir+json",
                  {},
                  R"({"resourceType":"OperationOutcome","issue":[{"code":"conflict","details":)"
                  R"({"coding":[{"code":"task-transition"}],"text":"this entry has ended"},)"
                  R"("diagnostics":"read it again"}]})"};
  const auto answer = decide("t1", R"({"status":"in-progress","version":"3"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(code_of(answer), "task-transition");
  EXPECT_EQ(json(answer)["error"]["what"].text(), "this entry has ended");
}

TEST_F(FollowUpsOfPeople, NeedAWayAVersionAndAnEntry) {
  EXPECT_EQ(decide("t1", R"({"status":"completed"})").status, 400);
  EXPECT_EQ(decide("t1", R"({"version":"1"})").status, 400);
  EXPECT_EQ(decide("t%201", R"({"status":"completed","version":"1"})").status, 404);
  EXPECT_TRUE(changed_.empty());
}

TEST_F(FollowUpsOfPeople, AreListedByStateAndThatSomebodyReadIsAudited) {
  const auto list = ask(as(token_, request("GET", "/admin/v1/follow-ups")));
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(json(list)["items"].items().size(), 0U);
  EXPECT_EQ(store_->audited({.most = 1})->at(0).row.event, "follow-ups-read");
  auto other = as(token_, request("GET", "/admin/v1/follow-ups"));
  other.query = "state=odd";
  EXPECT_EQ(ask(other).status, 400);
}

}  // namespace
}  // namespace gateway::http::admin::tests
