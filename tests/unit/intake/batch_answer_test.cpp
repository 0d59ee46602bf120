#include "gateway/intake/batch_answer.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hand_clock.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* fhs = "FHS|^~\\&|LAB|NORTH|GW|CLINIC|20250101||||F7";
constexpr const char* bhs = "BHS|^~\\&|LAB|NORTH|GW|CLINIC|20250101|||note|B7";

TEST(Enclose, SwapsSenderAndReceiverAndEchoesTheBatchId) {
  const auto text = enclose({fhs, bhs, "BTS|1", 1}, {"MSH|x\rMSA|AA|1\r"}, "20250324151500+0000");
  EXPECT_THAT(text, StartsWith("FHS|^~\\&|GW|CLINIC|LAB|NORTH|20250324151500+0000||||F7|F7\r"));
  EXPECT_THAT(text, HasSubstr("\rBHS|^~\\&|GW|CLINIC|LAB|NORTH|20250324151500+0000|||"));
  EXPECT_THAT(text, HasSubstr("|B7|B7\r"));
  EXPECT_THAT(text, HasSubstr("\rMSA|AA|1\rBTS|1\rFTS|1\r"));
}

TEST(Enclose, ABatchWithoutFileHasNoFileLines) {
  const auto text = enclose({"", bhs, "", 1}, {"MSH|x\rMSA|AA|1\r"}, "t");
  EXPECT_THAT(text, StartsWith("BHS"));
  EXPECT_THAT(text, Not(HasSubstr("FTS")));
}

TEST(Enclose, ACountThatIsNotTheMessagesFoundIsNamed) {
  EXPECT_THAT(enclose({"", bhs, "BTS|3", 2}, {"a", "b"}, "t"),
              HasSubstr("BTS|2|batch-count-mismatch: 3 announced, 2 found"));
  EXPECT_THAT(enclose({"", bhs, "BTS|2", 2}, {"a", "b"}, "t"), Not(HasSubstr("mismatch")));
}

TEST(Enclose, SaysOnlyTheFailuresWhereTheBatchWantsOnlyThose) {
  const auto only = enclose({"", "BHS|^~\\&||||||||Error Only|B", "", 2},
                            {"MSH|1\rMSA|AA|1\r", "MSH|2\rMSA|AE|2\r"}, "t");
  EXPECT_THAT(only, Not(HasSubstr("MSA|AA")));
  EXPECT_THAT(only, HasSubstr("MSA|AE|2\rBTS|1\r"));
}

TEST(LastLineNamed, FindsALineAndNotAWordInside) {
  EXPECT_EQ(last_line_named("MSH|BTS\rOBX|BTS|\rBTS|4\rFTS|1", "BTS"), "BTS|4");
  EXPECT_EQ(last_line_named("MSH|xBTS|4", "BTS"), "");
}

struct Collected {
  tests::HandClock clock;
  std::optional<Answered> said;
  int times = 0;
  BatchAnswer batch(BatchEnvelope envelope) {
    return BatchAnswer(std::move(envelope), clock, [this](Answered answered) {
      said = std::move(answered);
      ++times;
    });
  }
};

TEST(BatchAnswer, IsSaidOnceAndInTheOrderOfTheMessages) {
  Collected c;
  auto batch = c.batch({"", bhs, "", 2});
  batch.give(1, {"MSA|2\r", {}, false});
  EXPECT_EQ(c.times, 0);
  batch.give(0, {"MSA|1\r", {}, false});
  ASSERT_EQ(c.times, 1);
  EXPECT_LT(c.said->bytes.find("MSA|1"), c.said->bytes.find("MSA|2"));
  EXPECT_TRUE(c.said->further.empty());
}

TEST(BatchAnswer, WithoutEnvelopeEveryMessageHasABlockOfItsOwn) {
  Collected c;
  auto batch = c.batch({"", "", "", 2});
  batch.give(0, {"one", {"one more"}, false});
  batch.give(1, {"two", {}, false});
  EXPECT_EQ(c.said->bytes, "one");
  EXPECT_THAT(c.said->further, testing::ElementsAre("one more", "two"));
}

TEST(BatchAnswer, IsNotSaidAtAllWhereOneMessageMayNotBeAnswered) {
  Collected c;
  auto batch = c.batch({"", bhs, "", 2});
  batch.give(0, {"one", {}, false});
  batch.give(1, {"", {}, true});
  EXPECT_EQ(c.said->bytes, "");
  EXPECT_TRUE(c.said->close);
}

}  // namespace
}  // namespace gateway::intake
