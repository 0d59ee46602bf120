// C5, C13–C15: several anchors of one sample.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(C14, OneAnchorOfTwoRanksThatDisagreeIsAConflict) {
  for (const char* kind : {"lh-plus", "hcg-plus", "ovulation-plus", "progesterone-day",
                           "estrogen-day", "stim-day", "retrieval-plus", "et-plus"}) {
    for (int second = 3; second <= 11; ++second) {
      Said said;
      said.row(kind, std::to_string(second), Source::z_segment).row(kind, "7");
      const bool agrees = second >= 6 && second <= 8;
      const CycleContext c = said.context();
      EXPECT_EQ(c.offset, 7) << kind << ": the first rank stands";
      EXPECT_EQ(c.source, "aoe-obx");
      EXPECT_EQ(c.confidence, agrees ? "stated" : "conflicting") << kind << second;
      EXPECT_EQ(said.issues().size(), agrees ? 0U : 1U) << kind << second;
    }
  }
  Said dates("2025-03-22");
  dates.row("lh-plus", "5").row("lh-plus", "20250315", Source::specimen_obx);
  EXPECT_EQ(dates.context().offset, 5);
  EXPECT_EQ(dates.context().anchor_date, "") << "it is the date of another day";
  EXPECT_EQ(dates.context().confidence, "conflicting");
  EXPECT_THAT(dates.issues(), ElementsAre("cycle-day-conflict"));
  Said day = dates;
  day.row("cycle-day", "20");
  EXPECT_EQ(day.context().confidence, "conflicting") << "whatever the source of the day";
}

TEST(C14, TwoValuesOfOneAnchorAndRankAreNoneAndNobodyElseDecides) {
  Said said;
  said.row("lh-plus", "5").row("lh-plus", "7").row("lh-plus", "7", Source::z_segment);
  said.text("LH+7");
  EXPECT_EQ(said.context().anchor, "") << "neither a lower rank nor a text";
  EXPECT_THAT(said.issues(), ElementsAre("cycle-day-conflict"));
  said.row("progesterone-day", "3");
  EXPECT_EQ(said.context().anchor, "progesterone-start") << "another anchor is another statement";
}

TEST(C14, AnAnchorBeforeTheBleedingOfItsCycleIsAConflict) {
  for (const char* kind : {"lh-plus", "hcg-plus", "ovulation-plus"})
    for (int offset = 0; offset <= 30; ++offset)
      for (const bool stated : {true, false}) {
        Said said("2025-03-22");
        said.row(kind, std::to_string(offset));
        if (stated)
          said.row("cycle-day", "21", Source::z_segment);
        else
          said.row("lmp", "20250302", Source::z_segment);  // day 21
        const CycleContext c = said.context();
        EXPECT_EQ(c.day, 21) << "both stay";
        EXPECT_EQ(c.offset, offset);
        EXPECT_EQ(c.confidence, offset > 20 ? "conflicting" : stated ? "stated" : "derived");
        EXPECT_EQ(said.issues().size(), offset > 20 ? 1U : 0U) << kind << offset;
      }
  Said text("2025-03-22");
  text.row("lmp", "20250302").text("LH+25");
  EXPECT_THAT(text.issues(), IsEmpty()) << "free text takes no part";
  Said frozen("2025-03-22");
  frozen.row("lmp", "20250302").row("retrieval-plus", "60").row("et-plus", "2");
  EXPECT_THAT(frozen.issues(), IsEmpty()) << "eggs of an earlier cycle";
  Said pregnant("2025-03-22");
  pregnant.row("lmp", "20250302").row("lh-plus", "30").row("gestational-age", "2w6d");
  EXPECT_THAT(pregnant.context().confidence, "stated");
}

TEST(C14, AnchorsThatTellDifferentOvulationsAreAConflict) {
  for (int trigger = 0; trigger <= 14; ++trigger) {
    Said said;
    said.row("lh-plus", "7").row("hcg-plus", std::to_string(trigger), Source::specimen_obx);
    const bool agree = trigger >= 4 && trigger <= 10;
    EXPECT_EQ(said.context().anchor, "lh-surge");
    EXPECT_EQ(said.context().confidence, agree ? "stated" : "conflicting") << trigger;
    EXPECT_EQ(said.issues().size(), agree ? 0U : 1U) << trigger;
  }
  Said other;
  other.row("lh-plus", "7").row("progesterone-day", "5").row("et-plus", "2");
  EXPECT_THAT(other.issues(), IsEmpty());
}

TEST(C15, AnAnchorBesideTheOneThatIsNamedIsNotLost) {
  Said replaced;
  replaced.row("estrogen-day", "18").row("progesterone-day", "5");
  EXPECT_EQ(replaced.context().status, "medicated");
  EXPECT_THAT(replaced.context().evidence, ElementsAre("Observation/c2", "Observation/c1"));
  for (const bool first : {true, false}) {
    Said both;
    if (first) both.row("stim-day", "16");
    both.row("progesterone-day", "3");
    if (!first) both.row("stim-day", "16");
    const CycleContext c = both.context();
    EXPECT_EQ(c.status, "stimulated") << "the first that holds";
    EXPECT_EQ(c.anchor, "progesterone-start") << "mistake 16: its timing stays";
    EXPECT_EQ(c.offset, 3);
    EXPECT_EQ(c.evidence.size(), 2U);
    EXPECT_THAT(both.issues(), IsEmpty());
    ContextInput update = Said("").input;
    EXPECT_EQ(merged({c, {}, {}}, update).context.status, "stimulated") << "an update keeps it";
    update.retracted.push_back({"stim-day", first ? "Observation/c1" : "Observation/c2"});
    EXPECT_EQ(merged({c, {}, {}}, update).context.status, "medicated");
    EXPECT_EQ(merged({c, {}, {}}, update).context.offset, 3);
  }
  Said ranks;
  ranks.row("stim-day", "9").row("progesterone-day", "3", Source::z_segment);
  EXPECT_EQ(ranks.context().anchor, "stimulation-start") << "the nearer source";
  EXPECT_THAT(ranks.context().evidence, ElementsAre("Observation/c1", "ZCY-2"));
}

