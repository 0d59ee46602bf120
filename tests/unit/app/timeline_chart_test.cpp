#include "gateway/app/timeline_chart.hpp"

#include <gmock/gmock.h>

#include "gateway/app/paper.hpp"

namespace gateway::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string part(const std::string& name, const std::string& type, const std::string& value) {
  return R"({"name":")" + name + R"(","value)" + type + R"(":)" + value + "}";
}
std::string text(const std::string& name, const std::string& type, const std::string& value) {
  return part(name, type, '"' + value + '"');
}

/// A result of one quantity; `more` are further parts.
std::string result(const std::string& name, const std::string& value, const std::string& date,
                   const std::string& more, const std::string& range = "5.0-12.0") {
  std::string out =
      R"({"name":"result","part":[)" + text("status", "Code", "final") + "," +
      part("code", "CodeableConcept",
           R"({"coding":[{"system":"s","code":")" + name + R"("}],"text":")" + name + R"("})") +
      "," + text("effective", "DateTime", date) + "," +
      part("value", "Quantity", R"({"value":)" + value + "}") + "," +
      text("unit", "String", "percent") + "," +
      part("sampleType", "CodeableConcept", R"({"coding":[{"code":"peripheral-blood"}]})");
  if (!range.empty())
    out += R"(,{"name":"referenceRange","part":[)" + text("text", "String", range) + "]}";
  return out + (more.empty() ? "" : "," + more) + "]}";
}
std::string flag(const std::string& code) {
  return part("interpretation", "CodeableConcept", R"({"coding":[{"code":")" + code + R"("}]})");
}
std::string day(int number) {
  return part("cycleDay", "Integer", std::to_string(number));
}

std::string group(const std::string& key, const std::string& results) {
  return R"({"name":"group","part":[)" + key + "," + results + "]}";
}
std::string period(const std::string& date, const std::string& results) {
  return group(text("kind", "Code", "cycle") + "," + text("lmpDate", "Date", date), results);
}

std::string draw(const std::string& groups, const Paper& paper = {80, true}) {
  const auto json = fhir::parse_json(
      R"({"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/p1"}},)" +
      text("asOf", "Instant", "2025-03-24T15:15:00.000Z") + (groups.empty() ? "" : "," + groups) +
      "]}");
  EXPECT_TRUE(json) << json.error().text();
  return drawn(chart_of(*json, paper), paper);
}

std::string collected(const std::string& date, const std::string& results) {
  return group(text("kind", "Code", "cycle") + "," + text("collected", "Date", date), results);
}

TEST(TimelineChart, DaysOfWhichNoPeriodIsSaidAreNotDrawnAsOneCycle) {
  const auto drawing = draw(collected("2025-01-05", result("NK", "9", "2025-01-05", day(3))) + "," +
                            collected("2025-02-13", result("NK", "8", "2025-02-13", day(12))));
  EXPECT_THAT(drawing, HasSubstr("2025-01-05        2025-02-13"));
}

TEST(TimelineChart, TheRangeOfAWithheldCodeStandsBesideNoValue) {
  const auto withheld =
      part("originalCode", "CodeableConcept", R"({"coding":[{"code":"8112-5"}]})");
  EXPECT_THAT(
      draw(period("2025-03-02", result("NK", "17", "2025-03-22", day(21) + "," + withheld))),
      testing::Not(HasSubstr("5.0-12.0")));
}

TEST(TimelineChart, TwoLayersUnderOneNameAreTwoLines) {  // S14, mistake 9
  const auto layer = [](const char* code, const char* name) {
    return part("compartment", "CodeableConcept",
                R"({"coding":[{"code":")" + std::string(code) + R"("}],"text":")" + name + "\"}");
  };
  const auto drawing = draw(period(
      "2025-03-02",
      result("NK", "6.8", "2025-03-22", day(21) + "," + layer("basalis", "Endometrium")) + "," +
          result("NK", "14.1", "2025-03-22",
                 day(21) + "," + layer("stroma-subluminal", "Endometrium")) +
          "," +
          result("NK", "3.1", "2025-03-22",
                 day(21) + "," + layer("stroma-functionalis", "Stroma, functionalis"))));
  EXPECT_THAT(drawing, HasSubstr("(basalis), percent"));
  EXPECT_THAT(drawing, Not(HasSubstr("6.8 / 14.1")));
  EXPECT_THAT(drawing, HasSubstr("functionalis, percent"));
  EXPECT_THAT(drawing, Not(HasSubstr("(stroma-functionalis)")));
}

