#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Event;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <class EngineUnderTest>
class StoreTells : public StoreContract<EngineUnderTest> {
 protected:
  /// A message with one Observation, of which SUBSCRIPTIONS are told.
  gateway::store::Entry telling(const std::string& id, std::vector<std::string> subscriptions) {
    auto entry = message(id, "p1", {written({.id = id})});
    for (auto& one : subscriptions) entry.events.push_back({std::move(one), 0});
    return entry;
  }
  std::vector<std::string> events(const std::string& subscription, std::int64_t after = 0,
                                  std::size_t most = 100) {
    auto snapshot = this->store->snapshot();
    std::vector<std::string> out;
    const auto found = (*snapshot)->events(subscription, after, most);
    for (const Event& event : *found)
      out.push_back(std::to_string(event.number) + " " + event.version.key.id);
    return out;
  }
  gateway::store::EventCount count(const std::string& subscription) {
    return *(*this->store->snapshot())->event_count(subscription);
  }
};
TYPED_TEST_SUITE(StoreTells, Engines);

TYPED_TEST(StoreTells, EventsAreNumberedFromOneForEachSubscriptionInTheOrderOfCommits) {
  this->commit(std::vector{this->telling("a", {"s"}), this->telling("b", {"t"}),
                           this->telling("c", {"s", "t"})});
  this->commit(this->telling("d", {"s"}));
  EXPECT_THAT(this->events("s"), ElementsAre("1 a", "2 c", "3 d"));
  EXPECT_THAT(this->events("t"), ElementsAre("1 b", "2 c"));
  EXPECT_THAT(this->events("nobody"), IsEmpty());
  EXPECT_EQ(this->count("s").events, 3);
  EXPECT_EQ(this->count("nobody").events, 0);
}

TYPED_TEST(StoreTells, EventsAreReadFromAnyNumberOn) {
  this->commit(
      std::vector{this->telling("a", {"s"}), this->telling("b", {"s"}), this->telling("c", {"s"})});
  EXPECT_THAT(this->events("s", 1), ElementsAre("2 b", "3 c"));
  EXPECT_THAT(this->events("s", 1, 1), ElementsAre("2 b"));
  EXPECT_THAT(this->events("s", 3), IsEmpty());
}

TYPED_TEST(StoreTells, AnEventIsTheVersionThatMadeItWhateverCameLater) {
  this->commit(this->telling("a", {"s"}));
  auto correction = message("2", "p1", {written({.id = "a", .value = "15"}, 1)});
  correction.events.push_back({"s", 0});
  this->commit(correction);
  auto snapshot = *this->store->snapshot();
  const auto events = *snapshot->events("s", 0, 10);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].version.version, 1);
  EXPECT_THAT(events[0].version.body, HasSubstr("14.2"));
  EXPECT_EQ(events[1].version.version, 2);
  EXPECT_THAT(events[1].version.body, HasSubstr("15"));
}

TYPED_TEST(StoreTells, NumbersGoOnWithoutAGapAfterTheStoreWasClosed) {
  this->commit(this->telling("a", {"s"}));
  this->reopen();
  this->commit(this->telling("b", {"s"}));
  EXPECT_THAT(this->events("s"), ElementsAre("1 a", "2 b"));
}

TYPED_TEST(StoreTells, WhatIsNotKeptIsNotToldOf) {
  this->commit(this->telling("a", {"s"}));
  auto conflict = message("2", "p1", {written({.id = "a", .value = "15"}, 0)});  // one stands
  conflict.events.push_back({"s", 0});
  const auto outcomes = *this->store->commit(std::vector{conflict});
  EXPECT_EQ(outcomes[0].kind, gateway::store::Outcome::Kind::conflict);
  EXPECT_THAT(this->events("s"), ElementsAre("1 a"));
}

TYPED_TEST(StoreTells, WhatAReceiverSaidYesToIsDurableAndNeverGoesBack) {
  this->commit(std::vector{this->telling("a", {"s"}), this->telling("b", {"s"})});
  EXPECT_EQ(this->count("s").told, 0);
  ASSERT_TRUE(this->store->told("s", 2, {}));
  ASSERT_TRUE(this->store->told("s", 1, {}));
  this->reopen();
  EXPECT_EQ(this->count("s").told, 2);
  EXPECT_EQ(this->count("t").told, 0);
}

TYPED_TEST(StoreTells, VerificationFindsAMissingEvent) {
  this->commit(
      std::vector{this->telling("a", {"s"}), this->telling("b", {"s"}), this->telling("c", {"s"})});
  EXPECT_THAT(this->store->verify()->problems, IsEmpty());
  this->engine.script("DELETE FROM event WHERE number = 2");
  EXPECT_THAT(this->store->verify()->problems, ElementsAre(HasSubstr("gap")));
}

}  // namespace
}  // namespace tests
