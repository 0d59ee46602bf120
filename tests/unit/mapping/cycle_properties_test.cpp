// Properties of the cycle context over whole ranges of days, dates and offsets.
#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

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

}  // namespace
}  // namespace gateway::mapping
