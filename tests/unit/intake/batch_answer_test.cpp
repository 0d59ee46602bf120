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
  auto batch = c.batch({"", {{bhs, 0}}, {}, 2, false});
  batch.give(1, {"MSA|2\r", {}, false}, false);
  EXPECT_EQ(c.times, 0);
  batch.give(0, {"MSA|1\r", {}, false}, false);
  ASSERT_EQ(c.times, 1);
  EXPECT_LT(c.said->bytes.find("MSA|1"), c.said->bytes.find("MSA|2"));
  EXPECT_TRUE(c.said->further.empty());
}

TEST(BatchAnswer, WithoutEnvelopeEveryMessageHasABlockOfItsOwn) {
  Collected c;
  auto batch = c.batch({"", {}, {}, 2, false});
  batch.give(0, {"one", {"one more"}, false}, false);
  batch.give(1, {"two", {}, false}, false);
  EXPECT_EQ(c.said->bytes, "one");
  EXPECT_THAT(c.said->further, testing::ElementsAre("one more", "two"));
}

TEST(BatchAnswer, IsNotSaidAtAllWhereOneMessageMayNotBeAnswered) {
  Collected c;
  auto batch = c.batch({"", {{bhs, 0}}, {}, 2, false});
  batch.give(0, {"one", {}, false}, false);
  batch.give(1, {"", {}, true}, false);
  EXPECT_EQ(c.said->bytes, "");
  EXPECT_TRUE(c.said->close);
}

const std::string good = "MSH|1\rMSA|AA|1\r", committed = "MSH|2\rMSA|CA|2\r",
                  bad = "MSH|2\rMSA|AE|2\r";

TEST(BatchAnswer, SaysOnlyWhatFailedWhereBhs10Asks) {
  Collected c;
  auto batch = c.batch({"", {{bhs, 0}}, {}, 2, true});
  batch.give(0, {good, {}, false}, false);
  batch.give(1, {committed, {bad}, false}, false);
  EXPECT_EQ(c.said->bytes.find("MSA|AA"), std::string::npos);
  EXPECT_EQ(c.said->bytes.find("MSA|CA"), std::string::npos);
  EXPECT_THAT(c.said->bytes, testing::EndsWith(bad + "BTS|1\r"));
}

TEST(BatchAnswer, SaysOnlyWhatFailedOfASenderThatAsks) {
  Collected c;
  auto batch = c.batch({"", {{bhs, 0}}, {}, 3, false});
  batch.give(0, {good, {}, false}, true);
  batch.give(1, {bad, {}, false}, true);
  batch.give(2, {committed, {}, false}, false);
  EXPECT_THAT(c.said->bytes, testing::EndsWith(bad + committed + "BTS|2\r"));
}

TEST(BatchAnswer, MessagesWithoutEnvelopeAreAnsweredEachWhateverTheSenderAsks) {
  Collected c;
  auto batch = c.batch({"", {}, {}, 2, false});
  batch.give(0, {good, {}, false}, true);
  batch.give(1, {bad, {}, false}, true);
  EXPECT_EQ(c.said->bytes, good);
  EXPECT_THAT(c.said->further, testing::ElementsAre(bad));
}

TEST(BatchAnswer, SaysWhatTheBatchMiscountedAndWhatToDo) {
  Collected c;
  auto batch = c.batch({"", {{bhs, 0}}, {{"BTS", 3, 1}}, 1, false});
  batch.give(0, {good, {}, false}, false);
  EXPECT_THAT(c.said->bytes,
              testing::EndsWith("BTS|1|batch-count-mismatch: BTS-1 announces 3, 1 found; ask the "
                                "sender whether messages of the batch were lost\r"));
}

}  // namespace
}  // namespace gateway::intake
