#include "gateway/hl7v2/message.hpp"

#include <gmock/gmock.h>

#include "tests/support/files.hpp"
#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::addresses;
using tests::at;
using tests::msh;
using tests::read;
using tests::remarks;

TEST(Message, CountsMshFieldsFromTheSeparatorItself) {
  const auto message = read(msh());
  EXPECT_EQ(at(message, "MSH-1"), "|");
  EXPECT_EQ(at(message, "MSH-2"), "^~\\&");
  EXPECT_EQ(at(message, "MSH-3"), "LAB");
  EXPECT_EQ(at(message, "MSH-9.2"), "R01");
  EXPECT_EQ(at(message, "MSH-12"), "2.5.1");
}

TEST(Message, NamesPartsThatAreOneAndAloneByTheirFieldOnly) {
  const auto message =
      read(msh() + "PID|1||A^^^B&b&ISO~C||X^Y|^Z\rOBX|1|ST|c||v\rOBX|2|ST|d||w~x\r");
  std::vector<std::string> found = addresses(message);
  found.erase(found.begin(), found.begin() + 8);
  EXPECT_THAT(found, ElementsAre("PID-1", "PID-3[1].1", "PID-3[1].4.1", "PID-3[1].4.2",
                                 "PID-3[1].4.3", "PID-3[2]", "PID-5.1", "PID-5.2", "PID-6.2",
                                 "OBX[1]-1", "OBX[1]-2", "OBX[1]-3", "OBX[1]-5", "OBX[2]-1",
                                 "OBX[2]-2", "OBX[2]-3", "OBX[2]-5[1]", "OBX[2]-5[2]"));
}

TEST(Message, NamesAPlaceThatHoldsNothing) {
  const auto message = read(msh() + "PID|1\rOBX|1\rOBX|2\r");
  EXPECT_EQ(message.address(FieldPath{1}), "PID");
  EXPECT_EQ(message.address(FieldPath{1, 3}), "PID-3");
  EXPECT_EQ(message.address(FieldPath{3, 5, 1, 1, 1}), "OBX[2]-5");
  EXPECT_EQ(message.address(FieldPath{3, 5, 2, 1, 3}), "OBX[2]-5[2].1.3");
  EXPECT_EQ(message.address(FieldPath{9, 1}), "");
}

TEST(Message, FindsAPlaceAndNothingBesideIt) {
  const auto message = read(msh() + "PID|1||A^^^B&b~C\r");
  const auto text = [&](std::uint16_t f, std::uint16_t r, std::uint16_t c, std::uint16_t s) {
    const auto leaf = message.find(1, f, r, c, s);
    return leaf ? std::string(message.raw(message.leaves()[*leaf])) : std::string("nothing");
  };
  EXPECT_EQ(text(3, 1, 1, 1), "A");
  EXPECT_EQ(text(3, 1, 4, 2), "b");
  EXPECT_EQ(text(3, 2, 1, 1), "C");
  EXPECT_EQ(text(3, 1, 2, 1), "nothing");
  EXPECT_EQ(text(2, 1, 1, 1), "nothing");
  EXPECT_EQ(text(4, 1, 1, 1), "nothing");
  EXPECT_FALSE(message.find(7, 1));
  EXPECT_EQ(message.field(1, 3).size(), 4U);
  EXPECT_THAT(message.field(1, 2), IsEmpty());
  EXPECT_EQ(message.repetitions(1, 3), 2);
  EXPECT_EQ(message.repetitions(1, 2), 0);
}

TEST(Message, CountsNullAndBlanksAsLeavesAndEmptyAsNone) {
  const auto message = read(msh() + "PID|\"\"| |~~x||^&^\r");
  EXPECT_EQ(at(message, "PID-1"), "\"\"");
  EXPECT_EQ(at(message, "PID-2"), " ");
  EXPECT_EQ(at(message, "PID-3[3]"), "x");
  EXPECT_EQ(message.leaves(message.segments()[1]).size(), 3U);
}

