#include "gateway/audit/recorder.hpp"

#include <gmock/gmock.h>

#include "gateway/audit/trail.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/awaiting.hpp"
#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace tests {
namespace {

using gateway::audit::Reads;
using gateway::audit::Recorder;
using gateway::store::AuditRow;
using testing::ElementsAre;
using testing::HasSubstr;

class Records : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = gateway::store::sqlite::open(
        {.file = folder.path() / "gateway.db", .min_free_bytes = 1}, clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    store = std::move(*opened);
  }
  gateway::audit::Settings settings(Reads reads = Reads::before_answer) {
    return {.instance = "clinic-a",
            .reads = reads,
            .key = gateway::security::signing_key(std::string(32, 'k'))};
  }
  static AuditRow row(const std::string& event) {
    return {event, {1}, "CN=ehr", "https", "200", {"Patient/p1"}, "", "10.0.0.1"};
  }
  std::vector<std::string> events() {
    std::vector<std::string> out;
    const auto records = store->audited({});
    for (auto at = records->rbegin(); at != records->rend(); ++at) out.push_back(at->row.event);
    return out;
  }
  std::string ids(const std::string& query) {
    const gateway::audit::Trail trail(*store, clock, {"clinic-a", "https://gw.example/fhir"});
    const auto parsed = gateway::fhir::search::parse("AuditEvent", query);
    if (!parsed) return parsed.error().text();
    const auto page = trail.search(*parsed, {}, "");
    if (!page) return page.error().text();
    std::string out;
    for (const auto& event : page->events) out += (out.empty() ? "" : " ") + event.key.id;
    return out;
  }

  TemporaryFolder folder;
  HandClock clock;
  gateway::observe::Metrics metrics;
  std::unique_ptr<gateway::store::Store> store;
};

TEST_F(Records, AReadIsDurableWhenItReturnsAndStartAndStopFrameWhatAProcessDid) {
  {
    Recorder recorder(*store, settings(), clock, metrics);
    ASSERT_TRUE(recorder.begin());
    ASSERT_TRUE(recorder.shown(row("read")));
    EXPECT_THAT(events(), ElementsAre("start", "read"));
  }
  EXPECT_THAT(events(), ElementsAre("start", "read", "stop"));
  EXPECT_EQ(store->vouched()->head.number, 3) << "the end of the trail is signed";
  EXPECT_TRUE(store->verify_audit()->problems.empty());
}

TEST_F(Records, AReadForWhichNoThreadWaitsIsDurableWhenItIsHeardOf) {
  Recorder recorder(*store, settings(), clock, metrics);
  ASSERT_TRUE(recorder.begin());
  const auto awaited = std::make_shared<Awaited>();
  recorder.shown(row("read"), awaited);
  EXPECT_EQ(awaited->outcome(), "done");
  EXPECT_THAT(events(), ElementsAre("start", "read"));
  EXPECT_THAT(metrics.print(), HasSubstr("immunogate_audit_records_total 2\n"));
}

TEST_F(Records, AStartNamesWhereTheTrailBeforeItEnded) {
  {
    Recorder first(*store, settings(), clock, metrics);
    ASSERT_TRUE(first.begin());
  }
  const auto before = *store->audit_head();
  Recorder second(*store, settings(), clock, metrics);
  ASSERT_TRUE(second.begin());
  const auto start = store->audited({.before = before.number + 2, .most = 1})->front();
  EXPECT_EQ(start.row.detail,
            "row 2 chain " + gateway::base::hex(gateway::base::bytes_of(before.chain)));
}

TEST_F(Records, QueuedReadsAreWrittenSoonAndAllBeforeTheEnd) {
  {
    Recorder recorder(*store, settings(Reads::queued), clock, metrics);
    ASSERT_TRUE(recorder.begin());
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(recorder.shown(row("read")));
  }
  EXPECT_EQ(events().size(), 52U);
}

TEST_F(Records, AQueueThatIsFullRefusesWhatWouldBeShown) {
  auto narrow = settings(Reads::queued);
  narrow.most_queued = 2;
  Recorder recorder(*store, narrow, clock, metrics);  // nobody writes before it begins
  EXPECT_TRUE(recorder.shown(row("read")));
  EXPECT_TRUE(recorder.shown(row("read")));
  const auto refused = recorder.shown(row("read"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("audit-unavailable"));
  const auto awaited = std::make_shared<Awaited>();
  recorder.shown(row("read"), awaited);
  EXPECT_THAT(awaited->outcome(), HasSubstr("audit-unavailable"));
}

TEST_F(Records, TheTrailIsSearchedAsFhirSearchesIt) {
  Recorder recorder(*store, settings(), clock, metrics);
  ASSERT_TRUE(recorder.shown(row("read")));    // 1
  ASSERT_TRUE(recorder.shown(row("search")));  // 2
  auto other = row("search");
  other.entities = {"Patient/p1", "Patient/p2"};
  other.agent = "CN=lab,O=x";
  other.outcome = "404";
  other.address = "10.9.9.9";
  other.at.microseconds = 1'700'000'000'000'000;
  ASSERT_TRUE(recorder.shown(other));  // 3
  EXPECT_EQ(ids(""), "3-1 3-2 2 1");
  EXPECT_EQ(ids("patient=p1"), "3-1 2 1");
  EXPECT_EQ(ids("patient=Patient/p2"), "3-2");
  EXPECT_EQ(ids("patient=p1&action=R"), "1");
  EXPECT_EQ(ids("outcome=4"), "3-1 3-2");
  EXPECT_EQ(ids("agent=CN%3Dehr"), "2 1");
  EXPECT_EQ(ids("agent=CN%3Dlab%5C,O%3Dx"), "3-1 3-2");
  EXPECT_EQ(ids("subtype=read"), "1");
  EXPECT_EQ(ids("type=rest&address=10.9"), "3-1 3-2");
  EXPECT_EQ(ids("entity=Patient/p2"), "3-2");
  EXPECT_EQ(ids("date=ge2023-11-14"), "3-1 3-2");
  EXPECT_EQ(ids("date=lt2000"), "2 1");
  EXPECT_EQ(ids("_id=3-2"), "3-2");
  EXPECT_THAT(ids("patient:missing=true"), HasSubstr("search-bad-modifier"));
  EXPECT_THAT(ids("_tag=x"), HasSubstr("search-bad-value"));
  EXPECT_THAT(ids("patien=p1"), HasSubstr("search-unknown-parameter"));
}

}  // namespace
}  // namespace tests
