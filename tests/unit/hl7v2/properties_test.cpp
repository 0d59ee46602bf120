#include <algorithm>
#include <random>
#include <sstream>

#include <gmock/gmock.h>

#include "gateway/hl7v2/acknowledgement.hpp"
#include "gateway/hl7v2/batch.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/hl7v2/utf8.hpp"

#include "tests/support/files.hpp"
#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

std::vector<std::string> samples() {
  std::vector<std::string> out;
  for (const auto& entry :
       std::filesystem::directory_iterator(tests::source_dir() / "tests/samples")) {
    if (entry.path().extension() == ".hl7") out.push_back(tests::read_file(entry.path()));
  }
  std::sort(out.begin(), out.end());  // the folder's order is chance
  return out;
}

/// What must hold of any message that was read: every leaf lies in its segment, in order, holds
/// something and is found where it says it is.
void expect_sound(const Message& message) {
  const std::size_t size = message.text().size();
  std::size_t counted = 0;
  for (const Segment& segment : message.segments()) {
    ASSERT_LE(std::size_t{segment.begin} + segment.size, size);
    ASSERT_EQ(segment.first_leaf, counted);
    counted += segment.leaf_count;
    std::size_t end = segment.begin;
    for (const Leaf& leaf : message.leaves(segment)) {
      ASSERT_GT(leaf.size, 0U);
      ASSERT_GE(leaf.begin, end) << "leaves overlap";
      end = leaf.begin + leaf.size;
      ASSERT_LE(end, segment.begin + segment.size);
      const auto found = message.find(leaf.segment, leaf.field, leaf.repetition, leaf.component,
                                      leaf.subcomponent);
      ASSERT_TRUE(found);
      ASSERT_EQ(&message.leaves()[*found], &leaf);
    }
  }
  ASSERT_EQ(counted, message.leaves().size());
  for (const Remark& remark : message.remarks())
    ASSERT_FALSE(message.address(remark.where).empty());
}

/// Reads, and where it can be read decodes, names and answers everything.
void walk(const std::string& bytes) {
  const auto message = parse(base::Buffer(bytes));
  if (message) {
    expect_sound(*message);
    for (const Leaf& leaf : message->leaves()) {
      ASSERT_FALSE(message->address(leaf).empty());
      ASSERT_LE(message->decoded(leaf).size(), 15 * message->raw(leaf).size());
    }
  } else {
    ASSERT_FALSE(message.error().what.empty());
  }
  const auto header = read_header(bytes);
  const std::string answer = write({"AA", "x", {}}, header ? *header : Header(), {}, "A1");
  if (answer.starts_with("MSH")) {  // not a wide one
    std::istringstream lines(answer);
    std::string names;
    for (std::string line; std::getline(lines, line, '\r');) names += line.substr(0, 3);
    ASSERT_THAT(names, testing::AnyOf("MSHMSA", "MSHMSAERR")) << answer;
  }
  for (const auto part : split_messages(bytes).messages) ASSERT_LE(part.size(), bytes.size());
}

TEST(AnyPrefix, OfASampleIsReadOrFailsCleanly) {
  for (const std::string& sample : samples()) {
    for (std::size_t size = 0; size <= sample.size(); ++size) {
      const auto message = parse(base::Buffer(sample.substr(0, size)));
      const bool whole = utf8_valid_size(sample.substr(0, size)) == size;  // no character is cut
      ASSERT_EQ(bool(message), size > 4 && whole) << size;  // from `MSH|^` on there is a message
      if (size < 130 || size % 23 == 0) {
        ASSERT_NO_FATAL_FAILURE(walk(sample.substr(0, size))) << size;
      }
    }
  }
}

