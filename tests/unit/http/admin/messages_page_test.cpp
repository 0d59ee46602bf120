#include <gmock/gmock.h>

#include "gateway/observe/names.hpp"

#include "tests/unit/http/admin/journal_house.hpp"

// TRUST.md §4.3: what people see of messages, and what they say before they see more.
namespace gateway::http::admin::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class MessagesOfPeople : public JournalDesk {
 protected:
  /// The newest row of the trail.
  store::AuditRow last_row() { return store_->audited({.most = 1})->at(0).row; }
};

TEST_F(MessagesOfPeople, AreFoundByWhatIsKnownOfThem) {
  say(result("A1"));
  clock_.pass(std::chrono::hours(1));
  const auto then = base::to_text(clock_.now());
  say(result("A2", "P0002"));
  say(result("A1"));
  say("MSH|^~\\&|LAB|CITY|GW|CLINIC|20250322120000||ORU^R01|BAD|P|2.5.1\rOBX|1\r");
  say("MSH|^~\\&|LAB|CITY|GW|CLINIC|20250322120000||ORU^R01|OLD|P|1.0\rPID|1\r");
  EXPECT_EQ(found(""), "OLD BAD A2 A1");
  EXPECT_EQ(found("control_id=A2"), "A2");
  EXPECT_EQ(found("sender=LAB%7CCITY&control_id=A1"), "A1");
  EXPECT_EQ(found("sender=nobody"), "");
  EXPECT_EQ(found("patient=P0002"), "A2");
  EXPECT_EQ(found("patient=P0003"), "");
  EXPECT_EQ(found("since=" + then), "OLD BAD A2");
  EXPECT_EQ(found("until=" + then + "&state=accepted"), "A2 A1");
  EXPECT_EQ(found("state=accepted"), "A2 A1");
  EXPECT_EQ(found("state=rejected"), "OLD");
  EXPECT_EQ(found("state=error"), "BAD");
  EXPECT_EQ(found("state=duplicate"), "A1");
}

TEST_F(MessagesOfPeople, AreListedPageByPage) {
  for (const char* id : {"A1", "A2", "A3", "A4", "A5"}) say(result(id));
  const auto first = shown("messages?count=2");
  EXPECT_EQ(first["items"].items().at(1)["control_id"].text(), "A4");
  EXPECT_EQ(found("count=2&after=" + first["next"].text()), "A3 A2");
  EXPECT_FALSE(shown("messages?count=5").has("next"));
  for (const char* bad : {"count=0", "count=x", "after=-1", "state=odd", "since=yesterday"})
    EXPECT_EQ(look(std::string("messages?") + bad).status, 400) << bad;
}

TEST_F(MessagesOfPeople, AListHoldsNothingOfWhatStandsInThem) {
  say(result("A1"));
  const auto list = look("messages", "administrator");
  EXPECT_THAT(list.body, Not(HasSubstr("P0001")));
  EXPECT_THAT(list.body, Not(HasSubstr("SECRETNAME")));
  EXPECT_THAT(list.body, Not(HasSubstr("14.2")));
  const auto answered = json(list);
  const auto& item = answered["items"].items().at(0);
  EXPECT_EQ(item["answer"].text(), "AA");
  EXPECT_EQ(item["sender"].text(), "LAB|CITY");
  EXPECT_GT(std::stoi(item["fates"]["mapped"].text()), 5);
}

TEST_F(MessagesOfPeople, ASearchByPatientIsForWhoMayOpenContentAndIsAudited) {
  say(result("A1"));
  for (const char* role : {"auditor", "administrator"})
    EXPECT_EQ(code_of(look("messages?patient=P0001", role)), "role") << role;
  EXPECT_EQ(found("patient=P0001", "reviewer"), "A1");
  const auto row = last_row();
  EXPECT_EQ(row.event, "messages-searched");
  EXPECT_EQ(row.detail, "patient=P0001");
  EXPECT_EQ(row.count, 1);
  ASSERT_EQ(row.entities.size(), 1U);
  EXPECT_THAT(row.entities[0], testing::StartsWith("Patient/"));
  const auto rows = store_->audited({})->size();
  found("control_id=A1");
  EXPECT_EQ(store_->audited({})->size(), rows) << "a search without a patient discloses nothing";
}

TEST_F(MessagesOfPeople, OneIsMaskedUntilAReasonIsGiven) {
  say(result("A1"));
  const auto masked = look("messages/1");
  EXPECT_EQ(masked.status, 200);
  EXPECT_THAT(masked.body, Not(HasSubstr("SECRETNAME")));
  EXPECT_TRUE(json(masked)["masked"].is_true());
  EXPECT_EQ(json(masked)["deliveries"].items().at(0)["state"].text(), "queued");
  EXPECT_NE(last_row().event, "content-opened");
  EXPECT_EQ(code_of(look("messages/1?reason=curiosity")), "reason");
  EXPECT_EQ(look("messages/2?reason=treatment").status, 404);
  EXPECT_EQ(look("messages/x?reason=treatment").status, 404);
}

