// Rules of DOMAIN.md §6 where two statements meet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(C13, DaysAndDateOfOneAnchorJoin) {
  Said counted("2025-03-22");
  counted.row("lh-plus", "7").row("lh-plus", "20250315");
  EXPECT_EQ(counted.context().offset, 7);
  EXPECT_EQ(counted.context().anchor_date, "2025-03-15");
  EXPECT_THAT(counted.issues(), IsEmpty());
  Said progesterone("2025-03-22");
  progesterone.row("progesterone-day", "20250317").row("progesterone-day", "5");
  EXPECT_EQ(progesterone.context().offset, 5);
  EXPECT_EQ(progesterone.context().anchor_date, "2025-03-17");
  EXPECT_EQ(progesterone.context().phase, "progesterone-exposed");
  Said differ("2025-03-22");
  differ.row("lh-plus", "5").row("lh-plus", "20250315");
  EXPECT_EQ(differ.context().anchor, "");
  EXPECT_THAT(differ.issues(), ElementsAre("cycle-day-conflict"));
}

TEST(C13, ADateLongAgoIsStillTheDateThatWasSaid) {
  const Said said = Said("2025-03-22").row("et-plus", "20250101");
  EXPECT_EQ(said.context().offset, 80);
  EXPECT_EQ(said.context().anchor_date, "2025-01-01");
  EXPECT_THAT(said.issues(), IsEmpty());
  EXPECT_EQ(Said("2025-03-22").row("lh-plus", "20250101").context().phase, "")
      << "a phase has its days";
}

TEST(C14, APeriodOfAnotherRankThatDisagreesIsAConflictBesideAStatedDay) {
  Said said("2025-03-22");
  said.row("cycle-day", "21").row("lmp", "20250302").row("lmp", "20250310", Source::z_segment);
  EXPECT_EQ(said.context().day, 21);
  EXPECT_EQ(said.context().confidence, "conflicting");
  EXPECT_EQ(said.context().derived_day, std::nullopt) << "the derived day agrees";
  EXPECT_THAT(said.issues(), ElementsAre("cycle-day-conflict"));
}

TEST(C18, WhoSaysPregnantAndNotPregnantIsNeverBelievedInSilence) {
  for (const bool pregnant_first : {true, false}) {
    Said said("2025-03-22");
    said.row("pregnancy-status", "", Source::aoe_obx, pregnant_first ? "77386006" : "60001007");
    said.row("pregnancy-status", "", Source::aoe_obx, pregnant_first ? "60001007" : "77386006");
    said.row("lmp", "20250202");
    EXPECT_EQ(said.context().status, "pregnant") << "whatever the order of rows";
    EXPECT_EQ(said.context().day, std::nullopt);
    EXPECT_EQ(said.context().confidence, "conflicting");
    EXPECT_THAT(said.issues(), ElementsAre("pregnancy-cycle-conflict"));
  }
  Said ranked("2025-03-22");
  ranked.row("pregnancy-status", "", Source::aoe_obx, "60001007").row("lmp", "20250202");
  ranked.row("pregnancy-status", "", Source::patient_obx, "77386006");
  EXPECT_EQ(ranked.context().day, 49) << "the order's own answer goes before the patient's";
  EXPECT_EQ(ranked.context().confidence, "conflicting");
  EXPECT_THAT(ranked.issues(), ElementsAre("pregnancy-cycle-conflict"));
}

TEST(C19, TwoStatedGestationsOverAWeekApartAreAConflict) {
  Said said("2025-03-22");
  said.row("gestational-age", "9w3d").row("gestational-age", "12w3d");
  EXPECT_EQ(said.context().confidence, "conflicting");
  EXPECT_THAT(said.issues(), ElementsAre("gestation-conflict"));
  Said dates("2025-03-22");
  dates.row("edd", "20251010").row("edd", "20251110");
  EXPECT_EQ(dates.context().confidence, "conflicting");
  EXPECT_THAT(dates.issues(), ElementsAre("gestation-conflict"));
  Said near("2025-03-22");
  near.row("gestational-age", "9w3d").row("gestational-age", "9w5d");
  EXPECT_EQ(near.context().confidence, "stated");
}

TEST(C25, TwoDaysInATextAreNoDayWhateverItsPeriodSays) {
  Said said("2025-03-22");
  said.text("CD 12 or 14, LMP 2025-03-09");
  EXPECT_EQ(said.context().day, std::nullopt);
  EXPECT_EQ(said.context().anchor_date, "2025-03-09");
  EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous"));
}

TEST(C29, QualifiersOfSeveralAnswersAreAllKept) {
  Said said;
  said.row("cycle-type", "HRT, mock").row("cycle-type", "irregular");
  said.row("cycle-type", "donor egg", Source::z_segment);
  EXPECT_THAT(said.context().qualifiers, ElementsAre("mock", "irregular"))
      << "of the first rank that has one";
  const CycleContext coded =
      Said().row("cycle-type", "HRT, mock", Source::aoe_obx, "medicated").context();
  EXPECT_EQ(coded.cycle_type, "medicated");
  EXPECT_THAT(coded.qualifiers, ElementsAre("mock"));
}

}  // namespace
}  // namespace gateway::mapping
