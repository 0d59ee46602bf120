#include "gateway/hl7v2/batch.hpp"

#include <gmock/gmock.h>

#include "tests/support/files.hpp"
#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string a = "MSH|^~\\&|A||||||ORU^R01|1|P|2.5.1\rPID|1\r";
const std::string b = "MSH|^~\\&|B||||||ORU^R01|2|P|2.5.1\rPID|2\r";

TEST(Split, GivesEachMessageOfAFileBatchOrBareSequence) {
  const std::string inputs[] = {
      a + b,
      a + "\r\n" + b,
      "FHS|^~\\&|X\rBHS|^~\\&|Y\r" + a + b + "BTS|2\rFTS|1\r",
      "BHS|^~\\&|Y\r" + a + b,
      "junk before\r" + a + b + "FTS|1\r",
      "\x0B" + a + "\x1C\r\x0B" + b + "\x1C\r",
      "\x0B" + a + "\x1C\x0B" + b + "\x1C",
      "\x0B" + a + b + "\x1C\r",
      "\x0B" + a + "\x1C\n lost words \x0B" + b + "\x1C\r\n",
      "  " + a + "\t" + b,
  };
  for (const std::string& input : inputs) {
    std::vector<std::string> found;
    for (const auto one : split_messages(input).messages) {
      const auto message = tests::read(std::string(one));
      EXPECT_EQ(message.segments().size(), 2U) << input;
      found.push_back(tests::at(message, "MSH-3") + tests::at(message, "PID-1"));
    }
    EXPECT_THAT(found, ElementsAre("A1", "B2")) << input;
  }
}

TEST(Split, LeavesASingleMessageByteForByte) {
  for (const std::string& bytes :
       {a, "\xEF\xBB\xBF" + a, a + "text after\r", std::string("MSH|^~\\&|x")}) {
    EXPECT_THAT(split_messages(bytes).messages, ElementsAre(bytes));
    EXPECT_THAT(split_messages("\x0B" + bytes + "\x1C\r").messages, ElementsAre(bytes));
  }
}

TEST(Split, ReadsTheTrailersByTheDelimitersOfTheEnvelope) {
  const std::string begin = "FHS*^~\\&*X\rBHS#^~\\&#Y\r" + a + b;
  for (const char* end : {"BTS#5\rFTS*7\r", "BTS|5\rFTS|7\r"}) {
    const std::string input = begin + end;
    const auto envelope = split_messages(input);
    EXPECT_THAT(envelope.messages, ElementsAre(a, b)) << end;
    ASSERT_EQ(envelope.miscounts.size(), 2U) << end;
    EXPECT_EQ(envelope.miscounts[0].announced, 5U);
    EXPECT_EQ(envelope.miscounts[1].announced, 7U);
  }
  const std::string none = begin + "BTS!5\r";
  EXPECT_EQ(split_messages(none).messages.back(), b + "BTS!5\r") << "no trailer";
}

TEST(Split, KeepsWhatTheEnvelopeSays) {
  const std::string input =
      "FHS|^~\\&|X\rBHS|^~\\&|Y|||||||error only|B7\r" + a + "BTS|3|note\rFTS|1\r";
  const auto envelope = split_messages(input);
  EXPECT_TRUE(envelope.is_batch());
  EXPECT_EQ(envelope.file_header, "FHS|^~\\&|X");
  EXPECT_TRUE(envelope.errors_only());
  EXPECT_THAT(envelope.messages, ElementsAre(a));
  const auto bare = split_messages(a);
  EXPECT_FALSE(bare.is_batch());
  EXPECT_FALSE(bare.errors_only());
}

/// What trailers of a text counted wrongly, one behind the other.
std::string miscounts(const std::string& bytes) {
  std::string all;
  for (const auto& one : split_messages(bytes).miscounts) all += to_text(one).substr(22) + ". ";
  return all;
}

TEST(Split, ComparesBts1WithTheMessagesOfItsBatchAndFts1WithTheBatchesOfItsFile) {
  const std::string fhs = "FHS|^~\\&|X\r", bhs = "BHS|^~\\&|Y\r";
  EXPECT_EQ(miscounts(fhs + bhs + a + "BTS|1\r" + bhs + a + b + "BTS|2\rFTS|2\r"), "");
  EXPECT_EQ(miscounts(fhs + bhs + a + b + "BTS|3\r" + bhs + a + "BTS|2\rFTS|1\r"),
            "BTS-1 announces 3, 2 found. FTS-1 announces 1, 2 found. ");
  EXPECT_EQ(miscounts(bhs + a + "BTS\r" + bhs + a + "BTS|many\r"), "");  // no number
  for (const char* either : {"FTS|1\r", "FTS|2\r"}) EXPECT_EQ(miscounts(fhs + a + b + either), "");
  EXPECT_EQ(miscounts(fhs + a + b + "FTS|3\r"), "FTS-1 announces 3, 1 found. ");
  EXPECT_EQ(miscounts(fhs + bhs + "BTS|0\rFTS|1\r" + fhs + bhs + a + "BTS|1\rFTS|1\r"), "");
}

