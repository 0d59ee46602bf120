#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Delivery;
using gateway::store::LetterDecision;
using gateway::store::Sent;
using gateway::store::Settlement;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

template <class EngineUnderTest>
class StoreLetters : public StoreContract<EngineUnderTest> {
 protected:
  /// A message of patient "pa" that writes a version of an Observation.
  void arrive(const std::string& id, const std::string& value = "1", std::int64_t follows = 0) {
    auto entry = message("m" + std::to_string(++messages_), "pa",
                         {written({.id = id, .patient = "pa", .value = value}, follows)});
    entry.deliveries.push_back({"hospital"});
    this->commit(entry);
  }
  std::vector<Delivery> claim() {
    auto claimed = this->store->claim("hospital", 10, this->clock.now(), seconds(30));
    EXPECT_TRUE(claimed);
    return claimed ? std::move(*claimed) : std::vector<Delivery>{};
  }
  std::int64_t settle(const Delivery& delivery, Settlement::State state,
                      const std::string& tag = "") {
    Settlement settlement;
    settlement.state = state;
    settlement.sequence = delivery.sequence;
    settlement.answer = "422 no";
    for (const auto& resource : delivery.resources)
      settlement.sent.push_back({resource.key, resource.version, tag});
    const auto settled = this->store->settle({&settlement, 1});
    EXPECT_TRUE(settled);
    return settled ? settled->superseded : -1;
  }
  std::int64_t decide(const std::vector<std::int64_t>& sequences, LetterDecision decision) {
    const gateway::store::AuditRow row{
        "outbox-retry", this->clock.now(), "CN=operator", "https", "200", {}, "why"};
    const auto decided = this->store->decide(sequences, decision, {&row, 1});
    EXPECT_TRUE(decided);
    return decided ? *decided : -1;
  }
  std::vector<std::int64_t> dead() {
    std::vector<std::int64_t> out;
    const auto letters = this->store->letters({});
    EXPECT_TRUE(letters);
    for (const auto& letter : *letters) out.push_back(letter.sequence);
    return out;
  }
  static std::vector<std::string> ids(const Delivery& delivery) {
    std::vector<std::string> out;
    for (const auto& resource : delivery.resources) out.push_back(resource.key.id);
    return out;
  }

 private:
  int messages_ = 0;
};
TYPED_TEST_SUITE(StoreLetters, Engines);

TYPED_TEST(StoreLetters, ADeadLetterIsListedWithItsArrivalAndTheTargetsWords) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  const auto letters = *this->store->letters({.target = "hospital"});
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].answer, "422 no");
  EXPECT_EQ(letters[0].sender, "SENDER");
  EXPECT_EQ(letters[0].state, gateway::store::Letter::State::dead);
  EXPECT_EQ(letters[0].attempts, 1);
  EXPECT_THAT(*this->store->letters({.target = "elsewhere"}), IsEmpty());
  EXPECT_THAT(*this->store->letters({.since = gateway::base::Instant{INT64_MAX}}), IsEmpty());
  EXPECT_THAT(*this->store->letters({.after = letters[0].sequence}), IsEmpty());
}

TYPED_TEST(StoreLetters, ANewerVersionThatWentSupersedesIt) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  this->arrive("b");
  EXPECT_EQ(this->settle(this->claim()[0], Settlement::State::delivered), 0);
  this->arrive("a", "2", 1);
  EXPECT_EQ(this->settle(this->claim()[0], Settlement::State::delivered), 1);
  EXPECT_THAT(this->dead(), IsEmpty());
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreLetters, WhatIsSentOnceMoreGoesBeforeWhatWaitsOfItsPatient) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  this->arrive("b");
  this->arrive("c");
  EXPECT_EQ(this->decide(this->dead(), LetterDecision::retry), 1);
  const auto first = this->claim();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(this->ids(first[0]), ElementsAre("a"));
  EXPECT_EQ(first[0].attempts, 0);
  this->settle(first[0], Settlement::State::delivered);
  EXPECT_THAT(this->ids(this->claim()[0]), ElementsAre("b"));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreLetters, WhatIsUnderWayOfItsPatientEndsFirst) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  this->arrive("b");
  const auto under_way = this->claim();
  this->decide(this->dead(), LetterDecision::retry);
  EXPECT_THAT(this->claim(), IsEmpty());
  EXPECT_THAT(this->problems(), IsEmpty());
  this->settle(under_way[0], Settlement::State::delivered);
  EXPECT_THAT(this->ids(this->claim()[0]), ElementsAre("a"));
}

