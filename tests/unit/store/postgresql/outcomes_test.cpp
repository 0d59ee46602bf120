// What a commit that waits for a synchronous standby may end in (TRUST.md R2, F4–F6, §3.4).
#include <future>

#include <gtest/gtest.h>

#include "gateway/store/postgresql/engine.hpp"

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::base::ErrorKind;
using gateway::store::Outcome;
namespace postgresql = gateway::store::postgresql;
using Outcomes = gateway::base::Result<std::vector<Outcome>>;

/// A primary whose commits wait for a standby that is not there.
class WithoutItsStandby : public testing::Test {
 protected:
  void SetUp() override {
    cluster.start_standby("second");
    cluster.reload("synchronous_standby_names = 'second'");
    await("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1");
    open();
    ASSERT_EQ(commit("0").error_kind, std::nullopt) << "with its standby all is well";
    cluster.stop_standby();
  }
  void open() {
    auto opened = postgresql::open(
        {.url = cluster.url(), .strict = true, .patience = std::chrono::milliseconds(patience_)},
        clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    store = std::move(*opened);
  }

  struct Ended {
    std::optional<ErrorKind> error_kind;
    std::optional<Outcome::Kind> outcome;
  };
  static gateway::store::Entry entry(const std::string& id) {
    return message(id, "p1", {written({.id = "o" + id})});
  }
  Ended commit(const std::string& id, bool is_duplicate = false) {
    auto one = entry(id);
    if (is_duplicate) {
      one.duplicate = true;
      one.first = {2};
    }
    const auto outcomes = store->commit(std::vector{one});
    if (!outcomes) return {outcomes.error().kind, {}};
    return {{}, outcomes->at(0).kind};
  }
  /// Asks until the answer is this, ten seconds at most.
  void await(const std::string& sql, const std::string& answer) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (cluster.ask(sql) != answer)
      if (std::chrono::steady_clock::now() > end) FAIL() << sql;
  }
  /// Does this to the server's process while it waits for the standby.
  Ended while_it_waits(const std::string& deed) {
    auto ended = std::async(std::launch::async, [this] { return commit("1"); });
    await("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", "1");
    if (!deed.empty())
      cluster.ask("SELECT " + deed + "(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return ended.get();
  }
  /// The sender offers it again when the standby is back: answered once, by a durable commit.
  void resend() {
    cluster.start_standby("second");
    const auto key = entry("1").arrival.key;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    Ended again{ErrorKind::unknown, {}};
    while (again.error_kind && std::chrono::steady_clock::now() < end) {
      const auto known = store->current({}, std::vector<gateway::store::ArrivalKey>{key}, {});
      if (!known) continue;
      again = commit("1", known->arrivals[0].seen == gateway::store::Seen::duplicate);
    }
    EXPECT_EQ(again.error_kind, std::nullopt);
    const auto verification = store->verify();
    ASSERT_TRUE(verification);
    EXPECT_EQ(verification->arrivals, 2) << "once, whatever became of the first";
    EXPECT_TRUE(verification->problems.empty());
  }

  int patience_ = 60'000;
  PostgresCluster cluster;
  HandClock clock;
  gateway::observe::Metrics metrics;
  std::unique_ptr<gateway::store::Store> store;
};

TEST_F(WithoutItsStandby, ACommitWhoseWaitWasCancelledIsUnknown) {
  EXPECT_EQ(while_it_waits("pg_cancel_backend").error_kind, ErrorKind::unknown);
  // It is there for everybody to see, on one machine (F5): its answer waits for a commit of its
  // own.
  const std::vector<gateway::store::ArrivalKey> keys = {entry("1").arrival.key};
  const auto known = store->current({}, keys, {});
  ASSERT_TRUE(known);
  EXPECT_EQ(known->arrivals[0].seen, gateway::store::Seen::duplicate);
  resend();
}

TEST_F(WithoutItsStandby, ACommitWhoseServerProcessWasEndedIsUnknown) {
  EXPECT_EQ(while_it_waits("pg_terminate_backend").error_kind, ErrorKind::unknown);
  resend();
}

class WithoutItsStandbyNorPatience : public WithoutItsStandby {
 protected:
  WithoutItsStandbyNorPatience() { patience_ = 2'000; }
};

TEST_F(WithoutItsStandbyNorPatience, ACommitBeyondItsDeadlineIsUnknownAndIsNeverCancelled) {
  EXPECT_EQ(while_it_waits("").error_kind, ErrorKind::unknown);
  EXPECT_EQ(cluster.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), "1")
      << "the server still waits for the standby: nobody asked it to stop";
  resend();
}

TEST_F(WithoutItsStandby, AStrictStoreIsNotOpenedWithoutNamesOfStandbys) {
  store.reset();
  cluster.reload("synchronous_standby_names = ''");
  await("SHOW synchronous_standby_names", "");
  const auto opened = postgresql::open({.url = cluster.url(), .strict = true}, clock, metrics);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::configuration);
}

}  // namespace
}  // namespace tests
