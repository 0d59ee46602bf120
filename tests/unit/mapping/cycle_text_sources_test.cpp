// What a text says beside rows that are coded: days of a dated start, a pregnancy (C5, C14, C18).
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
using testing::IsEmpty;

TEST(C5, DaysInATextFillTheDateOfTheirAnchor) {
  for (const char* start : {"20250317", "2025-03-18"}) {  // counted from 0, and from 1
    const Said said = Said().row("progesterone-day", start).text("biopsy P+5");
    EXPECT_EQ(said.context().anchor, "progesterone-start") << start;
    EXPECT_EQ(said.context().offset, 5) << start;
    EXPECT_NE(said.context().anchor_date, "") << start;
    EXPECT_EQ(said.context().phase, "progesterone-exposed") << start;
    EXPECT_EQ(said.context().source, "aoe-obx") << start;
    EXPECT_EQ(said.context().confidence, "stated") << start;
    EXPECT_THAT(said.context().evidence, ElementsAre("Observation/c1", "OBR-13: biopsy P+5"));
    EXPECT_THAT(said.issues(), IsEmpty()) << start;
  }
  const Said stim = Said().row("stim-day", "20250315").text("stim day 8");
  EXPECT_EQ(stim.context().offset, 8);
}

TEST(C5, DaysInATextThatDoNotFitTheDateAreAConflict) {
  for (const char* start : {"20250316", "20250319", "20250322"}) {
    const Said said = Said().row("progesterone-day", start).text("P+5");
    EXPECT_EQ(said.context().offset, std::nullopt) << start;
    EXPECT_EQ(said.context().phase, "") << start << ": no phase of a start alone";
    EXPECT_EQ(said.context().confidence, "conflicting") << start;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-day-conflict")) << start;
  }
}

TEST(C5, ATextOfAnotherAnchorOrInDoubtFillsNothing) {
  for (const char* text : {"LH+5", "plan P+5", "P+5 or 6", "P+5?", "FET on P+5"}) {
    const Said said = Said().row("progesterone-day", "20250317").text(text);
    EXPECT_EQ(said.context().offset, std::nullopt) << text;
    EXPECT_EQ(said.context().confidence, "stated") << text;
  }
  EXPECT_EQ(Said().row("progesterone-day", "4").text("P+5").context().offset, 4)
      << "C14: free text takes no part where a row speaks";
}

TEST(C18, ATextThatSaysPregnantLeavesNoDayOfACodedPeriod) {
  const Said said = Said().row("lmp", "20250201").text("7 weeks pregnant");
  const CycleContext context = said.context();
  EXPECT_EQ(context.day, std::nullopt);
  EXPECT_EQ(context.anchor, "");
  EXPECT_EQ(context.lmp_date, "2025-02-01") << "the period itself stays";
  EXPECT_EQ(context.status, "unknown") << "C18: no text makes anybody pregnant";
  EXPECT_EQ(context.gestation_value, "") << "and none gives her weeks";
  EXPECT_EQ(context.phase, "");
  EXPECT_EQ(tags_text(context), "cycle-day|unknown");
  EXPECT_THAT(context.evidence, Contains("OBR-13: 7 weeks pregnant"));
  EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous"));
}

TEST(C18, AnOldPeriodInATextThatSaysPregnantIsNotImplausible) {
  const Said said = Said().text("Schwanger, 14. SSW, letzte Regel 14.12.2024");
  EXPECT_EQ(said.context().lmp_date, "2024-12-14");
  EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous"));
}

TEST(C20, ACodedDayBesideATextThatSaysPregnantIsAConflict) {
  const Said said = Said().row("cycle-day", "21").text("enceinte de 7 SA", Source::text_nte);
  EXPECT_EQ(said.context().day, std::nullopt);
  EXPECT_THAT(said.issues(), Contains("pregnancy-cycle-conflict"));
}

TEST(C18, ACodedAnswerGoesBeforeATextAboutPregnancy) {
  Said denied = Said().text("pregnant").row("cycle-day", "21");
  EXPECT_EQ(denied.row("pregnancy-status", "Not pregnant").context().day, 21);
  Said stated = Said().text("7 weeks pregnant, LMP 2025-02-01");
  stated.row("pregnancy-status", "Pregnant");
  EXPECT_EQ(stated.context().status, "pregnant");
  EXPECT_EQ(stated.context().gestation_value, "49") << "C19, from the period of the text";
}

TEST(C18, APregnancyInATextLastsAsLongAsTheTextStands) {
  const Said first = Said().text("7 weeks pregnant, LMP 2025-02-01");
  const CycleContext now = first.context();
  const auto later = merged({now, first.input.collected, {}}, Said().row("lmp", "20250201").input);
  EXPECT_EQ(later.context.day, std::nullopt);
  const auto denied = merged({now, first.input.collected, {}},
                             Said().row("pregnancy-status", "Not pregnant").input);
  EXPECT_EQ(denied.context.day, 50) << "somebody said that she is not, and the period stands";
}

TEST(C27, AnIssueSaysWhyATypeIsNotRead) {
  EXPECT_THAT(Said().text("IVF cycle cancelled").issues(), ElementsAre("cycle-text-ambiguous"));
  EXPECT_THAT(Said().text("natural vs HRT").issues(), ElementsAre("cycle-text-ambiguous"));
  EXPECT_THAT(Said().text("IVF cycle cancelled").row("cycle-type", "natural").issues(), IsEmpty());
}

TEST(CycleText, KnowsANoteAboutTheCycleByItsWords) {
  for (const char* text : {"CD 20?", "cycle day unknown", "Zyklustag unklar", "siklus bilinmiyor",
                           "ciclo irregular", "DDR inconnue", "LH surge not seen", "pregnant"})
    EXPECT_TRUE(is_about_cycle(language(), text)) << text;
  for (const char* text : {"Corrected report", "heparin tube haemolysed", "", "Probe hämolytisch",
                           "numune hemolizli", "muestra hemolizada", "natural killer cells 12 %"})
    EXPECT_FALSE(is_about_cycle(language(), text)) << text;
}

}  // namespace
}  // namespace gateway::mapping