TEST(Message, StaysValidWhenMoved) {
  auto first = read(msh() + "PID|1||P1\r");
  const Message second = std::move(first);
  EXPECT_EQ(second.segments()[1].name, "PID");
  EXPECT_EQ(at(second, "PID-3"), "P1");
}

TEST(Segments, EndAtCrLfOrBothMixedAndEmptyLinesDoNotCount) {
  const auto message = read(msh() + "\n\rPID|1\nOBR|1\r\n\r\nOBX|1\r   \r");
  ASSERT_EQ(message.segments().size(), 4U);
  EXPECT_EQ(message.segments()[1].line, 3U);
  EXPECT_EQ(message.segments()[2].line, 4U);
  EXPECT_EQ(message.segments()[3].line, 6U);
  EXPECT_THAT(remarks(message), IsEmpty());
}

TEST(Segments, MayBeIndented) {
  const auto message = read(msh() + " \tPID|1||P1\r");
  EXPECT_EQ(at(message, "PID-3"), "P1");
  EXPECT_THAT(remarks(message), ElementsAre("segment-indented PID"));
}

TEST(Segments, MayHaveNoField) {
  const auto message = read(msh() + "PID|1\rNTE\rNTE|\rNTE|1||x\r");
  ASSERT_EQ(message.segments().size(), 5U);
  EXPECT_EQ(at(message, "NTE[3]-3"), "x");
}

TEST(Segments, GoOnInALineThatIsNoSegment) {
  const auto message =
      read(msh() + "OBX|1|FT|c||first\r  second\r\n\nthird^x||||||F\rNTE|1||a\rPid|b\r");
  EXPECT_EQ(at(message, "OBX-5.1"), "first\n  second\n\nthird");
  EXPECT_EQ(at(message, "OBX-5.2"), "x");
  EXPECT_EQ(at(message, "OBX-11"), "F");
  EXPECT_EQ(at(message, "NTE-3"), "a\nPid");
  EXPECT_EQ(at(message, "NTE-4"), "b");
  EXPECT_THAT(remarks(message), ElementsAre("line-continued OBX-5.1", "line-continued OBX-5.1",
                                            "line-continued NTE-3"));
}

TEST(Segments, DoNotSwallowTextAfterACompleteRow) {
  const auto message =
      read(msh() + "PID|1\rstray|text\rOBX|1|ST|c||v||||||F\rmore\rOBX|2|ST|c||w\r");
  EXPECT_EQ(at(message, "OBX[1]-11"), "F");
  EXPECT_EQ(at(message, "LINE[3]-1"), "stray|text");
  EXPECT_EQ(at(message, "LINE[5]-1"), "more");
  EXPECT_EQ(at(message, "OBX[2]-5"), "w");
  EXPECT_THAT(remarks(message),
              ElementsAre("line-without-segment LINE[3]", "line-without-segment LINE[5]"));
}

TEST(Segments, OfASiteMayBeANameAlone) {
  const auto message = read(msh() + "PID|1\rOBX|1|ST|c||v||||||F\rZZZ\rOBX|2|ST|c||w\r");
  EXPECT_EQ(message.segments()[3].name, "ZZZ");
  EXPECT_THAT(remarks(message), ElementsAre());
}

TEST(Segments, AreRefusedWhenTheirTerminatorsWereLostForSure) {
  const std::string head = "MSH|^~\\&|LAB|FAC|GW|C|2025||ORU^R01|1|P|2.5.1";
  const std::pair<std::string, std::string> table[] = {
      {head + "PID|1||P1\rOBR|1|a\r", "MSH"},
      {head + " PID|||P1", "MSH"},
      {head + "\\rPID|1||P1\\rOBR|1||x\\rOBX|1|NM|c||5", "MSH"},
      {head + "\rPID|1||P1OBR|1|a|b\rOBX|1|NM|c||5\r", "PID"},
      {head + "\rPID|1||P1\rOBR|1||bOBX|1|NM|c||5||||||FOBX|2|NM|d||6\r", "OBR"},
  };
  for (const auto& [bytes, where] : table) {
    const auto message = parse(base::Buffer(bytes));
    ASSERT_FALSE(message) << bytes;
    EXPECT_EQ(message.error().kind, base::ErrorKind::malformed);
    EXPECT_EQ(message.error().where, where + "[1]") << bytes;
    EXPECT_THAT(message.error().what, testing::StartsWith("several segments stand on line "));
  }
}

