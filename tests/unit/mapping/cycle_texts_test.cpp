// Texts as people write them, in five languages, and what each gives: tests/unit/mapping/texts.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_words.hpp"

#include "tests/support/files.hpp"
#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

struct Row {
  std::string expected, text;
};

std::vector<Row> rows_of(const std::string& table) {
  std::istringstream lines(
      tests::read_file(tests::source_dir() / "tests/unit/mapping/texts" / (table + ".txt")));
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    const auto bar = line.find(" | ");
    if (line.starts_with('#') || bar == line.npos) continue;
    Row row{line.substr(0, bar), line.substr(bar + 3)};
    for (std::size_t at; (at = row.text.find("\\n")) != row.text.npos;)
      row.text.replace(at, 2, "\n");
    rows.push_back(std::move(row));
  }
  return rows;
}

/// What a text gives, field by field as the tables write it: "day 21, natural".
std::string given_by(const std::string& text) {
  const CycleContext context = Said().text(text).context();
  std::string all;
  const auto add = [&all](const std::string& one) { all += (all.empty() ? "" : ", ") + one; };
  if (context.day) add("day " + std::to_string(*context.day));
  if (context.anchor == "lmp") add("lmp " + context.anchor_date);
  if (!context.anchor.empty() && context.anchor != "lmp")
    add(context.anchor + (context.offset ? " " + std::to_string(*context.offset) : ""));
  if (!context.cycle_type.empty()) add(context.cycle_type);
  for (const std::string& qualifier : context.qualifiers) add(qualifier);
  if (context.phase_source == "stated") add("phase " + context.phase);
  if (context.status == "pregnant" || context.status == "postmenopausal") add(context.status);
  return all.empty() ? "-" : all;
}

std::vector<std::string> parts_of(const std::string& all) {
  std::vector<std::string> parts;
  std::istringstream rest(all);
  for (std::string part; std::getline(rest, part, ',');)
    parts.push_back(part.substr(part.find_first_not_of(' ')));
  std::sort(parts.begin(), parts.end());
  return parts;
}

void expect_each(const std::string& table) {
  const std::vector<Row> rows = rows_of(table);
  EXPECT_GT(rows.size(), 50u) << table;
  for (const Row& row : rows)
    EXPECT_EQ(parts_of(given_by(row.text)), parts_of(row.expected)) << row.text;
}

TEST(C22, DaysAndOffsetsAreReadHoweverTheyAreWritten) {
  expect_each("days");
}

TEST(C24, ADateAloneInAClauseDatesWhatFollows) {
  expect_each("dates");
}

TEST(C24, PlansDoubtsDrugsAndOtherEventsGiveNoDay) {
  expect_each("other_days");
}

TEST(C27, AKindOfCycleThatMayBeAnothersIsNone) {
  expect_each("kinds");
}

TEST(C17, AComplaintAPlanOrADoubtIsNoPhase) {
  expect_each("phases");
}

TEST(C18, ATextThatSaysPregnantLeavesNoDay) {
  expect_each("pregnancies");
}

/// In upper case without accents, as laboratory systems send it.
std::string as_sent(const std::string& text) {
  std::string sent;
  for (const char32_t c : without_accents(folded(text))) {
    if (c >= 'a' && c <= 'z')
      sent += static_cast<char>(c - 32);
    else if (c < 0x80)
      sent += static_cast<char>(c);
    else
      sent += '?';
  }
  return sent;
}

TEST(C22, CaseAndAccentsChangeNothing) {
  for (const Row& row : rows_of("days")) {
    const std::string sent = as_sent(row.text);
    if (sent.find('?') != sent.npos) continue;  // a sign that is no ASCII
    EXPECT_EQ(parts_of(given_by(sent)), parts_of(row.expected)) << sent;
  }
}

TEST(C24, NoDayComesOfCaseOrAMissingAccent) {
  for (const std::string table : {"dates", "other_days", "pregnancies"})
    for (const Row& row : rows_of(table))
      if (row.expected == "-") {
        EXPECT_EQ(given_by(as_sent(row.text)), "-") << as_sent(row.text);
      }
}

}  // namespace
}  // namespace gateway::mapping
