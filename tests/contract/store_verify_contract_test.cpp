#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Delivery;
using gateway::store::LetterDecision;
using gateway::store::Settlement;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto of_state = "the audit does not tell of its state";

/// Deliveries of one patient to "hospital", the first of which can be settled.
template <class EngineUnderTest>
class StoreVerifies : public StoreContract<EngineUnderTest> {
 protected:
  void arrive(const std::string& id, const std::string& value = "1", std::int64_t follows = 0) {
    auto entry = message("m" + std::to_string(++messages_), "pa",
                         {written({.id = id, .patient = "pa", .value = value}, follows)});
    entry.deliveries.push_back({"hospital"});
    entry.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/" + id, "text"});
    this->commit(entry);
  }
  void settle_next(Settlement::State state) {
    const auto claimed =
        this->store->claim("hospital", 1, this->clock.now(), std::chrono::seconds(30));
    ASSERT_TRUE(claimed);
    ASSERT_EQ(claimed->size(), 1U);
    Settlement settlement;
    settlement.state = state;
    settlement.sequence = claimed->front().sequence;
    for (const auto& resource : claimed->front().resources)
      settlement.sent.push_back({resource.key, resource.version, ""});
    settlement.audit = {{"forward", this->clock.now(), "hospital", "forward", "delivered", {}, ""}};
    ASSERT_TRUE(this->store->settle({&settlement, 1}));
  }
  void decide(std::int64_t sequence, LetterDecision decision) {
    const gateway::store::AuditRow row{"outbox", this->clock.now(), "CN=o", "https", "200", {}, ""};
    ASSERT_EQ(*this->store->decide({&sequence, 1}, decision, {&row, 1}), 1);
  }
  std::vector<std::string> after(const std::string& sql) {
    this->engine.script(sql);
    return this->problems();
  }
  static std::string of(const std::string& row) { return row + ": " + of_state; }

 private:
  int messages_ = 0;
};
TYPED_TEST_SUITE(StoreVerifies, Engines);

TYPED_TEST(StoreVerifies, ADeliveryThatNobodyMadeIsFoundInEveryStateButOpenOnes) {
  this->arrive("a");
  this->arrive("b");
  EXPECT_THAT(this->problems(), IsEmpty());
  for (const std::string state : {"3", "4", "5", "6", "7", "-1"})
    EXPECT_THAT(
        this->after("UPDATE delivery SET state = " + state + ", head = 0 WHERE sequence = 1"),
        Contains(this->of("delivery 1")))
        << state;
}

TYPED_TEST(StoreVerifies, ADeliveryThatWasMadeIsCleanAndFoundWhereItWouldGoAgain) {
  this->arrive("a");
  this->settle_next(Settlement::State::delivered);
  EXPECT_THAT(this->problems(), IsEmpty());
  EXPECT_THAT(this->after("UPDATE delivery SET state = 0, head = 1"),
              ElementsAre(this->of("delivery 1")));
  EXPECT_THAT(this->after("UPDATE delivery SET state = 6, head = 0"),
              ElementsAre(this->of("delivery 1")));
}

TYPED_TEST(StoreVerifies, ASettlementWithoutAnAuditRowOfItsOwnIsToldAllTheSame) {
  this->arrive("a");
  const auto claimed =
      *this->store->claim("hospital", 1, this->clock.now(), std::chrono::seconds(30));
  Settlement settlement;
  settlement.sequence = claimed.front().sequence;
  ASSERT_TRUE(this->store->settle({&settlement, 1}));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreVerifies, ADeadLetterThatNobodyDiscardedIsFound) {
  this->arrive("a");
  this->settle_next(Settlement::State::dead);
  EXPECT_THAT(this->problems(), IsEmpty());
  EXPECT_THAT(this->after("UPDATE delivery SET state = 6"), Contains(this->of("delivery 1")));
  this->engine.script("UPDATE delivery SET state = 4");
  this->decide(1, LetterDecision::discard);
  EXPECT_THAT(this->problems(), IsEmpty());
  EXPECT_THAT(this->after("UPDATE delivery SET state = 4"), ElementsAre(this->of("delivery 1")));
}

TYPED_TEST(StoreVerifies, ADeadLetterThatWasSentOnceMoreIsOpenAndThenSettled) {
  this->arrive("a");
  this->settle_next(Settlement::State::dead);
  this->decide(1, LetterDecision::retry);
  EXPECT_THAT(this->problems(), IsEmpty());
  EXPECT_THAT(this->after("UPDATE delivery SET state = 4, head = 0"),
              ElementsAre(this->of("delivery 1")));
  this->engine.script("UPDATE delivery SET state = 0, head = 1");
  this->settle_next(Settlement::State::delivered);
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreVerifies, ADeadLetterThatNothingHealedIsFound) {
  this->arrive("a");
  this->settle_next(Settlement::State::dead);
  this->arrive("b");
  EXPECT_THAT(this->after("UPDATE delivery SET state = 5 WHERE sequence = 1"),
              Contains(this->of("delivery 1")));
  this->engine.script("UPDATE delivery SET state = 4 WHERE sequence = 1");
  this->settle_next(Settlement::State::delivered);
  this->arrive("a", "2", 1);
  this->settle_next(Settlement::State::delivered);
  EXPECT_THAT(this->problems(), IsEmpty()) << "healed";
  EXPECT_THAT(this->after("UPDATE delivery SET state = 4 WHERE sequence = 1"),
              ElementsAre(this->of("delivery 1")));
}