TYPED_TEST(StoreLetters, AfterARestartWhatIsSentOnceMoreStillGoesFirst) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  this->arrive("b");
  this->claim();
  this->decide(this->dead(), LetterDecision::retry);
  this->reopen();
  this->clock.pass(seconds(30));
  EXPECT_THAT(this->ids(this->claim()[0]), ElementsAre("a"));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreLetters, OfWhatIsSentOnceMoreOnlyWhatIsStillCurrentGoes) {
  auto entry = message(
      "m", "pa", {written({.id = "a", .patient = "pa"}), written({.id = "b", .patient = "pa"})});
  entry.deliveries.push_back({"hospital"});
  this->commit(entry);
  this->settle(this->claim()[0], Settlement::State::dead);
  this->arrive("a", "2", 1);
  this->settle(this->claim()[0], Settlement::State::delivered);
  ASSERT_THAT(this->dead(), SizeIs(1)) << "b is still owed";
  this->decide(this->dead(), LetterDecision::retry);
  const auto again = this->claim();
  EXPECT_THAT(this->ids(again[0]), ElementsAre("b"));
  this->settle(again[0], Settlement::State::delivered);
  EXPECT_THAT(this->dead(), IsEmpty());
}

TYPED_TEST(StoreLetters, WhatIsDiscardedIsDeadNoMoreAndNeverSent) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::dead);
  const auto letters = this->dead();
  EXPECT_EQ(this->decide(letters, LetterDecision::discard), 1);
  EXPECT_EQ(this->decide(letters, LetterDecision::discard), 0) << "decided already";
  EXPECT_EQ(this->decide(letters, LetterDecision::retry), 0);
  EXPECT_THAT(this->dead(), IsEmpty());
  EXPECT_THAT(this->claim(), IsEmpty());
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreLetters, OfABundleAboutSeveralPatientsEachHasItsPartInItsOwnOrder) {
  auto entry =
      message("m", "pa",
              {written({.id = "a", .patient = "pa"}), written({.id = "b", .patient = "pb"}),
               written({.id = "c", .patient = "pc"}),
               written({"Organization", "lab"},
                       R"({"resourceType":"Organization","id":"lab","meta":{}})")});
  for (const char* patient : {"pa", "pb"}) entry.deliveries.push_back({"hospital", patient});
  this->commit(entry);
  const auto parts = this->claim();
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].patient.value, "pa");
  EXPECT_THAT(this->ids(parts[0]), ElementsAre("a", "c", "lab")) << "and what no part has";
  EXPECT_THAT(this->ids(parts[1]), ElementsAre("b", "lab"));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreLetters, WhatTheTargetCallsItsVersionComesWithTheNextOne) {
  this->arrive("a");
  auto first = this->claim();
  EXPECT_THAT(first[0].tags, ElementsAre("")) << "it has none of it";
  this->settle(first[0], Settlement::State::delivered, "W/\"41\"");
  this->arrive("a", "2", 1);
  EXPECT_THAT(this->claim()[0].tags, ElementsAre("W/\"41\""));
}

TYPED_TEST(StoreLetters, OfWhatWentWithoutAWordTheTargetsFirstVersionIsExpected) {
  this->arrive("a");
  this->settle(this->claim()[0], Settlement::State::delivered, "W/\"1\"");
  this->arrive("a", "2", 1);
  EXPECT_THAT(this->claim()[0].tags, ElementsAre("W/\"1\""));
}

TYPED_TEST(StoreLetters, WhatWentWrongWithADeliveryIsKeptOverARestart) {
  this->arrive("a");
  Settlement settlement;
  settlement.state = Settlement::State::waiting;
  settlement.sequence = this->claim()[0].sequence;
  settlement.next_attempt = this->clock.now();
  settlement.fatal_since = this->clock.now();
  settlement.crashes = 2;
  ASSERT_TRUE(this->store->settle({&settlement, 1}));
  this->reopen();
  const auto again = this->claim();
  EXPECT_EQ(again[0].fatal_since, this->clock.now());
  EXPECT_EQ(again[0].crashes, 2);
}

}  // namespace
}  // namespace tests