TEST_F(MessagesOfPeople, WithAReasonAllOfItIsShownAndThatItWasIsAudited) {
  say(result("A1"));
  const auto whole = shown("messages/1?reason=fault-finding");
  EXPECT_THAT(whole["raw"].text(), HasSubstr("SECRETNAME"));
  EXPECT_THAT(whole["acknowledgement"].text(), HasSubstr("MSA|AA|A1"));
  const auto& account = whole["account"].items();
  const auto value = std::ranges::find_if(
      account, [](const fhir::Json& one) { return one["place"].text() == "OBX-5"; });
  ASSERT_NE(value, account.end());
  EXPECT_EQ((*value)["value"].text(), "14.2");
  EXPECT_EQ((*value)["fate"].text(), "mapped");
  EXPECT_THAT((*value)["paths"].items().at(0).text(), HasSubstr("#valueQuantity.value"));
  EXPECT_THAT(whole["resources"].pretty(), HasSubstr("14.2"));
  const auto row = last_row();
  EXPECT_EQ(row.event + ' ' + row.agent, "content-opened CN=somebody");
  EXPECT_EQ(row.detail, "HSYSADMIN arrival 1 as operator, fault-finding");
  EXPECT_THAT(row.entities.at(0), testing::StartsWith("Patient/"));
  EXPECT_EQ(metrics_.counter(observe::names::content_opened, {{"role", "operator"}}).value(), 1);
}

TEST_F(MessagesOfPeople, AReasonHoldsHalfAnHourForThatPersonAndMessage) {
  say(result("A1"));
  say(result("A2"));
  EXPECT_FALSE(shown("messages/1?reason=quality").has("masked"));
  EXPECT_FALSE(shown("messages/1").has("masked"));
  EXPECT_EQ(last_row().detail, "HQUALIMP arrival 1 as operator, quality") << "each time";
  EXPECT_TRUE(shown("messages/2").has("masked"));
  const auto token = *sessions_.begin(person("anna", people::Role::operating), true);
  EXPECT_TRUE(json(ask(as(token, request("GET", "/admin/v1/messages/1")))).has("masked"));
  clock_.pass(std::chrono::minutes(31));
  EXPECT_TRUE(shown("messages/1").has("masked"));
}

TEST_F(MessagesOfPeople, AReviewerOpensWhatWaitsForADecisionAndNothingElse) {
  say(result("A1"));
  say(result("A2", "P0001", "OBX|2|NM|NOBODYKNOWS^What^L||3|%|||||F\r"));
  EXPECT_EQ(code_of(look("messages/1?reason=treatment", "reviewer")), "not-on-worklist");
  EXPECT_THAT(shown("messages/2", "reviewer")["raw"].text(), HasSubstr("SECRETNAME"));
  EXPECT_EQ(last_row().detail, "HOPERAT arrival 2 as reviewer, worklist");
}

TEST_F(MessagesOfPeople, WhatCannotBeAuditedIsNotShown) {
  say(result("A1"));
  const auto refuse = [](store::AuditRow) -> base::Result<void> {
    return base::Error{base::ErrorKind::unavailable, "away", "", "wait"};
  };
  Openings openings(clock_, metrics_, refuse);
  MessagesPage page(*store_, journal_, clock_, refuse, openings);
  Caller who;
  who.role = "operator";
  EXPECT_EQ(page.open(who, "1", "reason=treatment").status, 503);
  EXPECT_EQ(page.list(who, "patient=P0001").status, 503);
  EXPECT_EQ(page.list(who, "").status, 200);
}

TEST_F(MessagesOfPeople, WhatIsNoMessageIsShownAsFarAsItCanBe) {
  say("MSH|^~\\&|LAB|CITY|GW|CLINIC|20250322120000||ORU^R01|X1|P|2.5.1\rPID|1||\xFF\r");
  const auto whole = shown("messages/1?reason=fault-finding");
  EXPECT_THAT(whole["raw"].text(), HasSubstr("PID|1||\xEF\xBF\xBD"));
  EXPECT_TRUE(whole.has("raw_exact"));
  EXPECT_THAT(whole["acknowledgement"].text(), HasSubstr("MSA|A"));
  EXPECT_EQ(whole["account"].items().size(), 0U);
}

TEST_F(MessagesOfPeople, EverySampleIsToldWhole) {
  std::int64_t arrival = 0;
  for (int number = 1; number <= 10; ++number) {
    const auto sample = this->sample(std::to_string(100 + number).substr(1));
    if (sample.find("MSH|", 1) != sample.npos) continue;  // several messages
    say(sample);
    const auto whole = shown("messages/" + std::to_string(++arrival) + "?reason=quality");
    EXPECT_FALSE(whole.has("agrees")) << number;
    const auto& fates = whole["fates"];
    EXPECT_EQ(whole["account"].items().size(), std::stoul(fates["mapped"].text()) +
                                                   std::stoul(fates["set_aside"].text()) +
                                                   std::stoul(fates["unmapped"].text()))
        << number;
    EXPECT_GT(whole["resources"].items().size(), 0U) << number;
  }
  EXPECT_GT(arrival, 5);
}

}  // namespace
}  // namespace gateway::http::admin::tests
