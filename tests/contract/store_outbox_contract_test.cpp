#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::base::Instant;
using gateway::store::Delivery;
using gateway::store::Settlement;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

template <class EngineUnderTest>
class StoreSends : public StoreContract<EngineUnderTest> {
 protected:
  /// A message that goes to TARGETS; `id` is its control id and its Observation.
  gateway::store::Entry to(const std::string& id, const std::string& patient,
                           std::vector<std::string> targets = {"hospital"}) {
    auto entry = message(id, patient, {written({.id = id, .patient = patient})});
    for (auto& target : targets) entry.deliveries.push_back({target});
    return entry;
  }
  std::vector<Delivery> claim(std::size_t limit = 10, const std::string& target = "hospital",
                              seconds lease = seconds(30)) {
    auto claimed = this->store->claim(target, limit, this->clock.now(), lease);
    EXPECT_TRUE(claimed) << claimed.error().text();
    return claimed ? std::move(*claimed) : std::vector<Delivery>{};
  }
  /// The first resource of each, which names it.
  static std::vector<std::string> names(const std::vector<Delivery>& deliveries) {
    std::vector<std::string> out;
    for (const auto& delivery : deliveries)
      out.push_back(delivery.resources.empty() ? "?" : delivery.resources[0].key.id);
    return out;
  }
  void settle(const Delivery& delivery, Settlement::State state, Instant next = {}) {
    ASSERT_TRUE(
        this->store->settle(std::vector<Settlement>{{state, delivery.sequence, next, "200"}}));
  }
};
TYPED_TEST_SUITE(StoreSends, Engines);

TYPED_TEST(StoreSends, OnlyTheOldestOfAPatientAndPatientsSideBySide) {
  this->commit(std::vector{this->to("a1", "pa"), this->to("a2", "pa"), this->to("b1", "pb"),
                           this->to("a3", "pa")});
  const auto first = this->claim();
  EXPECT_THAT(this->names(first), ElementsAre("a1", "b1"));
  EXPECT_EQ(first[0].patient.value, "pa");
  EXPECT_EQ(first[0].target, "hospital");
  EXPECT_THAT(this->claim(), IsEmpty()) << "leased";
  this->settle(first[0], Settlement::State::delivered);
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a2"));
}

TYPED_TEST(StoreSends, ALimitTakesTheOldest) {
  this->commit(std::vector{this->to("c", "pc"), this->to("a", "pa"), this->to("b", "pb")});
  EXPECT_THAT(this->names(this->claim(2)), ElementsAre("c", "a"));
  EXPECT_THAT(this->names(this->claim(2)), ElementsAre("b"));
}

TYPED_TEST(StoreSends, EachTargetHasItsOwnOrder) {
  this->commit(this->to("a", "pa", {"hospital", "registry"}));
  const auto hospital = this->claim(10, "hospital");
  const auto registry = this->claim(10, "registry");
  EXPECT_THAT(this->names(hospital), ElementsAre("a"));
  EXPECT_THAT(this->names(registry), ElementsAre("a"));
  EXPECT_THAT(this->claim(10, "nobody"), IsEmpty());
  this->settle(hospital[0], Settlement::State::delivered);
  const auto backlog = *this->store->backlog();
  ASSERT_EQ(backlog.size(), 1u);
  EXPECT_EQ(backlog[0].target, "registry");
  EXPECT_EQ(backlog[0].pending, 1);
}

TYPED_TEST(StoreSends, WhatIsSentIsWhatTheArrivalWroteThenWhatItSpokeOf) {
  this->commit(message("0", "pa", {written({"Patient", "pa"}, patient_body("pa", "P1", "Aksoy"))}));
  auto entry = this->to("a", "pa");
  entry.unchanged.push_back({"Patient", "pa"});
  entry.arrival.path = "clinic-a";
  this->commit(entry);
  this->commit(message("9", "pa",
                       {written({"Patient", "pa"}, patient_body("pa", "P2", "Aksoy"), 1),
                        written({.id = "a", .patient = "pa", .value = "9"}, 1)}));
  const auto claimed = this->claim();
  ASSERT_EQ(claimed.size(), 1u);
  ASSERT_EQ(claimed[0].resources.size(), 2u);
  EXPECT_EQ(claimed[0].resources[0].key.id, "a");
  EXPECT_EQ(claimed[0].resources[0].version, 1) << "as it was written";
  EXPECT_EQ(claimed[0].resources[1].key.type, "Patient");
  EXPECT_EQ(claimed[0].resources[1].version, 2) << "as it is now";
  EXPECT_EQ(claimed[0].path, "clinic-a");
  EXPECT_EQ(claimed[0].attempts, 0);
}

