#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::base::Instant;
using gateway::store::AuditRow;
using gateway::store::Keeping;
using testing::SizeIs;

template <class EngineUnderTest>
class StoreKeepsTexts : public StoreContract<EngineUnderTest> {
 protected:
  bool keep(const Keeping& change) {
    const auto done = this->store->keep({&change, 1}, {});
    EXPECT_TRUE(done);
    return done && *done;
  }
  /// "text/version", "-" for none.
  std::string kept(const std::string& name, const std::string& kind = "account") {
    const auto found = this->store->kept(kind, name);
    EXPECT_TRUE(found);
    if (!found || !*found) return "-";
    return (*found)->text + '/' + std::to_string((*found)->version);
  }
  Instant in(int seconds) const {
    return {this->clock.now().microseconds + std::int64_t{seconds} * 1'000'000};
  }
};
TYPED_TEST_SUITE(StoreKeepsTexts, Engines);

TYPED_TEST(StoreKeepsTexts, ATextIsChangedOnlyAsItWasRead) {
  EXPECT_EQ(this->kept("anna"), "-");
  EXPECT_TRUE(this->keep({"account", "anna", "one", 0}));
  EXPECT_FALSE(this->keep({"account", "anna", "other", 0})) << "it is there already";
  EXPECT_EQ(this->kept("anna"), "one/1");
  EXPECT_TRUE(this->keep({"account", "anna", "two", 1}));
  EXPECT_FALSE(this->keep({"account", "anna", "late", 1})) << "somebody was first";
  EXPECT_EQ(this->kept("anna"), "two/2");
  EXPECT_EQ(this->kept("anna", "session"), "-") << "of another kind";
  EXPECT_FALSE(this->keep({"account", "anna", "", 1, {}, true}));
  EXPECT_TRUE(this->keep({"account", "anna", "", 2, {}, true}));
  EXPECT_EQ(this->kept("anna"), "-");
}

TYPED_TEST(StoreKeepsTexts, AllOfACallOrNothingWithItsAuditRows) {
  const AuditRow row{"sign-in", this->clock.now(), "anna", "https", "200", {}, ""};
  const auto before = this->store->verify()->audit_rows;
  const Keeping both[] = {{"account", "anna", "a", 0}, {"session", "s", "t", 0}};
  EXPECT_TRUE(*this->store->keep(both, {&row, 1}));
  const Keeping stale[] = {{"account", "anna", "b", 1}, {"session", "s", "u", 0}};
  EXPECT_FALSE(*this->store->keep(stale, {&row, 1}));
  EXPECT_EQ(this->kept("anna"), "a/1");
  EXPECT_EQ(this->store->verify()->audit_rows, before + 1);
  EXPECT_THAT(this->store->verify()->problems, SizeIs(0));
}

TYPED_TEST(StoreKeepsTexts, WhatIsOverIsAsIfItWereGone) {
  EXPECT_TRUE(this->keep({"session", "s", "a", 0, this->in(300)}));
  this->clock.pass(std::chrono::seconds(299));
  EXPECT_EQ(this->kept("s", "session"), "a/1");
  this->clock.pass(std::chrono::seconds(2));
  EXPECT_EQ(this->kept("s", "session"), "-");
  EXPECT_THAT(*this->store->all_kept("session"), SizeIs(0));
  EXPECT_TRUE(this->keep({"session", "s", "b", 0, this->in(300)}));
}

TYPED_TEST(StoreKeepsTexts, WhatIsKeptStaysThroughARestartInOrderOfNames) {
  for (const char* name : {"b", "c", "a"}) EXPECT_TRUE(this->keep({"account", name, name, 0}));
  EXPECT_TRUE(this->keep({"session", "s", "", 0}));
  this->reopen();
  std::string names;
  const auto kept = this->store->all_kept("account");
  ASSERT_TRUE(kept);
  for (const auto& one : *kept) names += one.name + one.text;
  EXPECT_EQ(names, "aabbcc");
}

TYPED_TEST(StoreKeepsTexts, OfManyWhoChangeAtOnceExactlyOneWins) {
  EXPECT_TRUE(this->keep({"account", "anna", "0", 0}));
  for (int round = 1; round <= 10; ++round) {
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        won += this->keep({"account", "anna", std::to_string(i), round}) ? 1 : 0;
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
  }
}

}  // namespace
}  // namespace tests