TEST(TimelineChart, IsOneLineForWhatWasMeasuredTheSameWay) {
  EXPECT_EQ(draw(period("2025-03-02", result("NK", "14.20", "2025-03-22T09:30:00-05:00",
                                             day(21) + "," + flag("H")) +
                                          "," + result("CD69", "4.2", "2025-03-22", day(21), "")) +
                 "," + period("2025-04-01", result("NK", "9.4", "2025-04-20", day(20)))),
            "Patient/p1, 3 results, as of 2025-03-24T15:15:00.000Z\n"
            "\n"
            "                                 │ last period  last period\n"
            "                                 │ 2025-03-02   2025-04-01\n"
            "                                 │ day 21       day 20\n"
            "                                 │ 2025-03-22   2025-04-20\n"
            "───────────────────────────────────────────────────────────\n"
            "NK                               │ 14.20 H      9.4\n"
            "  peripheral blood, percent      │\n"
            "  [5.0-12.0]                     │\n"
            "CD69                             │ 4.2\n"
            "  peripheral blood, percent      │\n");
}

TEST(TimelineChart, NamesARangeAtEachValueWhereTheyDiffer) {
  const auto drawing =
      draw(period("2025-03-02", result("NK", "14.2", "2025-03-05", day(4), "5-12") + "," +
                                    result("NK", "13.0", "2025-03-22", day(21), "1-19")));
  EXPECT_THAT(drawing, HasSubstr("[5-12]"));
  EXPECT_THAT(drawing, HasSubstr("[1-19]"));
  EXPECT_THAT(drawing, Not(HasSubstr("percent  [")));
}

TEST(TimelineChart, SaysWhatIsNotKnownAndFillsNothingIn) {
  const auto drawing =
      draw(period("2025-03-02", result("NK", "1", "2025-03-21", day(20)) + "," +
                                    result("NK", "3", "2025-03-23", day(22))) +
           "," +
           group(text("kind", "Code", "unknown"),
                 result("NK", "2", "2025-03-22", text("cycleDayUnknown", "Code", "unknown")) + "," +
                     result("NK", "4", "2025-03-24",
                            text("cycleDayUnknown", "Code", "not-applicable"))));
  EXPECT_THAT(drawing, HasSubstr("no timing"));
  EXPECT_THAT(drawing, HasSubstr("day unknown"));
  EXPECT_THAT(drawing, HasSubstr("not applicable"));
  EXPECT_THAT(drawing, Not(HasSubstr("day 21")));
}

TEST(TimelineChart, MarksConflictsAndIssuesAndExplainsThem) {
  const auto drawing = draw(period(
      "2025-03-02", result("NK", "14.2", "2025-03-22",
                           day(22) + "," + part("derivedDay", "Integer", "25") + "," +
                               text("confidence", "Code", "conflicting") + "," +
                               part("issue", "Coding", R"({"code":"cycle-day-conflict"})"))));
  EXPECT_THAT(drawing, HasSubstr("14.2 ! *"));
  EXPECT_THAT(drawing,
              HasSubstr("! NK, day 22, 2025-03-22: two sources disagree about the timing; the"));
  EXPECT_THAT(drawing, HasSubstr("* NK, day 22, 2025-03-22: cycle-day-conflict"));
}

TEST(TimelineChart, KeepsApartWhatIsNotComparable) {
  const auto other = [](std::string one, const std::string& from, const std::string& to) {
    return one.replace(one.find(from), from.size(), to);
  };
  const std::string nk = result("NK", "1", "2025-03-22", day(21));
  const auto drawing = draw(
      period("2025-03-02", nk + "," + other(nk, "peripheral-blood", "endometrium") + "," +
                               other(nk, "percent", "/uL") + "," +
                               result("NK", "1", "2025-03-22",
                                      day(21) + "," + text("compartment", "String", "basalis"))));
  for (const char* details : {"peripheral blood, percent", "endometrium, percent",
                              "peripheral blood, /uL", "peripheral blood, basalis,"})
    EXPECT_THAT(drawing, HasSubstr(details));
}

