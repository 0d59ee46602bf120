#include "gateway/outbox/outbox.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace gateway::outbox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

constexpr std::chrono::seconds longest{60};

/// What a target was sent and what it says; shared, so that it outlives the outbox.
class Script {
 public:
  using Say = std::function<base::Result<TargetAnswer>(const Post&)>;

  base::Result<TargetAnswer> post(const Post& post) {
    Say say;
    {
      std::unique_lock lock(mutex_);
      ids_.push_back(id_of(post));
      paths_.push_back(post.path);
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      say = say_;
    }
    return say ? say(post) : TargetAnswer{200, R"({"resourceType":"Bundle"})", {}};
  }
  void say(Say say) {
    const std::lock_guard lock(mutex_);
    say_ = std::move(say);
  }
  void say(int status) {
    say([status](const Post&) { return TargetAnswer{status, "", {}}; });
  }
  void hold(bool held) {
    {
      const std::lock_guard lock(mutex_);
      held_ = held;
    }
    changed_.notify_all();
  }
  bool was_sent(std::size_t posts) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return ids_.size() >= posts; });
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }
  std::vector<std::string> paths() {
    const std::lock_guard lock(mutex_);
    return paths_;
  }

  /// Id and value of the one resource of a Bundle: "o1=3".
  static std::string id_of(const Post& post) {
    const auto json = fhir::parse_json(post.body);
    if (!json) return "no JSON";
    const auto& resource = (*json)["entry"].items().at(0)["resource"];
    return resource["id"].text() + "=" + resource["valueInteger"].text();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Say say_;
  bool held_ = false;
  std::vector<std::string> ids_, paths_;
};

class ScriptedTarget final : public Target {
 public:
  explicit ScriptedTarget(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  base::Result<TargetAnswer> post(const Post& post) override { return script_->post(post); }

 private:
  std::shared_ptr<Script> script_;
};

struct Case {
  tests::TemporaryFolder folder;
  tests::HandClock clock;
  observe::Metrics metrics;
  base::Bell bell;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<Script> target = std::make_shared<Script>();
  std::unique_ptr<Outbox> outbox;
  std::map<std::string, std::int64_t> versions;
  int arrivals = 0;

  Case() { open(); }
  void open() {
    outbox.reset();
    store.reset();
    auto opened = store::sqlite::open(
        {.file = folder.path() / "state" / "gateway.db", .min_free_bytes = 1}, clock, metrics);
    if (!opened) throw std::runtime_error(opened.error().text());
    store = std::move(*opened);
  }
  void start(int lanes = 4) {
    outbox = std::make_unique<Outbox>(*store, "clinic-a", clock, metrics, bell);
    outbox->add({"hospital", lanes}, std::make_unique<ScriptedTarget>(target));
    outbox->start();
  }
  /// A version of an Observation of a patient, to be delivered.
  void arrive(const std::string& patient, const std::string& id, int value,
              const std::string& path = "") {
    store::Entry entry;
    entry.arrival.key = {"lab", "M" + std::to_string(++arrivals),
                         base::sha256(std::to_string(arrivals))};
    entry.arrival.bytes = std::to_string(arrivals);
    entry.arrival.path = path;
    entry.patient = {patient};
    store::VersionWrite version;
    version.key = {"Observation", id};
    version.body = R"({"resourceType":"Observation","id":")" + id +
                   R"(","meta":{},"valueInteger":)" + std::to_string(value) + "}";
    version.follows = versions[id]++;
    version.index.patient = patient;
    entry.versions.push_back(std::move(version));
    entry.deliveries.push_back({"hospital"});
    const auto outcome = store->commit({&entry, 1});
    if (!outcome || outcome->front().kind != store::Outcome::Kind::stored) {
      throw std::runtime_error(outcome ? "not stored" : outcome.error().text());
    }
    bell.ring();
  }
  store::TargetBacklog backlog() {
    const auto backlogs = store->backlog();
    if (!backlogs) throw std::runtime_error(backlogs.error().text());
    for (const auto& one : *backlogs) {
      if (one.target == "hospital") return one;
    }
    return {};
  }
  bool counted(const char* result, std::int64_t times) {
    auto& counter =
        metrics.counter(observe::names::deliveries, {{"target", "hospital"}, {"result", result}});
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (counter.value() < times && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(1ms);
    }
    return counter.value() >= times;
  }
  /// Until nothing is pending; time passes meanwhile as the test wants it to.
  bool drained(std::chrono::seconds a_turn = 0s) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (backlog().pending > 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      clock.pass(a_turn);
      bell.ring();
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
};

