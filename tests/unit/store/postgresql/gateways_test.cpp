// Several gateways on one PostgreSQL (TRUST.md §7.1, P7).
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Outcome;
using gateway::store::Seen;

class TwoGateways : public StoreContract<Postgresql> {
 protected:
  void SetUp() override {
    StoreContract<Postgresql>::SetUp();
    auto opened = engine.open(clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    other = std::move(*opened);
  }
  std::unique_ptr<gateway::store::Store> other;
};

TEST_F(TwoGateways, NumberVersionsWordsAndTheAuditChainAsOne) {
  std::vector<std::thread> threads;
  for (auto* one : {store.get(), other.get()})
    threads.emplace_back([this, one] {
      const std::string mine = one == store.get() ? "a" : "b";
      for (int i = 0; i < 20; ++i) {
        const auto id = mine + std::to_string(i);
        auto entry = message(id, "p" + mine,
                             {written({.id = "o" + id, .code = "c" + std::to_string(i % 5)})});
        const auto outcomes = one->commit(std::vector{entry});
        EXPECT_TRUE(outcomes && outcomes->at(0).kind == Outcome::Kind::stored);
      }
    });
  for (auto& thread : threads) thread.join();
  const auto verification = other->verify();
  ASSERT_TRUE(verification);
  EXPECT_EQ(verification->arrivals, 40);
  EXPECT_EQ(verification->audit_rows, 40);
  EXPECT_THAT(verification->problems, testing::IsEmpty());
  EXPECT_EQ(found("code=c1&_count=0&_total=accurate"), "");
}

TEST_F(TwoGateways, KeepOnceWhatBothAreOfferedAtOnce) {
  std::atomic<int> stored = 0, again = 0;
  std::vector<std::thread> threads;
  for (auto* one : {store.get(), other.get()})
    threads.emplace_back([&, one] {
      for (int i = 0; i < 20; ++i) {
        const auto id = std::to_string(i);
        const auto outcomes =
            one->commit(std::vector{message(id, "p1", {written({.id = "o" + id})})});
        ASSERT_TRUE(outcomes);
        ++(outcomes->at(0).kind == Outcome::Kind::stored ? stored : again);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stored, 20);
  EXPECT_EQ(again, 20);
  EXPECT_EQ(store->verify()->arrivals, 20);
}

TEST_F(TwoGateways, AVersionThatTheOtherWroteInBetweenIsAConflict) {
  commit(message("1", "p1", {written({.id = "o1"})}));
  const auto known = store->current({}, {}, {});
  auto composed = message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1)});
  composed.composed_on = known->last;
  ASSERT_TRUE(
      other->commit(std::vector{message("3", "p1", {written({.id = "o1", .value = "3.0"}, 1)})}));
  EXPECT_EQ(commit(composed).at(0).kind, Outcome::Kind::conflict);
  EXPECT_EQ(read("Observation", "o1")->version, 2);
}

TEST_F(TwoGateways, ADeliveryLeasedByOneIsNotGivenToTheOther) {
  auto entry = message("1", "p1", {written({.id = "o1"})});
  entry.deliveries.push_back({"hospital"});
  commit(entry);
  const auto lease = std::chrono::seconds(30);
  EXPECT_EQ(store->claim("hospital", 9, clock.now(), lease)->size(), 1u);
  EXPECT_TRUE(other->claim("hospital", 9, clock.now(), lease)->empty());
}

}  // namespace
}  // namespace tests