TEST(Segments, WithinALineArePointedOutWhereTheMessageHasOthersOfTheName) {
  const auto message = read(msh() + "PID|1\rOBR|1\rOBX|1|NM|c||5||||||F OBX|2|NM|d||6\r");
  EXPECT_EQ(at(message, "OBX-16"), "6");
  EXPECT_THAT(remarks(message), ElementsAre("segment-ambiguous OBX"));
}

TEST(Segments, AreTextWhereALostTerminatorCannotBeToldForSure) {
  const auto message =
      read(msh() + "PID|1||P1||KOBR|1|x\rOBR|1\rOBX|1|ST|c||PID|1|x\rOBX|2|TX|c||see OBX|3|\r");
  EXPECT_EQ(at(message, "OBX[1]-5"), "PID");
  EXPECT_EQ(at(message, "OBX[2]-5"), "see OBX");
}

TEST(Limits, HoldAtTheLimitAndRefuseOneMore) {
  const auto rows = [](std::size_t n) {
    std::string out = msh();
    for (std::size_t i = 1; i < n; ++i) out += "OBX|\r";
    return out;
  };
  EXPECT_EQ(read(rows(100'000)).segments().size(), 100'000U);
  const auto refused = parse(base::Buffer(rows(100'001)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::too_large);
  EXPECT_EQ(refused.error().what, "the number of segments is above its limit of 100000");
  EXPECT_FALSE(refused.error().remedy.empty());
  for (const char cut : {'|', '~', '^', '&'}) {
    const auto parts = [cut](std::size_t n) {
      return msh() + "ZZZ|" + std::string(n - 1, cut) + "x\r";
    };
    EXPECT_EQ(addresses(read(parts(10'000))).size(), 9U) << cut;
    const auto more = parse(base::Buffer(parts(10'001)));
    ASSERT_FALSE(more) << cut;
    EXPECT_EQ(more.error().kind, base::ErrorKind::too_large);
    EXPECT_THAT(more.error().where, testing::StartsWith("ZZZ")) << cut;
  }
}

TEST(Parse, RefusesWhatHasNoMsh) {
  for (const std::string bytes :
       {"", "\r\r", "MS", "PID|1||x\r", "hello", "MSH", "MSHX|", "MSH\rPID|1"}) {
    const auto message = parse(base::Buffer(bytes));
    ASSERT_FALSE(message) << bytes;
    EXPECT_EQ(message.error().kind, base::ErrorKind::malformed) << bytes;
    EXPECT_THAT(message.error().where, testing::StartsWith("MSH")) << bytes;
  }
}

TEST(Framing, IsTakenOff) {
  EXPECT_EQ(without_framing("\x0BMSH|x\r\x1C\r"), "MSH|x\r");
  EXPECT_EQ(without_framing("\r\n\x0BMSH|x\r\x1C"), "MSH|x\r");
  EXPECT_EQ(without_framing("MSH|x"), "MSH|x");
  EXPECT_EQ(without_framing("\x0B\x1C\r"), "");
  EXPECT_EQ(at(read("\xEF\xBB\xBF\r\n" + msh()), "MSH-3"), "LAB");
}

TEST(Samples, AreReadWithoutARemark) {
  for (const auto& entry :
       std::filesystem::directory_iterator(tests::source_dir() / "tests/samples")) {
    if (entry.path().extension() != ".hl7") continue;
    const auto message = read(tests::read_file(entry.path()));
    EXPECT_THAT(remarks(message), IsEmpty()) << entry.path();
    EXPECT_GT(message.leaves().size(), 50U) << entry.path();
  }
}

}  // namespace
}  // namespace gateway::hl7v2
