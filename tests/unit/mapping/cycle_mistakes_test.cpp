// The clinical mistakes of DOMAIN.md §12 that the cycle can make, by their numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::Contains;
using testing::ElementsAre;

TEST(ClinicalMistake10, HistologicDay21IsNoCycleDay) {
  for (const char* text : {"Noyes: POD 7 (day 21)", "day 21 pattern", "dated as cycle day 21"})
    EXPECT_EQ(Said().text(text, Source::text_nte).context().day, std::nullopt) << text;
}

TEST(ClinicalMistake11, StimulationProgesteroneAndTransferDaysAreNoCycleDays) {
  for (const char* kind : {"stim-day", "progesterone-day", "estrogen-day", "et-plus", "hcg-plus",
                           "retrieval-plus", "ovulation-plus", "lh-plus"}) {
    const CycleContext c = Said().row(kind, "5").context();
    EXPECT_EQ(c.day, std::nullopt) << kind;
    EXPECT_EQ(c.offset, 5) << kind;
  }
  for (const char* text : {"stim day 8", "P+5", "ET+5", "progesterone day 5", "Stimulationstag 8"})
    EXPECT_EQ(Said().text(text).context().day, std::nullopt) << text;
}

TEST(ClinicalMistake12, LutealIsNeverAssumedFromADayNumberOrARange) {
  for (int day = 1; day <= 60; ++day) {
    const CycleContext c = Said().row("cycle-day", std::to_string(day)).context();
    EXPECT_EQ(c.phase, "") << day;
    EXPECT_EQ(tags_text(c), "cycle-day|cd-" + std::to_string(day));
  }
  EXPECT_EQ(Said().text("Luteal: 5-25 ng/mL", Source::text_nte).context().phase, "");
}

TEST(ClinicalMistake13, TheDayIsCountedInLocalDatesNotInUtc) {
  EXPECT_EQ(Said("2025-03-22T23:30:00-05:00").row("lmp", "20250302").context().day, 21);
  EXPECT_EQ(Said("2025-03-22T00:15:00+03:00").row("lmp", "20250302").context().day, 21);
}

TEST(ClinicalMistake14, NegativeZeroAndEndlessDaysAreNotUsed) {
  for (const char* day : {"-1", "0", "900", "61"}) {
    const Said said = Said().row("cycle-day", day);
    EXPECT_EQ(said.context().day, std::nullopt) << day;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-day-implausible"));
  }
  EXPECT_EQ(Said("2025-03-22").row("lmp", "20220910").context().day, std::nullopt);
  EXPECT_EQ(Said("2025-03-22").row("lmp", "20250323").context().day, std::nullopt);
}

TEST(ClinicalMistake15, PregnancyHasNoCycleDayAndItsAgeIsNotOffByOne) {
  const CycleContext c =
      Said("2025-10-03").row("pregnancy-status", "Pregnant").row("lmp", "20250813").context();
  EXPECT_EQ(c.day, std::nullopt);
  EXPECT_EQ(c.gestation_value, "51");
}

TEST(ClinicalMistake16, ATreatedPostmenopausalPatientKeepsHerProgesteroneTiming) {
  const CycleContext c =
      Said().text("postmenopausal, donor egg, P+5").row("lmp", "20250312").context();
  EXPECT_EQ(c.status, "medicated");
  EXPECT_EQ(c.anchor, "progesterone-start");
  EXPECT_EQ(c.offset, 5);
  EXPECT_EQ(c.phase, "progesterone-exposed");
  EXPECT_THAT(c.qualifiers, Contains("postmenopausal"));
  EXPECT_THAT(c.qualifiers, Contains("donor-egg"));
}

TEST(ClinicalMistake17, TimingIsNotCarriedFromOneSpecimenToAnother) {
  const Said biopsy = Said().row("lh-plus", "7", Source::specimen_obx);
  const Said blood = Said();
  EXPECT_EQ(biopsy.context().anchor, "lh-surge");
  EXPECT_EQ(blood.context(), CycleContext{}) << "nothing outlives a call";
}

TEST(ClinicalMistake18, APartnersSampleHasNoCycle) {
  Said partner;
  partner.row("cycle-day", "21").row("lmp", "20250302").text("LH+7 natural cycle luteal phase");
  partner.input.male = true;
  const CycleContext c = partner.context();
  EXPECT_EQ(c.status, "not-applicable");
  EXPECT_EQ(c.source, "none");
  EXPECT_EQ(tags_text(c), "cycle-day|not-applicable");
  EXPECT_EQ(c.anchor + c.cycle_type + c.phase + c.lmp_date, "");
}

TEST(ClinicalMistake19, DayThreeOfTheNextCycleOrOfADrugIsNotTaken) {
  for (const char* text : {"repeat on day 3 of next cycle", "day 3 of the following cycle",
                           "prednisolone started on day 3 of cycle", "ZT 3 im nächsten Zyklus",
                           "sonraki siklus günü 3"})
    EXPECT_EQ(Said().text(text).context().day, std::nullopt) << text;
}

TEST(ClinicalMistake20, AConflictBetweenDayAndPeriodIsShown) {
  const Said said = Said().row("cycle-day", "12").row("lmp", "20250302");
  EXPECT_EQ(said.context().confidence, "conflicting");
  EXPECT_EQ(said.context().derived_day, 21);
  EXPECT_THAT(said.issues(), ElementsAre("cycle-day-conflict"));
}

TEST(ClinicalMistake32, NaturalKillerIsNoNaturalCycleAndFailedIvfNoStimulation) {
  for (const char* text : {"natural killer cells", "Natural Killer panel, cycle unknown",
                           "3 failed IVF", "3 failed IVF cycles", "history of IVF"}) {
    EXPECT_EQ(Said().text(text).context(), CycleContext{}) << text;
    EXPECT_EQ(Said().row("cycle-type", text).context().cycle_type, "") << text;
  }
}

}  // namespace
}  // namespace gateway::mapping
