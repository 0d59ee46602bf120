// T3, T10: the texts of an order that is told in several messages. A text lasts until its field is
// sent anew, whatever came of it in the message that brought it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using gateway::mapping::Ledger;
using testing::HasSubstr;
using testing::Not;

/// What a message says of the order beside its result.
struct Told {
  std::string obr13, notes, rows, obr39, results = "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n", behind;
};

const std::string pregnant = "OBX|2|CWE|82810-3^P^LN||77386006^Pregnant^SCT||||||F\n",
                  not_pregnant = "OBX|2|CWE|82810-3^P^LN||60001007^Not pregnant^SCT||||||F\n",
                  day_12 = "OBX|2|NM|107139-8^Day^LN||12||||||F\n",
                  day_12_withdrawn = "OBX|2|NM|107139-8^Day^LN||12||||||W\n",
                  lmp = "OBX|2|DT|8665-2^LMP^LN||20250302||||||F\n",
                  menopause =
                      "OBX|2|ST|aoe-menopausal-status^M^https://immunogate.example/fhir/"
                      "CodeSystem/repro-immuno-observation||postmenopausal||||||F\n";

tests::Converted read(const Told& told, std::size_t n, const char* sender = "LABX|XF") {
  std::string text = message("OBR|1|P1|F1|X^Panel^L|||20250322093000-0500||||||" + told.obr13 +
                             "||||||||||||||||||||||||||" + told.obr39 + "\n" + told.notes +
                             told.results + told.rows + told.behind);
  text.replace(text.find("20250322120000"), 14, "2025032212" + std::to_string(10 + n) + "00");
  return tests::convert(text.replace(text.find("LABX|XF"), 7, sender));
}

/// The result as it stands after these messages.
Json result_after(const std::vector<Told>& messages, const char* code = "8112-5",
                  const char* sender = "LABX|XF") {
  Ledger ledger;
  std::string id;
  std::size_t n = 0;
  for (const Told& told : messages) {
    const auto made = read(told, n++, sender);
    ledger.take(made.conversion.resources, 0);
    for (const Json* result : made.observations(code)) id = (*result)["id"].text();
  }
  EXPECT_TRUE(ledger.right_versions());
  return ledger.at("Observation", id);
}

std::string day(const Json& result) {
  return context(result, "day", "valueInteger");
}
std::string status(const Json& result) {
  return context(result, "status", "valueCode");
}
std::string all_of(const Json& result) {
  return extension_of(result, "cycle-context").write() + result["meta"].write();
}
std::string in_one(const Told& told) {
  return all_of(result_after({told}));
}

TEST(T10, NullInATextTakesBackWhatTheTextSaid) {
  EXPECT_EQ(status(result_after({{"CD 21"}, {"\"\""}})), "unknown");
  EXPECT_EQ(status(result_after({{"CD 21"}, {"\"\""}, {}})), "unknown") << "for good";
  EXPECT_EQ(status(result_after({{.notes = "NTE|1||CD 21\n"}, {.notes = "NTE|1||\"\"\n"}})),
            "unknown");
  EXPECT_EQ(status(result_after({{.obr39 = "^CD 21"}, {.obr39 = "\"\""}})), "unknown");
  EXPECT_EQ(day(result_after({{"CD 21"}, {}})), "21") << "an empty field takes nothing back";
}

TEST(T10, NullInAZFieldTakesBackThatFieldAlone) {
  const auto after = [](const std::string& first, const std::string& second) {
    return result_after({{.behind = first}, {.behind = second}}, "8112-5", "NORTHLIS|NORTHLAB");
  };
  EXPECT_EQ(day(after("ZCY|1|12|20250302|NAT\n", "")), "12");
  EXPECT_EQ(status(after("ZCY|1|12\n", "ZCY|1|\"\"\n")), "unknown");
  EXPECT_EQ(status(after("ZCY|1||20250302\n", "ZCY|1||\"\"\n")), "unknown");
  const Json typed = after("ZCY|1|12||NAT\n", "ZCY|1|\"\"\n");
  EXPECT_EQ(day(typed), "");
  EXPECT_EQ(context(typed, "cycleType", "valueCode"), "natural");
}

TEST(C6, WhatAZSegmentStillSaysIsItsOwn) {
  const Json result =
      result_after({{.rows = day_12, .behind = "ZCY|1|||NAT\n"}, {.rows = day_12_withdrawn}},
                   "8112-5", "NORTHLIS|NORTHLAB");
  EXPECT_EQ(context(result, "cycleType", "valueCode"), "natural");
  EXPECT_EQ(context(result, "source", "valueCode"), "z-segment");
}

TEST(T3, ATextWhoseFieldIsSentAnewSpeaksNoMore) {
  const Json doubtful = result_after({{"CD 21"}, {"CD 20?"}});
  EXPECT_EQ(day(doubtful), "");
  EXPECT_EQ(all_of(doubtful), in_one({"CD 20?"}));
  for (const char* other : {"cycle day unknown", "fasting", "natural cycle"})
    EXPECT_EQ(all_of(result_after({{"CD 21"}, {other}})), in_one({other})) << other;
  EXPECT_EQ(all_of(result_after({{"postmenopausal"}, {"CD 21"}})), in_one({"CD 21"}));
  EXPECT_EQ(all_of(result_after({{"stim day 6"}, {"natural cycle CD 6"}})),
            in_one({"natural cycle CD 6"}));
  const std::string long_one = "CD 21 " + std::string(300, 'x');
  EXPECT_EQ(all_of(result_after({{long_one}, {"fasting"}})), in_one({"fasting"})) << "cut evidence";
}

