#include "gateway/outbox/retraction.hpp"

#include <gmock/gmock.h>

#include "tests/unit/outbox/outbox_case.hpp"

namespace gateway::outbox {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Retraction, AResourceSaysItByItsStatusAnActorByNotBeingActive) {
  EXPECT_EQ(entered_in_error("Observation",
                             R"({"resourceType":"Observation","status":"final","v":5.60})"),
            R"({"resourceType":"Observation","status":"entered-in-error","v":5.60})");
  EXPECT_EQ(entered_in_error("Patient", R"({"resourceType":"Patient"})"),
            R"({"resourceType":"Patient","active":false})");
  EXPECT_EQ(entered_in_error("Provenance", R"({"resourceType":"Provenance"})"), "");
}

TEST(Retraction, ATargetThatDoesNotDeleteIsToldOfADeletionAsOfAnError) {
  Case one;
  std::mutex mutex;
  std::vector<std::string> bodies;
  one.target->say([&](const Post& post) {
    const std::lock_guard lock(mutex);
    bodies.push_back(post.body);
    return TargetAnswer{200, R"({"resourceType":"Bundle"})", {}};
  });
  one.start(1, 50, false);
  one.arrive("p1", "o1", 7);
  ASSERT_TRUE(one.drained());
  one.remove("p1", "o1");
  ASSERT_TRUE(one.drained());
  const std::lock_guard lock(mutex);
  ASSERT_EQ(bodies.size(), 2U);
  EXPECT_THAT(bodies[1], HasSubstr(R"("valueInteger":7,"status":"entered-in-error")"));
  EXPECT_THAT(bodies[1], HasSubstr(R"("PUT")"));
  EXPECT_THAT(bodies[1], Not(HasSubstr("DELETE")));
}

TEST(Retraction, AnyOtherTargetDeletes) {
  Case one;
  std::mutex mutex;
  std::string last;
  one.target->say([&](const Post& post) {
    const std::lock_guard lock(mutex);
    last = post.body;
    return TargetAnswer{200, R"({"resourceType":"Bundle"})", {}};
  });
  one.start(1);
  one.arrive("p1", "o1", 7);
  one.remove("p1", "o1");
  ASSERT_TRUE(one.drained());
  const std::lock_guard lock(mutex);
  EXPECT_THAT(last, HasSubstr("DELETE"));
}

}  // namespace
}  // namespace gateway::outbox