TYPED_TEST(StoreVerifies, WhatIsOwedByNoDeadLetterIsFound) {
  this->arrive("a");
  EXPECT_THAT(this->after("INSERT INTO owed (target, patient, sequence, key, version)"
                          " SELECT target, patient, sequence, CAST('k' AS blob), 1 FROM delivery"),
              ElementsAre("owed 1: it is of no dead letter"));
}

TYPED_TEST(StoreVerifies, AReviewItemThatNobodyClosedIsFound) {
  this->arrive("a");
  EXPECT_THAT(this->after("UPDATE review SET state = 1"), ElementsAre(this->of("review 1")));
}

/// Two messages of which the trail is entered into what it is searched by.
template <class EngineUnderTest>
class StoreVerifiesLists : public StoreVerifies<EngineUnderTest> {
 protected:
  void SetUp() override {
    StoreVerifies<EngineUnderTest>::SetUp();
    this->arrive("a");
    this->arrive("b");
    ASSERT_TRUE(this->store->sweep({1}));
    ASSERT_THAT(this->problems(), IsEmpty());
  }
};
TYPED_TEST_SUITE(StoreVerifiesLists, Engines);

TYPED_TEST(StoreVerifiesLists, ARowOfTheTrailThatIsNotFoundByItsPatientIsFound) {
  EXPECT_THAT(this->after("DELETE FROM audit_patient WHERE number = 2"),
              ElementsAre("audit 2: it is not entered under a patient whom it is about"));
  EXPECT_THAT(this->store->verify_audit()->problems, testing::SizeIs(1));
}

TYPED_TEST(StoreVerifiesLists, ARowOfTheTrailUnderAPatientItIsNotAboutIsFound) {
  EXPECT_THAT(this->after("INSERT INTO audit_patient (patient, number) VALUES ('px', 2)"),
              ElementsAre("audit_patient: it holds 3 rows, of which 2 are of the trail"));
}

TYPED_TEST(StoreVerifiesLists, AMinuteThatLeadsElsewhereOrNowhereIsFound) {
  EXPECT_THAT(this->after("UPDATE audit_minute SET last = 1"),
              ElementsAre("audit_minute 0: its rows lie elsewhere"));
  EXPECT_THAT(this->after("DELETE FROM audit_minute"),
              ElementsAre("audit_minute 0: it is missing"));
}

TYPED_TEST(StoreVerifiesLists, RowsThatWouldNeverBeEnteredAreFound) {
  EXPECT_THAT(this->after("UPDATE audit_listed SET number = 9"),
              ElementsAre("audit_listed 1: it is beyond the last row of the trail"));
}

TYPED_TEST(StoreVerifiesLists, WhatIsNotEnteredYetIsNoProblem) {
  this->arrive("c");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreVerifiesLists, AnIndexThatIsMissingOrIsOfAnotherColumnIsFound) {
  EXPECT_THAT(this->after("DROP INDEX result_by_code"),
              ElementsAre("index result_by_code: it is missing"));
  EXPECT_THAT(this->after("CREATE INDEX result_by_code ON result (facet, local_begin)"),
              ElementsAre("index result_by_code: it is of other columns or rows"));
}

TYPED_TEST(StoreVerifiesLists, ASetOfTermsWhoseDigestIsAnotherOrGoneIsFound) {
  EXPECT_THAT(this->after("UPDATE term_set SET digest = CAST('0123456789abcdef' AS blob)"
                          " WHERE number = 1"),
              ElementsAre("term_set 1: its digest is of other terms"));
  EXPECT_THAT(this->after("DELETE FROM term_set WHERE number = 1"),
              ElementsAre("term_set 1: it is missing"));
}

TEST(SchemaOfVerification, ATriggerIsFoundOnEitherEngine) {
  Sqlite sqlite;
  Postgresql postgresql;
  HandClock clock;
  gateway::observe::Metrics metrics;
  const auto one = ElementsAre("schema: it has 1 triggers, of which none is ours");
  {
    auto store = *sqlite.open(clock, metrics);
    EXPECT_THAT(store->verify()->problems, IsEmpty());
    sqlite.script("CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit; END");
    EXPECT_THAT(store->verify()->problems, one);
  }
  auto store = *postgresql.open(clock, metrics);
  EXPECT_THAT(store->verify()->problems, IsEmpty());
  postgresql.script(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      " CREATE TRIGGER t BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION f()");
  EXPECT_THAT(store->verify()->problems, one);
  postgresql.script("DROP TRIGGER t ON audit; ALTER TABLE unit DROP CONSTRAINT unit_pkey");
  EXPECT_THAT(store->verify()->problems,
              ElementsAre("schema: 1 tables have lost their primary key"));
}

}  // namespace
}  // namespace tests
