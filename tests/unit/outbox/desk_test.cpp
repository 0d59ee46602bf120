#include "gateway/outbox/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/outbox/outbox_case.hpp"

namespace gateway::outbox {
namespace {

using store::LetterDecision;
using testing::HasSubstr;

struct DeskCase : Case {
  int rung = 0;
  Desk desk{*store, clock, [this] { ++rung; }};

  void die(int letters) {
    for (int i = 0; i < letters; ++i) arrive("p" + std::to_string(i), "o" + std::to_string(i), i);
    const auto claimed = store->claim("hospital", 1'000, clock.now(), 30s);
    std::vector<store::Settlement> settlements;
    for (const auto& delivery : *claimed)
      settlements.push_back({store::Settlement::State::dead, delivery.sequence, {}, "422"});
    EXPECT_TRUE(store->settle(settlements));
  }
  base::Result<Desk::Decided> decide(LetterDecision what, const std::string& reason = "mended") {
    return desk.decide({what, "CN=operator", "", reason, "https", {}}, {.target = "hospital"});
  }
};

TEST(Desk, WhatIsRetriedIsSentWithoutWaitingToBeLookedFor) {
  DeskCase c;
  c.die(3);
  const auto decided = c.decide(LetterDecision::retry);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->letters, 3);
  EXPECT_EQ(decided->awaits, "");
  EXPECT_EQ(c.rung, 1);
  EXPECT_EQ(c.backlog().pending, 3);
}

TEST(Desk, ADecisionNeedsAReasonAndALetter) {
  DeskCase c;
  c.die(1);
  EXPECT_EQ(c.decide(LetterDecision::discard, "").error().kind, base::ErrorKind::malformed);
  ASSERT_TRUE(c.decide(LetterDecision::discard));
  EXPECT_EQ(c.decide(LetterDecision::discard).error().kind, base::ErrorKind::not_found);
}

TEST(Desk, ItsAuditRowSaysWhoWhatWhyAndWhoAgreed) {
  const auto row = decision_row(
      {LetterDecision::discard, "CN=one", "CN=two", "sent twice by hand", "socket", {3, 5, 6, 7}},
      {});
  EXPECT_EQ(row.event, "outbox-discard");
  EXPECT_EQ(row.agent, "CN=one");
  EXPECT_EQ(row.detail, "4 deliveries: 3, 5-7; reason: sent twice by hand; agreed: CN=two");
}

TEST(Threat22, MoreThanAHundredAreDiscardedOnlyByTwoPeople) {
  DeskCase c;
  c.die(101);
  const auto asked = c.decide(LetterDecision::discard);
  ASSERT_TRUE(asked);
  ASSERT_NE(asked->awaits, "");
  EXPECT_EQ(c.backlog().dead, 101) << "nothing was done yet";
  EXPECT_EQ(c.desk.agree(asked->awaits, "CN=operator").error().kind, base::ErrorKind::forbidden);
  EXPECT_EQ(c.desk.agree("aaaaaaaa", "CN=second").error().kind, base::ErrorKind::not_found);
  const auto agreed = c.desk.agree(asked->awaits, "CN=second");
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->letters, 101);
  EXPECT_EQ(c.backlog().dead, 0);
  EXPECT_EQ(c.desk.agree(asked->awaits, "CN=second").error().kind, base::ErrorKind::not_found);
}

TEST(Threat22, WhatNobodyAgreesToWithinAnHourIsForgotten) {
  DeskCase c;
  c.die(101);
  const auto asked = c.decide(LetterDecision::discard);
  c.clock.pass(61min);
  EXPECT_EQ(c.desk.agree(asked->awaits, "CN=second").error().kind, base::ErrorKind::not_found);
  EXPECT_EQ(c.backlog().dead, 101);
}

}  // namespace
}  // namespace gateway::outbox