TEST(TimelineChart, CountsWeeksOfGestationAsObstetricsWritesThem) {
  const auto drawing =
      draw(group(text("kind", "Code", "gestation") + "," + part("week", "Integer", "7"),
                 result("NK", "1", "2025-03-22",
                        part("gestation", "Quantity", R"({"value":51,"code":"d"})"))));
  EXPECT_THAT(drawing, HasSubstr("week 7"));
  EXPECT_THAT(drawing, HasSubstr("7w2d"));
}

TEST(TimelineChart, SetsTheSameWeekOfTwoPregnanciesUnderTwoHeadings) {
  const auto week = [](const std::string& date) {
    return group(
        text("kind", "Code", "gestation") + "," + part("week", "Integer", "7"),
        result("NK", "1", date, part("gestation", "Quantity", R"({"value":51,"code":"d"})")));
  };
  const auto drawing = draw(week("2025-03-22") + "," + week("2026-01-14"));
  const auto first = drawing.find("week 7");
  ASSERT_NE(first, drawing.npos);
  EXPECT_NE(drawing.find("week 7", first + 1), drawing.npos) << drawing;
}

TEST(TimelineChart, PutsWhatDoesNotFitInAFurtherBlock) {
  std::string results;
  for (int i = 1; i <= 9; ++i)
    results += (i == 1 ? "" : ",") +
               result("NK", "14." + std::to_string(i), "2025-03-0" + std::to_string(i), day(i));
  const auto drawing = draw(period("2025-03-01", results), {60, false});
  for (int i = 1; i <= 9; ++i) EXPECT_THAT(drawing, HasSubstr("14." + std::to_string(i)));
  for (std::size_t from = 0; from < drawing.size(); from = drawing.find('\n', from) + 1)
    EXPECT_LE(drawing.find('\n', from) - from, 60u) << drawing;
}

TEST(TimelineChart, CutsWordsAndNeverDigits) {
  std::string words = result("Histology", "1", "2025-03-22", day(21));
  const std::string quantity = R"("valueQuantity":{"value":1})";
  words.replace(words.find(quantity), quantity.size(),
                R"("valueString":"Secretory endometrium with stromal edema, day 21 pattern")");
  EXPECT_THAT(draw(period("2025-03-02", words)), HasSubstr("Secretory endometrium w…"));
  EXPECT_THAT(draw(period("2025-03-02", words), {80, false}),
              HasSubstr("Secretory endometrium..."));
  const std::string digits = "123456789012345678901234567890.10";
  EXPECT_THAT(draw(period("2025-03-02", result("NK", digits, "2025-03-22", day(21))), {40, true}),
              HasSubstr(digits));
}

TEST(Paper, WhatOthersWroteCannotSteerTheTerminal) {
  const Paper paper{80, true};
  EXPECT_EQ(printable("a\x1b[2Jb\nc\td\x7f", paper), "a [2Jb c d");
  EXPECT_EQ(printable("9\u202E1.4\u200B\u2066", paper), "91.4") << "no turning of digits";
  EXPECT_EQ(printable("\u009B31m", paper), "31m") << "the one-byte CSI of C1";
  EXPECT_EQ(printable("TNF-α µ Öz", paper), "TNF-α µ Öz");
  EXPECT_EQ(printable("TNF-α Öz", {80, false}), "TNF-? ?z");
}

TEST(Paper, CountsColumnsNotBytes) {
  EXPECT_EQ(columns_of("Öz"), 2u);
  EXPECT_EQ(columns_of("e\u0301"), 1u);
  EXPECT_EQ(columns_of("細胞"), 4u);
  EXPECT_EQ(padded("Öz", 4), "Öz  ");
  EXPECT_EQ(wrapped("one two  three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefgh ij", 3), (std::vector<std::string>{"abc", "def", "gh", "ij"}));
}

}  // namespace
}  // namespace gateway::app
