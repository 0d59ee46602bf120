#include "gateway/hl7v2/delimiters.hpp"

#include <gmock/gmock.h>

#include "gateway/hl7v2/header.hpp"

#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::at;
using tests::read;
using tests::remarks;

/// "field component repetition escape subcomponent truncation", `-` for none, `!` if assumed.
std::string shown(const std::string& after_msh) {
  const auto reading = read_delimiters(after_msh);
  if (!reading) return reading.error().where;
  const Delimiters& d = reading->delimiters;
  std::string out;
  for (const auto* one :
       {&d.field, &d.component, &d.repetition, &d.escape, &d.subcomponent, &d.truncation}) {
    out += one->empty() ? "-" : *one;
  }
  return out + (reading->assumed ? "!" : "");
}

TEST(Delimiters, AreWhatMsh2SaysByTheRulesE1ToE4) {
  const std::pair<std::string, std::string> table[] = {
      {"|^~\\&|LAB", "|^~\\&-"},                         // as everywhere
      {"|^~\\&#|LAB", "|^~\\&#"},                        // v2.7
      {"^~|\\&^LAB", "^~|\\&-"},                         // seen: `^` as MSH-1
      {"$%*@!$LAB", "$%*@!-"},                           // any printable
      {"|^~\\$|LAB", "|^~\\$-"},                         // seen
      {"|^~\\|LAB", "|^~\\--"},                          // no subcomponents, no default
      {"|^~|LAB", "|^~---"},                             //
      {"|^|LAB", "|^----"},                              //
      {"|^~&|LAB", "|^~-&-!"},                           // the backslash was eaten
      {"|^~\\\\&|LAB", "|^~\\&-!"},                      // the backslash was doubled
      {"|^~\\\\&#|LAB", "|^~\\&#!"},                     //
      {"|^~\\&#!?|LAB", "|^~\\&#!"},                     // more than five
      {"|^~\\& |LAB", "|^~\\&-!"},                       // a blank cuts nothing off
      {"|^~\\&A|LAB", "|^~\\&-!"},                       //
      {"|^~\xC2\xA5&|LAB", "|^~\xC2\xA5&-!"},            // ¥ for the backslash
      {"|^\xCB\x9C\\&|LAB", "|^\xCB\x9C\\&-!"},          // ˜ for the tilde
      {"|^\xE2\x80\xBE\\&|LAB", "|^\xE2\x80\xBE\\&-!"},  // ‾
      {"|^~\xA5&|LAB", "|^~\xA5&-!"},                    // a byte of a set unknown as yet
      {"|^~\\&", "|^~\\&-"},                             // nothing follows
      {"|^~\\&\rPID|", "|^~\\&-"},                       //
  };
  for (const auto& [bytes, expected] : table) EXPECT_EQ(shown(bytes), expected) << bytes;
}

TEST(Delimiters, AreRefusedByNameWhenUnusable) {
  const std::pair<std::string, std::string> table[] = {
      {"|^^\\&|", "MSH-2"},   {"|^~\\^|", "MSH-2"},
      {"|A~\\&|", "MSH-2"},   {"|^7\\&|", "MSH-2"},
      {"|^~\\\\|", "MSH-2"},  {"||LAB", "MSH-2"},
      {"|\r", "MSH-2"},       {"|^~ &|", "MSH-2"},
      {"|^~\x01&|", "MSH-2"}, {"|^\xC3\xA9\\&|", "MSH-2"},
      {"", "MSH-1"},          {"A^~\\&A", "MSH-1"},
      {" ^~\\& ", "MSH-1"},   {"\r", "MSH-1"},
      {"\t^~\\&\t", "MSH-1"},
  };
  for (const auto& [bytes, where] : table) EXPECT_EQ(shown(bytes), where) << bytes;
}

TEST(Delimiters, RefuseTheMessageAtMsh2) {
  const auto message = parse(base::Buffer("MSH|^~\\^|LAB\rPID|1\r"));
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().kind, base::ErrorKind::malformed);
  EXPECT_EQ(message.error().where, "MSH-2");
}

TEST(Delimiters, ThatAreAssumedAreRemarked) {
  EXPECT_THAT(remarks(read("MSH|^~&|LAB\r")), ElementsAre("delimiters-assumed MSH-2"));
  EXPECT_THAT(remarks(read("MSH|^~\\|LAB\r")), IsEmpty());
  EXPECT_EQ(at(read("MSH|^~\\\\&|LAB\rPID|a&b\\T\\c\r"), "PID-1.1.2"), "b&c");
}

TEST(Delimiters, HaveNoMeaningWhereMsh2DoesNotNameThem) {
  const auto message = read("MSH|^~\\|LAB\rPID|a&b^c#\\T\\\r");
  EXPECT_EQ(at(message, "PID-1.1"), "a&b");
  EXPECT_EQ(at(message, "PID-1.2"), "c#\\T\\");
  EXPECT_EQ(at(read("MSH|^~&|LAB\rPID|a\\F\\b&c\r"), "PID-1.1.1"), "a\\F\\b");
}

