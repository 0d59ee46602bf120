#include "gateway/outbox/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/outbox/outbox_case.hpp"

namespace gateway::outbox {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

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
  c.arrive("p1", "o2", 2);
  c.start();
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), ElementsAre("o1=1", "o2=2"));
  EXPECT_EQ(c.backlog().dead, 1);
  const auto letters = *c.store->letters({});
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].answer, "422 ");
}

TEST(Outbox, ADeliveredNewerVersionHealsADeadLetter) {
  Case c;
  c.target->say([](const Post& post) -> base::Result<TargetAnswer> {
    return TargetAnswer{Script::id_of(post) == "o1=1" ? 422 : 200, "", {}};
  });
  c.arrive("p1", "o1", 1);
  c.arrive("p1", "o1", 2);
  c.start();
  ASSERT_TRUE(c.drained());
  EXPECT_TRUE(
      Case::counted(c.metrics.counter(observe::names::superseded, {{"target", "hospital"}}), 1));
  EXPECT_EQ(c.backlog().dead, 0);
}

TEST(Outbox, ATransientFailureIsTriedAgainAfterItsPauseAndNotBefore) {
  Case c;
  c.target->say(503);
  c.arrive("p1", "o1", 1);
  c.start(1);
  ASSERT_TRUE(c.counted("retried", 1));
  c.target->say(200);
  c.arrive("p2", "o2", 2);  // passes it
  ASSERT_TRUE(c.target->was_sent(2));
  EXPECT_EQ(c.target->ids().back(), "o2=2");
  c.clock.pass(2s);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), ElementsAre("o1=1", "o2=2", "o1=1"));
}

TEST(Outbox, BeforeTheTimeThatTheTargetNamedNobodyIsSent) {
  Case c;
  c.target->say([](const Post&) { return TargetAnswer{429, "", std::chrono::seconds(1800)}; });
  c.arrive("p1", "o1", 1);
  c.start(1);
  ASSERT_TRUE(c.counted("retried", 1));
  c.target->say(200);
  c.arrive("p2", "o2", 2);
  c.clock.pass(1790s);
  c.bell.ring();
  EXPECT_EQ(c.target->ids().size(), 1u);
  c.clock.pass(11s);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(c.target->ids(), SizeIs(3));
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
  ASSERT_TRUE(c.drained(20s));  // what was leased and not begun waits for its lease
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