TEST(AnyMutation, OfASampleIsReadOrFailsCleanly) {
  constexpr unsigned seed = 4711;
  std::mt19937 chance(seed);
  const auto all = samples();
  const std::string_view pieces[] = {
      "\r",        "\n",        "|",         "^",      "~",       "\\",       "&",
      "\\X",       "\\.sp9\\",  "\x1C",      "\x0B",   "\x1B$B",  "\xC3",     "\xEF\xBB\xBF",
      "MSH|",      "OBX|1|NM|", "\"\"",      "8859/1", "GB18030", "ISO IR87", "UNICODE UTF-16",
      "\\M2442\\", "BTS|",      "FHS|^~\\&|"};
  for (int round = 0; round < 1'000; ++round) {
    std::string bytes = all[chance() % all.size()];
    bytes.resize(std::min<std::size_t>(bytes.size(), 1'500));
    for (auto n = 1 + chance() % 6; n > 0; --n) {
      // Half of the changes hit MSH, where they change most.
      const std::size_t at = chance() % (chance() % 2 == 0 ? 80 : bytes.size());
      switch (chance() % 4) {
        case 0:
          bytes[at] = static_cast<char>(chance());
          break;
        case 1:
          bytes.insert(at, pieces[chance() % std::size(pieces)]);
          break;
        case 2:
          bytes.erase(at, chance() % 9);
          break;
        default:
          bytes.insert(at, bytes.substr(chance() % bytes.size(), chance() % 40));
      }
    }
    ASSERT_NO_FATAL_FAILURE(walk(bytes)) << "seed " << seed << ", round " << round;
  }
}

TEST(AnyBytes, AreReadOrFailCleanly) {
  constexpr unsigned seed = 815;
  std::mt19937 chance(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes = round % 3 == 0 ? "" : "MSH|^~\\&|";
    for (auto n = chance() % 60; n > 0; --n) bytes += static_cast<char>(chance());
    ASSERT_NO_FATAL_FAILURE(walk(bytes)) << "seed " << seed << ", round " << round;
  }
}

/// A plain splitter of our own names every populated field; so must the leaves.
TEST(Leaves, CoverEveryPopulatedFieldAndNothingElse) {
  for (const std::string& sample : samples()) {
    const auto message = tests::read(sample);
    std::string plain, found;
    std::istringstream lines(sample);
    for (std::string line; std::getline(lines, line, '\r');) {
      if (line.empty() || line == "\n") continue;
      const std::string name = line.substr(0, 3);
      std::istringstream fields(line.substr(4));
      int number = name == "MSH" ? 2 : 1;
      if (name == "MSH") plain += "MSH-1 |\n";
      for (std::string field; std::getline(fields, field, '|'); ++number) {
        std::string populated = field;
        if (name != "MSH" || number != 2)
          std::erase_if(populated, [](char c) { return c == '^' || c == '~' || c == '&'; });
        if (!populated.empty())
          plain += name + "-" + std::to_string(number) + " " + populated + "\n";
      }
    }
    const Leaf* before = nullptr;
    for (const Leaf& leaf : message.leaves()) {
      const bool same =
          before != nullptr && before->segment == leaf.segment && before->field == leaf.field;
      if (!same) {
        if (before != nullptr) found += "\n";
        found += std::string(message.segments()[leaf.segment].name) + "-" +
                 std::to_string(leaf.field) + " ";
      }
      found += message.raw(leaf);
      before = &leaf;
    }
    EXPECT_EQ(found + "\n", plain);
  }
}

TEST(Samples, AreTheSameHoweverTheyAreFramedAndTheirLinesEnd) {
  for (const std::string& sample : samples()) {
    const auto described = [](std::string_view bytes) {
      const auto message = tests::read(std::string(without_framing(bytes)));
      std::string out;
      for (const Leaf& leaf : message.leaves())
        out += message.address(leaf) + "=" + message.decoded(leaf) + "\n";
      return out;
    };
    const auto ending = [&](const std::string& end) {
      std::string out;
      for (const char c : sample) out += c == '\r' ? end : std::string(1, c);
      return out;
    };
    const std::string expected = described(sample);
    for (const std::string end : {"\r", "\n", "\r\n", "\n\r", "\r\r"}) {
      EXPECT_EQ(described(ending(end)), expected);
      EXPECT_EQ(described("\x0B" + ending(end) + "\x1C\r"), expected);
      EXPECT_EQ(described("\r\n\x0B\xEF\xBB\xBF" + ending(end) + "\x1C"), expected);
    }
  }
}

}  // namespace
}  // namespace gateway::hl7v2
