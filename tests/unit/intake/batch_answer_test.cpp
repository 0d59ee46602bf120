#include "gateway/intake/batch_answer.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hand_clock.hpp"

namespace gateway::intake {
namespace {

constexpr const char* bhs = "BHS|^~\\&|LAB|NORTH|GW|CLINIC|20250101|||note|B7";

struct Collected {
  tests::HandClock clock;
  std::optional<Answered> said;
  int times = 0;
  BatchAnswer batch(hl7v2::BatchFrame frame) {
    return BatchAnswer(std::move(frame), clock, [this](Answered answered) {
      said = std::move(answered);
      ++times;
    });
  }
};

TEST(BatchAnswer, IsSaidOnceAndInTheOrderOfTheMessages) {
  Collected c;
  auto batch = c.batch({"", bhs, {}, 2, false});
  batch.give(1, {"MSA|2\r", {}, false});
  EXPECT_EQ(c.times, 0);
  batch.give(0, {"MSA|1\r", {}, false});
  ASSERT_EQ(c.times, 1);
  EXPECT_LT(c.said->bytes.find("MSA|1"), c.said->bytes.find("MSA|2"));
  EXPECT_TRUE(c.said->further.empty());
}

TEST(BatchAnswer, WithoutEnvelopeEveryMessageHasABlockOfItsOwn) {
  Collected c;
  auto batch = c.batch({"", "", {}, 2, false});
  batch.give(0, {"one", {"one more"}, false});
  batch.give(1, {"two", {}, false});
  EXPECT_EQ(c.said->bytes, "one");
  EXPECT_THAT(c.said->further, testing::ElementsAre("one more", "two"));
}

TEST(BatchAnswer, IsNotSaidAtAllWhereOneMessageMayNotBeAnswered) {
  Collected c;
  auto batch = c.batch({"", bhs, {}, 2, false});
  batch.give(0, {"one", {}, false});
  batch.give(1, {"", {}, true});
  EXPECT_EQ(c.said->bytes, "");
  EXPECT_TRUE(c.said->close);
}

}  // namespace
}  // namespace gateway::intake
