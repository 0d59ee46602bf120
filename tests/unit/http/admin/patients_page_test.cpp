#include <gmock/gmock.h>

#include "gateway/observe/names.hpp"

#include "tests/unit/http/admin/journal_house.hpp"

// TRUST.md §4.3, §9: a patient's chart, and what people say before they see it.
namespace gateway::http::admin::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class ChartsOfPeople : public JournalDesk {
 protected:
  std::string patient(const std::string& identifier = "P0001") {
    return shown("patients?identifier=" + identifier)["items"].items().at(0)["patient"].text();
  }
  store::AuditRow newest() { return store_->audited({.most = 1})->at(0).row; }
};

TEST_F(ChartsOfPeople, AreFoundByAnIdentifierAndThatSomebodyLookedIsAudited) {
  say(result("A1"));
  EXPECT_EQ(shown("patients?identifier=P0009")["items"].items().size(), 0U);
  const auto id = patient();
  EXPECT_EQ(newest().event, "patients-searched");
  EXPECT_EQ(newest().entities, std::vector<std::string>{"Patient/" + id});
  EXPECT_EQ(look("patients").status, 400);
  for (const char* role : {"auditor", "administrator"})
    EXPECT_EQ(code_of(look("patients?identifier=P0001", role)), "role") << role;
}

TEST_F(ChartsOfPeople, AreMaskedUntilAReasonIsGiven) {
  say(result("A1"));
  const auto path = "patients/" + patient();
  const auto masked = look(path);
  EXPECT_TRUE(json(masked)["masked"].is_true());
  EXPECT_THAT(masked.body, Not(HasSubstr("14.2")));
  EXPECT_NE(newest().event, "content-opened");
  EXPECT_EQ(code_of(look(path + "?reason=curiosity")), "reason");
  const auto open = look(path + "?reason=treatment");
  EXPECT_THAT(open.body, HasSubstr("14.2"));
  EXPECT_THAT(open.body, Not(HasSubstr("SECRETNAME"))) << "a chart needs no name";
  EXPECT_EQ(newest().event, "content-opened");
  EXPECT_EQ(newest().detail, "TREAT chart as operator, treatment");
  EXPECT_EQ(newest().entities, std::vector<std::string>{"Patient/" + path.substr(9)});
  EXPECT_EQ(metrics_.counter(observe::names::content_opened, {{"role", "operator"}}).value(), 1);
  EXPECT_FALSE(shown(path).has("masked")) << "for half an hour";
  clock_.pass(std::chrono::minutes(31));
  EXPECT_TRUE(shown(path).has("masked"));
  EXPECT_EQ(look("patients/nobody?reason=treatment").status, 404);
  EXPECT_EQ(look("patients/no%20body?reason=treatment").status, 404);
}

TEST_F(ChartsOfPeople, WhatACorrectedResultSaidBeforeStaysVisible) {
  say(sample("08"));
  say(sample("09"));
  const auto open = shown("patients/" + patient("P0008") + "?reason=quality");
  EXPECT_EQ(open["timeline"]["resourceType"].text(), "Parameters");
  const auto before = open["earlier"].pretty();
  EXPECT_THAT(open["timeline"].pretty(), HasSubstr("12.9"));
  EXPECT_EQ(open["earlier"].items().size(), 2U);
  EXPECT_THAT(before, HasSubstr("11.9"));
  EXPECT_THAT(before, Not(HasSubstr("12.9")));
  const auto& messages = open["messages"].items();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(messages.at(0)["control_id"].text(), "N2002");
}

TEST_F(ChartsOfPeople, AReviewerOpensThoseOfTheirWorklist) {
  say(result("A1"));
  say(result("A2", "P0002", "OBX|2|NM|NOBODYKNOWS^What^L||3|%|||||F\r"));
  EXPECT_EQ(code_of(look("patients/" + patient("P0001") + "?reason=treatment", "reviewer")),
            "not-on-worklist");
  EXPECT_TRUE(shown("patients/" + patient("P0002"), "reviewer").has("timeline"));
  EXPECT_EQ(newest().detail, "HOPERAT chart as reviewer, worklist");
}

TEST_F(ChartsOfPeople, WhatCannotBeAuditedIsNotShown) {
  say(result("A1"));
  const auto id = patient();
  const auto refuse = [](store::AuditRow) -> base::Result<void> {
    return base::Error{base::ErrorKind::unavailable, "away", "", "wait"};
  };
  Openings openings(clock_, metrics_, refuse);
  PatientsPage page(*store_, reader_, journal_, clock_, refuse, openings);
  Caller who;
  who.role = "operator";
  EXPECT_EQ(page.find(who, "identifier=P0001").status, 503);
  EXPECT_EQ(page.open(who, id, "reason=treatment").status, 503);
}

}  // namespace
}  // namespace gateway::http::admin::tests