TEST(T3, NotesAboutTheCycleReplaceEarlierOnesAndARemarkDoesNot) {
  const auto notes = [](const std::string& text) { return Told{.notes = "NTE|1||" + text + "\n"}; };
  EXPECT_EQ(all_of(result_after({notes("CD 21"), notes("CD 20?")})), in_one(notes("CD 20?")));
  EXPECT_EQ(all_of(result_after({notes("postmenopausal"), notes("CD 21")})),
            in_one(notes("CD 21")));
  EXPECT_EQ(status(result_after({notes("CD 21"), notes("cycle day unknown")})), "unknown");
  EXPECT_EQ(status(result_after({notes("LMP 2025-03-02"), notes("last LMP unknown")})), "unknown");
  EXPECT_EQ(day(result_after({notes("CD 21"), notes("Corrected report")})), "21");
  EXPECT_EQ(day(result_after({{"CD 21"}, notes("Corrected report")})), "21");
}

TEST(T3, ATextThatWasNotUsedIsAskedWhenItsBetterSourceGoes) {
  const Json born = result_after({{.obr13 = "CD 21", .rows = pregnant}, {.rows = not_pregnant}});
  EXPECT_EQ(all_of(born), in_one({.obr13 = "CD 21", .rows = not_pregnant}));
  EXPECT_EQ(day(result_after({{.obr13 = "CD 21", .rows = day_12}, {.rows = day_12_withdrawn}})),
            "21");
  EXPECT_EQ(day(result_after(
                {{.obr13 = "CD 21", .rows = day_12}, {.obr13 = "\"\"", .rows = day_12_withdrawn}})),
            "");
}

TEST(C24, ATildeOfDoubtLastsWithItsText) {
  for (const char* doubtful : {"~CD 21", "CD 21~22"}) {
    const Json result =
        result_after({{.obr13 = doubtful, .rows = day_12}, {.rows = day_12_withdrawn}});
    EXPECT_EQ(day(result), "") << doubtful;
  }
}

TEST(T3, ATextOfTheOrderReachesResultsThatComeLater) {
  const std::string mature = "OBX|1|NM|8124-0^NK^LN||3|%|||||F\n";
  EXPECT_EQ(all_of(result_after({{.obr13 = "LH+7", .rows = lmp, .results = mature}, {}})),
            in_one({.obr13 = "LH+7", .rows = lmp}));
  EXPECT_EQ(day(result_after({{.obr13 = "CD 21", .results = ""}, {}})), "21")
      << "a message without results";
}

TEST(T3, ANoteOrObr39ThatResultsRestOnReachesResultsThatComeLater) {
  const std::string mature = "OBX|1|NM|8124-0^NK^LN||3|%|||||F\n";
  for (const Told& text : {Told{.notes = "NTE|1||CD 21\n"}, Told{.obr39 = "^CD 21"},
                           Told{.notes = "NTE|1||LH+7\nNTE|2||natural cycle\n"}}) {
    Told first = text;
    first.results = mature;
    EXPECT_EQ(all_of(result_after({first, {}})), in_one(text));
    EXPECT_EQ(all_of(result_after({first, {.results = ""}, {}})), in_one(text));
    EXPECT_EQ(all_of(result_after({first, {}, {.results = mature}}, "8124-0")), in_one(text))
        << "and is not lost";
  }
  Told first{.notes = "NTE|1||CD 21\n"};
  first.results = mature;
  EXPECT_EQ(day(result_after({first, {.notes = "NTE|1||CD 20\n"}})), "20");
  EXPECT_EQ(day(result_after({first, {.notes = "NTE|1||CD 20\n"}}, "8124-0")), "20")
      << "the result of the first message follows";
  EXPECT_EQ(status(result_after({first, {.notes = "NTE|1||\"\"\n"}, {}})), "unknown");
  Told half{.notes = "NTE|1||CD 21 " + std::string(300, 'x') + "\n"};
  half.results = mature;
  EXPECT_EQ(status(result_after({half, {}})), "unknown") << "half a text is none";
}

TEST(C15, ATreatmentThatATextOfTwoAnchorsNamesStays) {
  const std::string two = "stim day 8, LH+2";
  const Told noted{.notes = "NTE|1||" + two + "\n"};
  EXPECT_EQ(status(result_after({{two}})), "stimulated");
  EXPECT_EQ(all_of(result_after({{two}, {}})), in_one({two}));
  EXPECT_EQ(all_of(result_after({noted, {}, {}})), in_one(noted));
}

TEST(C3, ATextOfOneOrderIsNotToldOfAnother) {
  const std::string other =
      "OBR|2|P2|F2|Y^Panel^L|||20250322093000-0500\n"
      "OBX|1|NM|9728-7^NK^LN||140|/uL|||||F\n";
  EXPECT_EQ(
      status(result_after({{.obr13 = "CD 21", .behind = other}, {.behind = other}}, "9728-7")),
      "unknown");
  EXPECT_EQ(status(result_after({{"CD 21"}, {.behind = other}}, "9728-7")), "unknown");
}

TEST(W1, AnIssueOfATextStaysAsLongAsTheText) {
  const Told age{.rows = "OBX|2|ST|CYC^T^L||natural||||||F\n"};
  EXPECT_THAT(all_of(result_after({{"CD 19-23"}, age})), HasSubstr("cycle-text-ambiguous"));
  EXPECT_THAT(all_of(result_after({{"CD 19-23"}, {"CD 21"}})),
              Not(HasSubstr("cycle-text-ambiguous")));
  EXPECT_THAT(all_of(result_after({{.obr13 = "CD 20", .rows = menopause}, {}})),
              HasSubstr("cycle-day-conflict"));
}

}  // namespace
