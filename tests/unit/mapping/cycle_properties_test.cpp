// Properties of the cycle context over whole ranges of days, dates and offsets.
#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_statement.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

std::string formatted(const char* form, int a, int b, int c) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), form, a, b, c);
  return text.data();
}

struct Date {
  int year, month, day;
  std::string hl7() const { return formatted("%04d%02d%02d", year, month, day); }
  std::string iso() const { return formatted("%04d-%02d-%02d", year, month, day); }
};

/// The calendar by counting on, independent of the one under test.
Date following(Date date) {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  const int length = lengths[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
  if (++date.day <= length) return date;
  date.day = 1;
  if (++date.month <= 12) return date;
  return {date.year + 1, 1, 1};
}

TEST(CycleProperties, EveryDayOfEveryCycleIsCountedOverLeapAndYearBoundaries) {
  const Date starts[] = {{2023, 12, 20}, {2024, 1, 31},  {2024, 2, 15},  {2024, 2, 29},
                         {2025, 2, 15},  {2024, 12, 31}, {1999, 12, 20}, {2000, 2, 28},
                         {2100, 2, 20},  {2025, 3, 30}};
  for (const Date& lmp : starts) {
    Date collected = lmp;
    for (int day = 1; day <= 60; ++day, collected = following(collected)) {
      const CycleContext c = Said(collected.iso()).row("lmp", lmp.hl7()).context();
      ASSERT_EQ(c.day, day) << lmp.iso() << " to " << collected.iso();
      ASSERT_EQ(c.anchor_date, lmp.iso());
    }
    EXPECT_EQ(Said(collected.iso()).row("lmp", lmp.hl7()).context().day, std::nullopt) << "day 61";
  }
}

TEST(CycleProperties, ADrawStaysOnItsLocalDayWhateverHourAndOffset) {
  for (int offset = -12 * 60; offset <= 14 * 60; offset += 15) {
    for (const int minute_of_day : {0, 1, 12 * 60, 23 * 60 + 30, 23 * 60 + 59}) {
      base::PartialTime time;
      time.precision = base::PartialTime::Precision::minute;
      time.year = 2024;
      time.month = 3;
      time.day = 1;
      time.hour = static_cast<unsigned>(minute_of_day / 60);
      time.minute = static_cast<unsigned>(minute_of_day % 60);
      time.offset_minutes = offset;
      Said said;
      said.input.collected = time;
      ASSERT_EQ(said.row("lmp", "20240228").context().day, 3) << offset << " " << minute_of_day;
    }
  }
}

TEST(CycleProperties, EveryStatedDayIsItsOwnTag) {
  for (int day = -5; day <= 70; ++day) {
    const CycleContext c = Said().row("cycle-day", std::to_string(day)).context();
    const bool usable = day >= 1 && day <= 60;
    ASSERT_EQ(c.day, usable ? std::optional(day) : std::nullopt);
    ASSERT_EQ(tags_text(c), usable ? "cycle-day|cd-" + std::to_string(day) : "cycle-day|unknown");
  }
}

TEST(CycleProperties, StatedAndDerivedAgreeExactlyWithinADay) {
  for (int stated = 1; stated <= 60; ++stated) {
    const CycleContext c = Said("2025-03-22")
                               .row("lmp", "20250302")
                               .row("cycle-day", std::to_string(stated))
                               .context();
    const bool agrees = stated >= 20 && stated <= 22;
    ASSERT_EQ(c.day, stated);
    ASSERT_EQ(c.confidence, agrees ? "stated" : "conflicting");
    ASSERT_EQ(c.derived_day, agrees ? std::nullopt : std::optional(21));
  }
}

TEST(CycleProperties, GestationFollowsFromPeriodAndDueDateAlike) {
  Date collected{2024, 1, 10};
  for (int days = 0; days <= 308; ++days, collected = following(collected)) {
    const CycleContext lmp =
        Said(collected.iso()).row("pregnancy-status", "Pregnant").row("lmp", "20240110").context();
    ASSERT_EQ(lmp.gestation_value, std::to_string(days));
    const CycleContext edd = Said(collected.iso()).row("edd", "20241016").context();
    ASSERT_EQ(edd.gestation_value, std::to_string(days)) << "280 days after 2024-01-10";
  }
  const Said late =
      Said(collected.iso()).row("pregnancy-status", "Pregnant").row("lmp", "20240110");
  EXPECT_EQ(late.context().gestation_value, "");
  EXPECT_EQ(late.issues(), std::vector<std::string>{"gestation-implausible"});
}

TEST(CycleProperties, TheSameInputGivesTheSameReading) {
  const Said said = Said().row("cycle-day", "9").row("lmp", "20250302").text("LH+7, mock cycle");
  EXPECT_EQ(said.context(), said.context());
  EXPECT_EQ(said.issues(), said.issues());
}

constexpr std::array counted_kinds{
    "cycle-day",        "lmp",     "lh-plus",      "hcg-plus",      "ovulation-plus", "stim-day",
    "progesterone-day", "et-plus", "estrogen-day", "retrieval-plus"};
constexpr std::array age_kinds{"gestational-age", "edd"};

TEST(CycleProperties, AnAnswerIsUsedOrSaysWhyItIsNot) {
  constexpr std::array values{
      "0",        "1",          "21",       "60",     "61",
      "-1",       "-400",       "401",      "12.5",   "<12",
      "12+",      "12-14",      "about 12", "twelve", "CD 12",
      "LH+7",     "P+5",        "7 dpo",    "9w3d",   "9 wk",
      "9.3",      "20250302",   "20250330", "202503", "2025",
      "20250230", "03/04/2025", "U",        "n/a",    "20240101",
      "20251106", "no idea",    "????",     "é",      "99999999999999999999"};
  const auto is_answered = [](const Said& said, const std::string& text) {
    EXPECT_TRUE(said.context().evidence.size() == 1 || !said.issues().empty() ||
                Said().input.language->is_no_answer(text))
        << said.input.statements[0].kind << " " << text;
  };
  for (const char* text : values) {
    for (const char* kind : counted_kinds) is_answered(Said().row(kind, text), text);
    for (const char* kind : age_kinds) is_answered(Said().row(kind, text), text);
  }
}

/// Statements as laboratories might send them, all kinds in any mixture.
Said any_statements(std::mt19937& random) {
  const auto one_of = [&](const auto& list) { return list[random() % list.size()]; };
  constexpr std::array sources{Source::aoe_obx, Source::aoe_obx, Source::patient_obx,
                               Source::specimen_obx, Source::z_segment};
  constexpr std::array dates{"20250302", "20250303", "20250315",
                             "20250322", "20250330", "20241201"};
  constexpr std::array types{"natural", "HRT", "IVF, mock", "unknown", "irregular"};
  Said said("2025-03-22");
  for (std::size_t i = 1 + random() % 5; i > 0; --i) {
    if (random() % 8 == 0) {
      said.row("cycle-type", one_of(types), one_of(sources));
      continue;
    }
    const std::string kind = one_of(counted_kinds);
    const bool dated = kind == "lmp" || (kind != "cycle-day" && random() % 3 == 0);
    said.row(kind, dated ? one_of(dates) : std::to_string(static_cast<int>(random() % 28) - 2),
             one_of(sources));
  }
  return said;
}

TEST(CycleProperties, WhateverIsSaidTheInvariantsHold) {
  std::mt19937 random(20251129);
  for (int round = 0; round < 6000; ++round) {
    const Said said = any_statements(random);
    const CycleReading reading = said.reading();
    const CycleContext& c = reading.context;
    ASSERT_TRUE(!c.day || (*c.day >= 1 && *c.day <= 60));
    ASSERT_TRUE(!c.derived_day || c.confidence == "conflicting");
    ASSERT_TRUE(!c.offset || *c.offset >= 0 || c.anchor == "lh-surge") << c.anchor;
    ASSERT_TRUE(c.confidence != "conflicting" || !reading.issues.empty());
    ASSERT_EQ(c.source == "none", c.confidence.empty());
    ASSERT_EQ(c.phase.empty(), c.phase_source.empty());
    ASSERT_TRUE(c.source == "none" || !c.evidence.empty());
  }
}

TEST(CycleProperties, TheOrderOfRowsDecidesNothing) {
  std::mt19937 random(20251130);
  for (int round = 0; round < 3000; ++round) {
    Said said = any_statements(random);
    CycleContext first = said.context();
    std::vector<std::string> issues = said.issues();
    std::shuffle(said.input.statements.begin(), said.input.statements.end(), random);
    CycleContext second = said.context();
    std::vector<std::string> others = said.issues();
    for (CycleContext* c : {&first, &second}) {
      std::sort(c->qualifiers.begin(), c->qualifiers.end());
      c->evidence.clear();  // of two that say the same either may be named
    }
    for (auto* list : {&issues, &others}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    ASSERT_EQ(first, second) << "round " << round;
    ASSERT_EQ(issues, others) << "round " << round;
  }
}

}  // namespace
}  // namespace gateway::mapping