TEST(Outbox, WhatArrivesIsDeliveredWithThePathItTook) {
  Case c;
  c.start();
  c.arrive("p1", "o1", 1, "lab");
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), ElementsAre("o1=1"));
  EXPECT_THAT(c.target->paths(), ElementsAre("lab, clinic-a"));
}

TEST(Outbox, WhatWaitedBeforeTheStartIsDelivered) {
  Case c;
  c.arrive("p1", "o1", 1);
  c.arrive("p2", "o2", 2);
  c.start();
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), testing::UnorderedElementsAre("o1=1", "o2=2"));
}

TEST(Outbox, APatientsVersionsLeaveInOrderWhateverTheOthersDo) {
  Case c;
  constexpr int patients = 5, rounds = 6;
  for (int round = 1; round <= rounds; ++round) {
    for (int p = 0; p < patients; ++p)
      c.arrive("p" + std::to_string(p), "o" + std::to_string(p), round);
  }
  // Every third request fails once.
  std::mutex mutex;
  int asked = 0;
  std::map<std::string, std::vector<int>> taken;
  c.target->say([&](const Post& post) -> base::Result<TargetAnswer> {
    const std::lock_guard lock(mutex);
    if (++asked % 3 == 0) return base::Error{base::ErrorKind::unavailable, "scripted", "", ""};
    const auto id = Script::id_of(post);
    const auto equals = id.find('=');
    taken[id.substr(0, equals)].push_back(std::stoi(id.substr(equals + 1)));
    return TargetAnswer{200, "", {}};
  });
  c.start();
  ASSERT_TRUE(c.drained(10s));
  ASSERT_THAT(taken, SizeIs(patients));
  for (const auto& [id, values] : taken) EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6)) << id;
}

TEST(Outbox, WhatIsAboutTheMessageBecomesADeadLetterAndLaterOnesGoOn) {
  Case c;
  c.target->say([](const Post& post) -> base::Result<TargetAnswer> {
    return TargetAnswer{Script::id_of(post) == "o1=1" ? 422 : 200, "", {}};
  });
  c.arrive("p1", "o1", 1);
  c.arrive("p1", "o1", 2);
  c.start();
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), ElementsAre("o1=1", "o1=2"));
  EXPECT_EQ(c.backlog().dead, 1);
}

TEST(Outbox, ATransientFailureIsTriedAgainAfterItsPauseAndNotBefore) {
  Case c;
  c.target->say([](const Post&) { return TargetAnswer{503, "", std::chrono::seconds(1800)}; });
  c.arrive("p1", "o1", 1);
  c.start(1);
  ASSERT_TRUE(c.counted("retried", 1));
  c.target->say(200);
  c.clock.pass(1799s);
  c.arrive("p2", "o2", 2);  // passes it
  ASSERT_TRUE(c.target->was_sent(2));
  EXPECT_EQ(c.target->ids().back(), "o2=2");
  c.clock.pass(2s);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), ElementsAre("o1=1", "o2=2", "o1=1"));
}

TEST(Outbox, AWrongTargetLosesNothingAndIsAskedByOneRequestAtATime) {
  Case c;
  c.target->say(401);
  c.start(1);
  for (int p = 0; p < 6; ++p) c.arrive("p" + std::to_string(p), "o" + std::to_string(p), p);
  ASSERT_TRUE(c.counted("retried", 1));  // else time passes before there is a pause
  c.clock.pass(61s);
  c.bell.ring();
  ASSERT_TRUE(c.target->was_sent(2));
  EXPECT_EQ(c.backlog().dead, 0);
  c.target->say(200);
  ASSERT_TRUE(c.drained(20s));
  EXPECT_EQ(c.backlog().dead, 0);
  const auto ids = c.target->ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 6u);
}

TEST(Outbox, StoppingFinishesTheRequestUnderWayAndTheRestGoesOnAfterARestart) {
  Case c;
  c.target->hold(true);
  c.start(1);
  c.arrive("p1", "o1", 1);
  c.arrive("p2", "o2", 2);
  ASSERT_TRUE(c.target->was_sent(1));
  std::thread releases([&] { c.target->hold(false); });
  c.outbox->stop();
  releases.join();
  const auto before = c.target->ids().size();
  EXPECT_LE(c.backlog().pending, 1);
  c.open();
  c.start();
  ASSERT_TRUE(c.drained());
  const auto ids = c.target->ids();
  EXPECT_EQ(ids.size(), 2u) << "nothing twice that was settled, before: " << before;
}

TEST(Outbox, CountsByResult) {
  Case c;
  c.start();
  c.arrive("p1", "o1", 1);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.metrics.print(), testing::HasSubstr(R"({target="hospital",result="delivered"} 1)"));
}

}  // namespace
}  // namespace gateway::outbox
