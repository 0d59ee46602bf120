// What stands beside a day, an offset or a period and makes it another day's, a plan's, somebody
// else's or a doubtful one (C24, C25, C27).
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"
#include "tests/unit/mapping/cycle_text_support.hpp"

namespace gateway::mapping {
namespace {

using testing::Contains;
using testing::ElementsAre;

void expect_said_and_unused(const char* text) {
  const Said said = Said().text(text);
  EXPECT_EQ(said.context().day, std::nullopt) << text;
  EXPECT_EQ(said.context().offset, std::nullopt) << text;
  EXPECT_EQ(said.context().anchor, "") << text;
  EXPECT_EQ(said.context().phase, "") << text;
  EXPECT_THAT(said.issues(), Contains("cycle-text-ambiguous")) << text;
}

TEST(C24, ADayWithADateBesideItIsTheDayOfThatDate) {
  for (const char* text : {"CD1: 02.03.2025",
                           "CD 1 = 2025-03-02",
                           "Zyklustag 1: 02.03.2025",
                           "1. Zyklustag am 02.03.2025",
                           "día 1 del ciclo: 02.03.2025",
                           "J1 du cycle : 02/03/2025",
                           "CD 21 on 2025-02-22",
                           "CD 21 drawn on 2025-02-22",
                           "22.02.2025: ZT 21",
                           "22.02.2025 ZT 21",
                           "22.02.2025 - ZT 21",
                           "(22.02.2025) CD 21",
                           "siklusun 21. günü (22.02.2025)",
                           "J21 du cycle le 22/02/2025",
                           "CD 21 = 28.03.2025",
                           "CD 21, 22.02.2025",
                           "22.02.2025, CD 21",
                           "sample 22.02.2025, CD 21",
                           "CD 21 [20250222]",
                           "CD 1: 02.03.25",
                           "ZT 21 (22.02.)",
                           "22.02. ZT 21",
                           "CD 21 2025-02-22 09:30",
                           "2025-02-22 09:30 CD 21",
                           "CD 21 on 03/04/2025",
                           "LH+7 on 2025-02-22",
                           "LH+7 (22.02.2025)",
                           "22.02.2025: P+5"})
    expect_said_and_unused(text);
}

TEST(C24, ADateOfTheCollectionOrOfSomethingElseLeavesTheDay) {
  for (const char* text :
       {"2025-03-22 CD 21", "CD 21 (22.03.2025)", "CD 21 = 2025-03-22", "22.03.2025: CD 21",
        "22.03. ZT 21", "CD 21 (22.03.25)", "CD 21 on 03/22/2025", "2025-03-22 09:30 CD 21",
        "laparoscopy 12.01.2025, CD 21", "CD 21, hysteroscopy 12.01.2025", "LMP 02.03.2025, CD 21",
        "LMP 02.03.2025 (CD 21)", "CD 1: 02.03.2025, today CD 21", "CD 21, lab 12345678"})
    EXPECT_EQ(Said().text(text).context().day, 21) << text;
  EXPECT_EQ(Said().text("LMP 02.03.2025 (CD 1)").context().day, 21) << "the period's first day";
  EXPECT_EQ(Said().text("biopsy LH+7 on 2025-03-22").context().offset, 7);
  EXPECT_EQ(Said("").text("CD 21 on 2025-03-22").context().day, std::nullopt)
      << "no collection that the date could be the day of";
}

TEST(C2, ACodedDayWithAnotherDateIsNoDay) {
  const Said said = Said().row("cycle-day", "CD 1 = 2025-03-02");
  EXPECT_EQ(said.context().day, std::nullopt);
  EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous"));
  EXPECT_EQ(Said().row("cycle-day", "CD 21 = 2025-03-22").context().day, 21);
}

TEST(C2, ACodedDayOrOffsetWithAYearlessDateIsNone) {
  for (const char* text : {"CD 1 02/03", "CD 1 (2/3)", "day 1 02.03", "1 (02/03)"}) {
    const CycleReading reading = Said().row("cycle-day", text).reading();
    EXPECT_FALSE(reading.context.day) << text;
    EXPECT_EQ(Said().row("cycle-day", text).issues(),
              std::vector<std::string>{"cycle-text-ambiguous"})
        << text;
  }
  for (const char* text : {"LH+0 (15/03)", "LH+0 = 15.03", "+0 (15/03)"})
    EXPECT_FALSE(Said().row("lh-plus", text).context().offset) << text;
  EXPECT_EQ(Said().row("cycle-day", "CD 21 (22/03)").context().day, 21);
  EXPECT_EQ(Said().row("lh-plus", "LH+7 = 22/03").context().offset, 7);
}

TEST(C28, TheOrderOfTheProfileTellsDayAndMonthOfAYearlessDateToo) {
  const auto day = [](const char* order) {
    Said said("2025-03-02T09:30:00+01:00");
    said.input.date_order = order;
    return said.text("CD 1 = 02/03").context().day;
  };
  EXPECT_EQ(day("dmy"), 1);
  EXPECT_FALSE(day("mdy"));
  EXPECT_FALSE(day(""));
}

TEST(C24, ThePeriodButOneIsNotTheLast) {
  for (const char* text : {"avant-dernières règles 02.02.2025", "penúltima FUM 02.02.2025",
                           "penultimate LMP 2025-02-02", "vorletzte Regel 02.02.2025",
                           "avant dernières règles 02.02.2025"})
    EXPECT_EQ(Said().text(text).context().day, std::nullopt) << text;
}

TEST(C24, APlanInTurkishIsNoDay) {
  for (const char* text :
       {"siklusun 21. günü kan alınsın", "siklusun 21. günü kan verecek",
        "siklusun 21. günü biyopsi planı", "adetin 21. günü kan vermesi gerekiyor",
        "siklusun 21. günü kan alınmalı"})
    expect_said_and_unused(text);
}

TEST(C24, ADoubtReachesToTheEndOfItsClause) {
  for (const char* text :
       {"CD 21, not sure", "CD 21, or 22", "CD 21, wrong", "LMP 2025-03-02 (not sure)",
        "LMP 2025-03-02 or earlier", "LMP 2025-03-02/05", "LMP 2025-03-02 - 05",
        "LMP 2025-03-02, not sure", "LH+7, not sure", "LH+7, or 8", "ZT 21, nicht sicher",
        "ZT 21, oder 22", "siklusun 21. günü, emin değil", "día 21 del ciclo, no está segura",
        "día 21 del ciclo, o 22", "J21 du cycle, pas sûre", "J21 du cycle, ou 22",
        "CD 21, perhaps"})
    expect_said_and_unused(text);
  EXPECT_EQ(read("CD 21; not sure about the medication").day.value, 21);
  EXPECT_EQ(read("CD 21. Not sure why she was sent.").day.value, 21);
  EXPECT_EQ(read("LMP unknown, CD 21").day.value, 21);
  EXPECT_EQ(read("3 or more miscarriages, CD 21").day.value, 21);
}

TEST(C24, AnOffsetOfAnotherSampleOrEventIsNone) {
  for (const char* text : {"previous biopsy LH+7", "letzte Biopsie LH+7", "biopsia previa LH+7",
                           "compared to LH+7", "P+5 yesterday", "FET on P+5", "FET P+5", "ET P+5",
                           "ET on P+5", "frozen transfer on P+5", "embryo transfer P+5"})
    expect_said_and_unused(text);
  for (const char* text : {"FET cycle, P+5", "FET cycle P+5", "mock transfer P+5", "HRT P+5",
                           "vaginal progesterone P+5", "donor egg, P+5", "EMB on P+5 for histology",
                           "P+5, EMB", "endometrial biopsy P+5"})
    EXPECT_EQ(Said().text(text).context().offset, 5) << text;
}

TEST(C24, AStartOfAStimulationIsNoDayOfIt) {
  for (const char* text :
       {"start stimulation day 2", "stimulation day 3 start", "stimulation day 3 started"})
    expect_said_and_unused(text);
  EXPECT_EQ(Said().text("IVF stim day 8").context().offset, 8);
}

TEST(C24, ACycleOfSomebodyElseIsNotThePatients) {
  for (const char* text :
       {"donor CD 21", "CD 21 of the donor", "donor stim day 8", "LMP 2025-03-02 (sister)",
        "CD 21, sister", "sister, CD 21", "CD 21 (donor)", "sister on CD 21"})
    expect_said_and_unused(text);
  EXPECT_EQ(Said().text("donor LMP 2025-03-02").context().day, std::nullopt);
  EXPECT_EQ(Said().text("donor egg cycle, LMP 02.03.2025").context().day, 21);
  EXPECT_EQ(Said().text("CD 21, husband azoospermic").context().day, 21);
}

TEST(C27, ACountIsNoOffset) {
  for (const char* text : {"OPU+12 eggs", "ET +2 embryos", "OPU +12 oocytes"})
    expect_said_and_unused(text);
}

TEST(C22, ARepeatedLossIsNoRepeatOfTheSample) {
  for (const char* text :
       {"repeated implantation failure, CD 21", "Repeated miscarriage, CD 21",
        "abortos de repetición, día 21 del ciclo", "fausses couches à répétition, J21 du cycle"})
    EXPECT_EQ(read(text).day.value, 21) << text;
  EXPECT_EQ(all_in("repeat CD 21"), "");
}

TEST(C22, ADayIsReadInTheOrderThatPeopleWriteIt) {
  for (const char* text : {"cycle day number 21", "day of cycle 21", "21st day of cycle",
                           "21st day of the menstrual cycle", "Jour du cycle : 21",
                           "Mid-luteal CD 21", "ZT 21 bei 28-Tage-Zyklus"})
    EXPECT_EQ(read(text).day.value, 21) << text;
}

}  // namespace
}  // namespace gateway::mapping