TEST(Split, OfNoMessageIsTheWholeInputAndOfNothingNothing) {
  for (const std::string bytes : {"", "\r\n", "\x0B\x1C\r", " \t\r", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(split_messages(bytes).messages, IsEmpty());
  }
  for (const std::string bytes : {"hello", "PID|1\rOBX|2", "MSH"}) {
    EXPECT_THAT(split_messages(bytes).messages, ElementsAre(bytes));
  }
  EXPECT_THAT(split_messages("FHS|^~\\&|X\rFTS|0").messages, IsEmpty());  // a batch of nothing
}

TEST(Split, DoesNotTakeTextForAHeader) {
  const std::string bytes = a + "NTE|1||see\rMSHA is no\rMSH-2 is\rBTS was\rFTS-1\rPID|3\r";
  EXPECT_THAT(split_messages(bytes).messages, ElementsAre(bytes));
  const std::string other = "MSH^~|\\&^B\rPID^4\r";
  EXPECT_THAT(split_messages(a + other).messages, ElementsAre(a, other));
}

TEST(Split, LeavesWideTextWhole) {
  using namespace std::string_literals;
  const std::string wide = "\xFF\xFEM\0S\0H\0|\0"s;
  EXPECT_THAT(split_messages(wide).messages, ElementsAre(wide));
}

TEST(BatchAnswer, IsFramedAsTheBatchWas) {
  const std::string input =
      "FHS|^~\\&|X|XF|G|GF||||| F9\rBHS|^~\\&|Y|YF|G|GF|||||B7\r" + a + b + "BTS|3\rFTS|1\r";
  const auto envelope = split_messages(input);
  EXPECT_EQ(write_batch(frame_of(envelope), {{"MSH|1\r", 0}, {"MSH|2\r", 1}},
                        base::Instant{1'742'829'300'000'000}),
            "FHS|^~\\&|G|GF|X|XF|20250324151500+0000|||| F9| F9\r"
            "BHS|^~\\&|G|GF|Y|YF|20250324151500+0000||||B7|B7\r"
            "MSH|1\rMSH|2\r"
            "BTS|2|batch-count-mismatch: BTS-1 announces 3, 2 found\rFTS|1\r");
  const std::string bare = a + b;
  EXPECT_EQ(write_batch(frame_of(split_messages(bare)), {{"MSH|1\r", 0}, {"MSH|2\r", 1}}, {}),
            "MSH|1\rMSH|2\r");
}

TEST(BatchAnswer, ABatchWithoutFileHasNoFileLines) {
  const std::string input = "BHS|^~\\&|Y|YF|G|GF|||||B7\r" + a + "BTS|1\r";
  const auto envelope = split_messages(input);
  EXPECT_EQ(write_batch(frame_of(envelope), {{"MSH|1\r", 0}}, base::Instant{1'742'829'300'000'000}),
            "BHS|^~\\&|G|GF|Y|YF|20250324151500+0000||||B7|B7\rMSH|1\rBTS|1\r");
}

TEST(Batch, EachBatchOfAFileIsAnsweredUnderItsOwnId) {
  const std::string bhs = "BHS|^~\\&|A|B|C|D|20250101||||";
  const std::string input = "FHS|^~\\&|A|B|C|D\r" + bhs + "ONE\rMSH|^~\\&|1\rBTS|1\r" + bhs +
                            "TWO\rMSH|^~\\&|2\rMSH|^~\\&|3\rBTS|2\rFTS|2\r";
  const auto envelope = split_messages(input);
  EXPECT_EQ(envelope.lines.size(), 6u);
  const auto said = write_batch(frame_of(envelope), {{"MSH|1\r", 0}, {"MSH|3\r", 2}}, {});
  const auto one = said.find("|ONE|ONE\r"), two = said.find("|TWO|TWO\r");
  ASSERT_NE(one, said.npos);
  ASSERT_NE(two, said.npos);
  EXPECT_LT(one, said.find("MSH|1"));
  EXPECT_LT(said.find("MSH|1\rBTS|1\r"), two);
  EXPECT_LT(two, said.find("MSH|3\rBTS|1\rFTS|2\r"));
}

TEST(BatchAnswer, SaysWhatWasMiscountedInTheTrailerThatThereIs) {
  const auto said = [](const std::string& input) {
    return write_batch(frame_of(split_messages(input)), {}, {}, "look there");
  };
  EXPECT_THAT(said("FHS|^~\\&|X\rBHS|^~\\&|Y\r" + a + "BTS|1\rFTS|2\r"),
              testing::EndsWith("BTS|0\rFTS|1|batch-count-mismatch: FTS-1 announces 2, 1 found; "
                                "look there\r"));
  EXPECT_THAT(said("FHS|^~\\&|X\r" + a + "BTS|2\rFTS|1\r"),
              testing::EndsWith("FTS|1|batch-count-mismatch: BTS-1 announces 2, 1 found; look "
                                "there\r"));
}

TEST(BatchAnswer, KnowsAPositiveAcknowledgement) {
  for (const char* yes : {"MSH|1\rMSA|AA|1\r", "MSH|1\rMSA|CA|1\r"}) EXPECT_TRUE(is_positive(yes));
  for (const char* no : {"MSH|1\rMSA|AE|1\r", "MSH|1\rMSA|CR|1\r", "MSH|1\r", ""})
    EXPECT_FALSE(is_positive(no));
}

TEST(BatchAnswer, RepeatsNothingThatWouldEndItsLine) {
  const std::string input =
      "BHS|^~\\&|Y\x01|YF|G|GF|||||B\x02"
      "7\r" +
      a;
  const auto envelope = split_messages(input);
  const auto said = write_batch(frame_of(envelope), {}, base::Instant{1'742'829'300'000'000});
  EXPECT_EQ(said, "BHS|^~\\&|G|GF||YF|20250324151500+0000\rBTS|0\r");
}

}  // namespace
}  // namespace gateway::hl7v2
