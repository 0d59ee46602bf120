#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::AuditRow;
using gateway::store::Spending;
using testing::SizeIs;

template <class EngineUnderTest>
class StoreSpends : public StoreContract<EngineUnderTest> {
 protected:
  bool spend(const std::string& kind, const std::string& name, std::int64_t seconds = 300) {
    const gateway::base::Instant until{this->clock.now().microseconds + seconds * 1'000'000};
    const auto done = this->store->spend({kind, name, until}, {});
    EXPECT_TRUE(done);
    return done && *done;
  }
};
TYPED_TEST_SUITE(StoreSpends, Engines);

TYPED_TEST(StoreSpends, ANameIsUsedOnceUntilItIsOver) {
  EXPECT_TRUE(this->spend("assertion", "a"));
  EXPECT_FALSE(this->spend("assertion", "a"));
  EXPECT_TRUE(this->spend("assertion", "b"));
  EXPECT_TRUE(this->spend("token", "a")) << "of another kind";
  this->clock.pass(std::chrono::seconds(299));
  EXPECT_FALSE(this->spend("assertion", "a"));
  this->clock.pass(std::chrono::seconds(2));
  EXPECT_TRUE(this->spend("assertion", "a"));
}

TYPED_TEST(StoreSpends, WhatIsUsedStaysSoThroughARestart) {
  EXPECT_TRUE(this->spend("assertion", "a"));
  this->reopen();
  EXPECT_FALSE(this->spend("assertion", "a"));
  const auto spent = this->store->spent("assertion");
  ASSERT_TRUE(spent);
  ASSERT_THAT(*spent, SizeIs(1));
  EXPECT_EQ(spent->front().name, "a");
  this->clock.pass(std::chrono::seconds(301));
  EXPECT_THAT(*this->store->spent("assertion"), SizeIs(0));
}

TYPED_TEST(StoreSpends, OfManyAtOnceExactlyOneWins) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { won += this->spend("assertion", std::to_string(round)) ? 1 : 0; });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
  }
}

TYPED_TEST(StoreSpends, TheAuditRowIsThereIfAndOnlyIfTheNameWasFresh) {
  const gateway::base::Instant until{this->clock.now().microseconds + 1'000'000};
  const AuditRow row{"token", this->clock.now(), "ehr", "https", "200", {}, ""};
  const auto before = this->store->verify()->audit_rows;
  EXPECT_TRUE(*this->store->spend({"assertion", "a", until}, {&row, 1}));
  EXPECT_FALSE(*this->store->spend({"assertion", "a", until}, {&row, 1}));
  EXPECT_EQ(this->store->verify()->audit_rows, before + 1);
  EXPECT_THAT(this->store->verify()->problems, SizeIs(0));
}

}  // namespace
}  // namespace tests
