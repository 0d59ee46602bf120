// A store that is moved from SQLite (`immunogate store migrate`).
#include "gateway/store/postgresql/taking_over.hpp"

#include <map>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::postgresql::take_over;
using Told = std::map<std::string, std::vector<std::int64_t>>;  // by table: how far at each telling

class TakingOver : public StoreContract<Sqlite> {
 protected:
  void SetUp() override {
    StoreContract<Sqlite>::SetUp();
    for (int i = 0; i < 30; ++i)
      store_results({{.id = "o" + std::to_string(i), .cycle_day = std::to_string(i % 28 + 1)}});
    auto odd = message(std::string("nul\0in it", 9), "p2", {written({.id = "p", .patient = "p2"})});
    odd.deliveries.push_back({"hospital"});
    commit(odd);
    commit(message("again", "p1", {written({.id = "o1", .value = "2.0"}, 1)}));
  }

  /// Ends, as by a kill, where `until` is told of.
  gateway::base::Result<std::int64_t> copy(const std::string& until = "") {
    told.clear();
    gateway::base::Result<std::int64_t> rows = std::int64_t{0};
    const auto progress = [&](const char* what, std::int64_t done, std::int64_t) {
      if (what == until) throw std::runtime_error("killed");
      told[what].push_back(done);
    };
    const auto shown = gateway::store::sqlite::show_whole(
        engine.file(), [&](const auto& whole) -> gateway::base::Result<void> {
          rows = take_over(whole, {.url = other.cluster.url(), .schema = other.schema}, progress);
          if (!rows) return rows.error();
          return {};
        });
    if (!shown) return shown.error();
    return rows;
  }

  Postgresql other;
  Told told;
};

TEST_F(TakingOver, WhatArrivesIsWhatWasThereAndGoesOnFromIt) {
  const auto there = store->verify();
  store.reset();
  const auto copied = copy();
  ASSERT_TRUE(copied) << copied.error().text();
  auto opened = other.open(clock, metrics);
  ASSERT_TRUE(opened) << opened.error().text();
  store = std::move(*opened);
  const auto here = store->verify();
  ASSERT_TRUE(there && here);
  EXPECT_THAT(here->problems, testing::IsEmpty());
  EXPECT_EQ(here->audit_head, there->audit_head);
  EXPECT_EQ(here->versions, there->versions);
  EXPECT_EQ(found("cycle-day=ge20&cycle-day=le22&_sort=date"), "o19 o20 o21");
  EXPECT_EQ(read("Observation", "o1")->version, 2);
  EXPECT_EQ(store->claim("hospital", 9, clock.now(), std::chrono::seconds(9))->size(), 1u);
  commit(message("new", "p3", {written({.id = "n", .patient = "p3", .own_code = "NEW"})}));
  EXPECT_EQ(found("code=NEW"), "n");
  EXPECT_THAT(store->verify()->problems, testing::IsEmpty());
}

TEST_F(TakingOver, WhatWasKilledGoesOnWhereItEndedAndIsNoStoreUntilThen) {
  store.reset();
  EXPECT_THROW((void)copy("result"), std::runtime_error);
  EXPECT_EQ(
      other.cluster.ask("SELECT count(*) FROM pg_namespace WHERE nspname = '" + other.schema + "'"),
      "0");
  ASSERT_TRUE(copy());
  EXPECT_EQ(told["arrival"], std::vector<std::int64_t>{32});  // all were there
  EXPECT_EQ(told["result"], std::vector<std::int64_t>{0});
  auto opened = other.open(clock, metrics);
  ASSERT_TRUE(opened);
  EXPECT_THAT((*opened)->verify()->problems, testing::IsEmpty());
}

TEST_F(TakingOver, WhatWasBegunFromAnotherStateIsBegunAnew) {
  store.reset();
  EXPECT_THROW((void)copy("result"), std::runtime_error);
  reopen();
  commit(message("later", "p1", {written({.id = "later"})}));
  store.reset();
  ASSERT_TRUE(copy());
  EXPECT_EQ(told["arrival"], std::vector<std::int64_t>{0});
  auto opened = other.open(clock, metrics);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->verify()->arrivals, 33);
}

TEST_F(TakingOver, WhereAStoreIsAlreadyNothingIsTouched) {
  ASSERT_TRUE(other.open(clock, metrics));
  store.reset();
  const auto copied = copy();
  ASSERT_FALSE(copied);
  EXPECT_THAT(copied.error().text(), testing::HasSubstr("a store is there already"));
}

TEST_F(TakingOver, AFileThatAGatewayServesFromIsRefused) {
  const auto copied = copy();
  ASSERT_FALSE(copied);
  EXPECT_THAT(copied.error().text(), testing::HasSubstr("stop it"));
}

}  // namespace
}  // namespace tests
