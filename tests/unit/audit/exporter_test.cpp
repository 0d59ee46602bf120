#include "gateway/audit/exporter.hpp"

#include <gmock/gmock.h>

#include "gateway/security/signing.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace tests {
namespace {

using gateway::audit::Exporter;
using gateway::store::AuditRow;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

gateway::base::Error gone() {
  return {gateway::base::ErrorKind::unavailable, "gone", "", ""};
}

/// What a receiver did, as the test wants it.
struct Script {
  std::string got;
  bool is_there = true, has_all = true;
};
class ScriptedReceiver final : public gateway::audit::Receiver {
 public:
  explicit ScriptedReceiver(Script& script) : script_(script) {}
  gateway::base::Result<void> send(std::string_view octets) override {
    if (!script_.is_there) return gone();
    script_.got += octets;
    return {};
  }
  gateway::base::Result<bool> has_all() override {
    if (!script_.is_there) return gone();
    return script_.has_all;
  }

 private:
  Script& script_;
};

class AuditExport : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = gateway::store::sqlite::open(
        {.file = folder.path() / "gateway.db", .min_free_bytes = 1}, clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    store = std::move(*opened);
  }
  std::unique_ptr<Exporter> exporter() {
    return std::make_unique<Exporter>(*store, std::make_unique<ScriptedReceiver>(script), "siem",
                                      gateway::audit::Self{"clinic-a", "https://gw.example/fhir"},
                                      clock);
  }
  void audit(const std::string& event) {
    const AuditRow row{event, clock.now(), "CN=ehr", "https", "200", {"Patient/p1"}, ""};
    ASSERT_TRUE(store->audit({&row, 1}));
  }
  /// The numbers of rows that were sent since the last call, in order.
  std::vector<std::string> rows() {
    std::vector<std::string> out;
    constexpr std::string_view name = "row=\"";
    for (auto at = script.got.find(name); at != script.got.npos; at = script.got.find(name, at)) {
      at += name.size();
      out.push_back(script.got.substr(at, script.got.find('"', at) - at));
    }
    script.got.clear();
    return out;
  }

  TemporaryFolder folder;
  HandClock clock;
  gateway::observe::Metrics metrics;
  std::unique_ptr<gateway::store::Store> store;
  Script script;
};

TEST_F(AuditExport, RowsGoOutInOrderAndOnce) {
  audit("one");
  audit("two");
  const auto one = exporter();
  one->step();
  EXPECT_THAT(rows(), ElementsAre("1", "2"));
  audit("three");
  one->step();
  EXPECT_THAT(rows(), ElementsAre("3"));
  one->step();
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(AuditExport, WhatWasTakenOverASecondAgoIsNotSentAgainAfterARestart) {
  audit("one");
  {
    const auto one = exporter();
    one->step();
    one->step();
  }
  EXPECT_THAT(rows(), ElementsAre("1"));
  {
    const auto again = exporter();  // it may not have arrived: no second passed
    again->step();
    EXPECT_THAT(rows(), ElementsAre("1"));
    clock.pass(1s);
    again->step();
  }
  exporter()->step();
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(AuditExport, WhatTheOtherHostHasNotTakenOverIsSentAgainWhenTheConnectionIsGone) {
  script.has_all = false;
  audit("one");
  const auto one = exporter();
  one->step();
  clock.pass(10s);
  one->step();
  EXPECT_THAT(rows(), ElementsAre("1"));
  script.is_there = false;
  EXPECT_EQ(one->step(), 1s);
  EXPECT_EQ(one->step(), 2s) << "longer each time";
  script = {};
  one->step();
  EXPECT_THAT(rows(), ElementsAre("1"));
}

TEST_F(AuditExport, AConnectionThatEndsWithinTheSecondProvesNothing) {
  audit("one");
  const auto one = exporter();
  one->step();
  clock.pass(999ms);
  script.is_there = false;
  one->step();
  clock.pass(10s);
  script = {};
  one->step();
  EXPECT_THAT(rows(), ElementsAre("1"));
}

TEST_F(AuditExport, TheLagIsTheAgeOfTheOldestRowThatTheReceiverHasNot) {
  const auto one = exporter();
  EXPECT_EQ(one->lag_seconds(), 0);
  audit("one");
  clock.pass(90s);
  audit("two");
  EXPECT_EQ(one->lag_seconds(), 90);
  one->step();
  clock.pass(1s);
  one->step();
  EXPECT_EQ(one->lag_seconds(), 0);
}

TEST_F(AuditExport, ASignedHeadFollowsTheRowsThatItIsOf) {
  audit("one");
  const auto key = gateway::security::signing_key(std::string(32, 'k'));
  const auto head = *store->audit_head();
  const auto at = clock.now();
  ASSERT_TRUE(store->vouch({head, at, key.public_key,
                            gateway::security::sign(key, gateway::store::signed_text(head, at))}));
  const auto one = exporter();
  one->step();
  EXPECT_NE(script.got.find(" SignedHead "), script.got.npos);
  EXPECT_THAT(rows(), ElementsAre("1", "1"));
  one->step();
  EXPECT_THAT(rows(), IsEmpty());
}

}  // namespace
}  // namespace tests