TEST(Delimiters, BeyondAsciiCutWholeCharacters) {
  const auto message =
      read("MSH|^\xCB\x9C\xC2\xA5&|LAB\rPID|a\xCB\x9C\xCB\x9D\xC2\xA5R\xC2\xA5\xC3\xA9^x\r");
  EXPECT_EQ(at(message, "PID-1[1]"), "a");
  EXPECT_EQ(at(message, "PID-1[2].1"), "\xCB\x9D\xCB\x9C\xC3\xA9");
  EXPECT_EQ(at(message, "PID-1[2].2"), "x");
  const auto separated = read(
      "MSH\xC2\xA7^~\\&\xC2\xA7LAB\rPID\xC2\xA7"
      "1\xC2\xA7\xC2\xA8\r");
  EXPECT_EQ(at(separated, "MSH-3"), "LAB");
  EXPECT_EQ(at(separated, "PID-2"), "\xC2\xA8");
}

/// The same message in every choice of five delimiters gives the same leaves.
TEST(Delimiters, MayBeAnyAndTheMessageStaysTheSame) {
  const std::string marks = "|^~\\&#$";
  const std::string model =
      "MSHfcresfLABffffffORUcR01fM1fPf2.5.1\rPIDf1ffAcBcCsDsErFcGfeFeeSeeTeeReeEef eHe\r";
  std::size_t tried = 0;
  for (const char f : marks)
    for (const char c : marks)
      for (const char r : marks)
        for (const char e : marks)
          for (const char s : marks) {
            const std::string chosen{f, c, r, e, s};
            if (std::any_of(chosen.begin(), chosen.end(), [&](char x) {
                  return std::count(chosen.begin(), chosen.end(), x) > 1;
                }))
              continue;
            std::string bytes = model;
            for (char& x : bytes) {
              const std::size_t which = std::string_view("fcres").find(x);
              if (which != std::string_view::npos) x = chosen[which];
            }
            const auto message = parse(base::Buffer(bytes));
            ASSERT_TRUE(message) << bytes << message.error().text();
            ASSERT_EQ(message->leaves().size(), 18U) << bytes;
            ASSERT_EQ(at(*message, "PID-3[1].3.2"), "D") << bytes;
            ASSERT_EQ(at(*message, "PID-3[2].2"), "G") << bytes;
            ASSERT_EQ(at(*message, "PID-4"), (std::string{f, c, s, r, e})) << bytes;
            ASSERT_EQ(at(*message, "PID-5"), " ") << bytes;
            ++tried;
          }
  EXPECT_EQ(tried, 7U * 6 * 5 * 4 * 3);
}

TEST(Header, SaysWhatMshSays) {
  const auto header = read_header(
      "\r\nMSH|^~\\&|A^1|B|C|D|20250324||ORU^R01^ORU_R01|N\\T\\1|P^T|2.5.1^DEU|7||AL|NE|||\rPID|");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->sending_application, "A^1");
  EXPECT_EQ(first_component(*header, header->sending_application), "A");
  EXPECT_EQ(header->receiving_facility, "D");
  EXPECT_EQ(header->type, "ORU");
  EXPECT_EQ(header->trigger, "R01");
  EXPECT_EQ(header->structure, "ORU_R01");
  EXPECT_EQ(header->control_id, "N\\T\\1");
  EXPECT_EQ(header->version, "2.5.1^DEU");
  EXPECT_EQ(header->version_id, "2.5.1");
  EXPECT_EQ(header->processing_id, "P^T");
  EXPECT_EQ(header->sequence, "7");
  EXPECT_TRUE(header->enhanced_mode());
}

TEST(Header, IsReadWhereDelimitersCannotBeUsed) {
  const auto header = read_header("MSH|^^\\&|A|B|C|D|||ORU^R01|X1|P|2.4\r");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->control_id, "X1");
  EXPECT_EQ(header->version_id, "2.4");
  EXPECT_EQ(header->delimiters.encoding_characters(), "^~\\&");
}

TEST(Header, IsMissingWithoutMshOrSeparator) {
  for (const std::string bytes :
       {"", "hello", "PID|1", "MSH", "MSH\r", "MSHX", "FHS|^~\\&|A\r", "\xFF\xFE"}) {
    const auto header = read_header(bytes);
    ASSERT_FALSE(header) << bytes;
    EXPECT_EQ(header.error().kind, base::ErrorKind::malformed);
    EXPECT_EQ(header.error().where, "MSH");
  }
  EXPECT_TRUE(read_header("MSH|"));
}

TEST(Header, VersionNumbersOrder) {
  const std::pair<std::string_view, int> table[] = {
      {"2.5.1", 20501}, {"2.3", 20300}, {"2.9.1", 20901}, {"2.1", 20100}, {"", 0},    {"2", 0},
      {"2.999", 0},     {"x", 0},       {"2.5.1.1", 0},   {"2.", 0},      {"2.5 ", 0}};
  for (const auto& [text, number] : table) EXPECT_EQ(version_number(text), number) << text;
}

}  // namespace
}  // namespace gateway::hl7v2