TYPED_TEST(StoreSends, NothingWrittenIsNothingToSend) {
  auto entry = message("1", "pa", {});
  entry.deliveries.push_back({"hospital"});
  entry.unchanged.push_back({"Patient", "pa"});
  this->commit(entry);
  EXPECT_THAT(this->claim(), IsEmpty());
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreSends, WhatWaitsIsNotTakenBeforeItsTimeAndHoldsItsPatientBack) {
  this->commit(std::vector{this->to("a1", "pa"), this->to("a2", "pa")});
  const auto claimed = this->claim();
  this->settle(claimed[0], Settlement::State::waiting,
               {this->clock.now().microseconds + 5'000'000});
  EXPECT_THAT(this->claim(), IsEmpty());
  this->clock.pass(seconds(5));
  const auto again = this->claim();
  EXPECT_THAT(this->names(again), ElementsAre("a1"));
  EXPECT_EQ(again[0].attempts, 1);
}

TYPED_TEST(StoreSends, ALeaseExpires) {
  this->commit(this->to("a", "pa"));
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a"));
  this->clock.pass(seconds(29));
  EXPECT_THAT(this->claim(), IsEmpty());
  this->clock.pass(seconds(1));
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a"));
}

TYPED_TEST(StoreSends, ADeadLetterLetsThePatientsNextGo) {
  this->commit(std::vector{this->to("a1", "pa"), this->to("a2", "pa")});
  this->settle(this->claim()[0], Settlement::State::dead);
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a2"));
  const auto backlog = *this->store->backlog();
  ASSERT_EQ(backlog.size(), 1u);
  EXPECT_EQ(backlog[0].dead, 1);
  EXPECT_EQ(backlog[0].pending, 1);
  EXPECT_TRUE(backlog[0].oldest.has_value());
}

TYPED_TEST(StoreSends, SettlingTwiceLetsOnlyOneOut) {
  this->commit(std::vector{this->to("a1", "pa"), this->to("a2", "pa"), this->to("a3", "pa")});
  const auto first = this->claim();
  this->settle(first[0], Settlement::State::delivered);
  const auto second = this->claim();
  this->settle(first[0], Settlement::State::delivered);
  this->settle(first[0], Settlement::State::waiting, {this->clock.now().microseconds - 1});
  EXPECT_THAT(this->claim(), IsEmpty());
  this->settle(second[0], Settlement::State::delivered);
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a3"));
}

TYPED_TEST(StoreSends, AfterARestartWhatWasUnderWayIsTakenAgainInOrderOnceARequestsTimeIsOver) {
  this->commit(std::vector{this->to("a1", "pa"), this->to("a2", "pa"), this->to("b1", "pb")});
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a1", "b1"));
  this->reopen();
  EXPECT_THAT(this->claim(), IsEmpty()) << "it may still be on its way to the target";
  // Where several gateways share a store, another may hold what this one does not.
  this->clock.pass(seconds(this->engine.has_one_gateway ? 30 : 61));
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a1", "b1"));
}

TYPED_TEST(StoreSends, WhatWaitsSinceAClockOfTheFutureIsNotForgotten) {
  this->commit(this->to("a", "pa"));
  const auto years = this->clock.now().microseconds + 10LL * 365 * 86'400 * 1'000'000;
  this->settle(this->claim()[0], Settlement::State::waiting, {years});
  EXPECT_THAT(this->names(this->claim()), ElementsAre("a"));
}

TYPED_TEST(StoreSends, WhatHasWaitedGoesBeforeANewerStream) {
  this->commit(this->to("old", "pold"));
  this->settle(this->claim()[0], Settlement::State::waiting, {this->clock.now().microseconds + 1});
  this->commit(std::vector{this->to("n1", "p1"), this->to("n2", "p2")});
  EXPECT_THAT(this->names(this->claim(1)), ElementsAre("old"));
}

}  // namespace
}  // namespace tests