TEST(C14, DaysAndDateOfAStartMayDifferByTheDayThatClinicsCountDifferently) {
  for (int day = 0; day <= 10; ++day) {
    Said said("2025-03-22");
    said.row("progesterone-day", std::to_string(day)).row("progesterone-day", "20250317");
    const bool agree = day == 5 || day == 6;  // P+0 or P+1 on the 17th
    EXPECT_EQ(said.context().anchor, agree ? "progesterone-start" : "") << day;
    EXPECT_EQ(said.context().anchor_date, agree ? "2025-03-17" : "");
    EXPECT_EQ(said.issues().size(), agree ? 0U : 1U) << day;
    Said ranks("2025-03-22");
    ranks.row("progesterone-day", std::to_string(day));
    ranks.row("progesterone-day", "20250317", Source::z_segment);
    EXPECT_EQ(ranks.context().offset, day);
    EXPECT_EQ(ranks.context().confidence, day >= 4 && day <= 7 ? "stated" : "conflicting") << day;
    EXPECT_EQ(ranks.context().anchor_date, agree ? "2025-03-17" : "")
        << "C5: the date fills what the first source leaves open";
  }
}

TEST(C13, OnlyAnLhSurgeMayLieBehindTheSample) {
  for (const char* kind : {"hcg-plus", "ovulation-plus", "progesterone-day", "estrogen-day",
                           "stim-day", "retrieval-plus", "et-plus"})
    for (const char* value : {"-1", "-3", "- 2", "20250323", "20250401"}) {
      Said said("2025-03-22");
      said.row(kind, value);
      EXPECT_EQ(said.context(), CycleContext{}) << kind << value;
      EXPECT_THAT(said.issues(), ElementsAre("cycle-day-implausible")) << kind << value;
      said.row(kind, "4", Source::z_segment);
      EXPECT_EQ(said.context().offset, 4) << "the next source is tried";
    }
  EXPECT_EQ(Said("2025-03-22").row("lh-plus", "-3").context().offset, -3);
  const CycleContext surge = Said("2025-03-22").row("lh-plus", "20250325").context();
  EXPECT_EQ(surge.offset, -3);
  EXPECT_THAT(tags_text(surge), testing::HasSubstr("lh-minus-3"));
  for (const char* kind : {"progesterone-day", "stim-day", "et-plus", "hcg-plus"})
    EXPECT_EQ(Said("2025-03-22").row(kind, "20250322").context().anchor_date, "2025-03-22") << kind;
}

TEST(C10, ADateOfAnAnchorWithoutItsDayIsImprecise) {
  for (const char* value : {"202503", "2025", "2025-03"}) {
    Said said("2025-03-22");
    said.row("et-plus", value);
    EXPECT_EQ(said.context(), CycleContext{}) << value;
    EXPECT_THAT(said.issues(), ElementsAre("lmp-imprecise")) << value;
  }
}

TEST(C14, TypesAndPhasesOfTwoSourcesThatDifferAreSaid) {
  Said ranks;
  ranks.row("cycle-type", "natural").row("cycle-type", "HRT", Source::z_segment);
  EXPECT_EQ(ranks.context().cycle_type, "natural");
  EXPECT_EQ(ranks.context().confidence, "conflicting");
  EXPECT_THAT(ranks.issues(), ElementsAre("cycle-day-conflict"));
  Said same;
  same.row("cycle-type", "natural").row("cycle-type", "IVF").text("HRT");
  EXPECT_EQ(same.context().cycle_type, "") << "neither, and no text decides";
  EXPECT_EQ(same.context().status, "unknown");
  EXPECT_THAT(same.issues(), ElementsAre("cycle-day-conflict"));
  Said unknown;
  unknown.row("cycle-type", "unknown").row("cycle-type", "natural", Source::z_segment);
  EXPECT_EQ(unknown.context().cycle_type, "natural");
  EXPECT_THAT(unknown.issues(), IsEmpty());
  Said phases;
  phases.row("cycle-phase", "luteal").row("cycle-phase", "follicular", Source::z_segment);
  EXPECT_EQ(phases.context().phase, "luteal");
  EXPECT_EQ(phases.context().confidence, "conflicting");
  Said two;
  two.row("cycle-phase", "luteal").row("cycle-phase", "follicular").row("lh-plus", "7");
  EXPECT_EQ(two.context().phase + two.context().phase_source, "lutealanchor")
      << "of two stated ones none";
  EXPECT_THAT(two.issues(), ElementsAre("cycle-day-conflict"));
}

}  // namespace
}  // namespace gateway::mapping
