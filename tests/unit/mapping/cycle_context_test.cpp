#include "gateway/mapping/cycle_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CycleContext, IsUnknownWhenNothingIsSaid) {  // C16
  const CycleReading reading = Said().reading();
  EXPECT_EQ(reading.context, CycleContext{});
  EXPECT_EQ(reading.context.status, "unknown");
  EXPECT_EQ(reading.context.source, "none");
  EXPECT_EQ(tags_text(reading.context), "cycle-day|unknown");
  EXPECT_THAT(reading.issues, IsEmpty());
}

TEST(CycleContext, ReadsEverySample) {
  CycleContext c = Said("2025-03-22T09:30:00-05:00").row("lmp", "20250302").context();  // 01
  EXPECT_EQ(c.day, 21);
  EXPECT_EQ(c.source, "derived-lmp");
  EXPECT_EQ(c.confidence, "derived");
  EXPECT_EQ(c.anchor, "lmp");
  EXPECT_EQ(c.anchor_date, "2025-03-02");
  EXPECT_EQ(c.phase, "");
  EXPECT_EQ(c.status, "known");
  EXPECT_THAT(c.evidence, ElementsAre("Observation/c1"));
  EXPECT_EQ(tags_text(c), "cycle-day|cd-21 cycle-anchor|lmp");

  c = Said("2025-03-07")
          .text("Sample drawn on day 3 of cycle. Heparin tube.", Source::text_nte)
          .context();  // 02
  EXPECT_EQ(c.day, 3);
  EXPECT_EQ(c.source, "text-nte");
  EXPECT_EQ(c.confidence, "parsed-text");

  c = Said("2025-04-01").row("lh-plus", "7").context();  // 03
  EXPECT_EQ(c.day, std::nullopt);
  EXPECT_EQ(c.anchor, "lh-surge");
  EXPECT_EQ(c.offset, 7);
  EXPECT_EQ(c.phase, "luteal");
  EXPECT_EQ(c.phase_source, "anchor");
  EXPECT_EQ(c.source, "aoe-obx");
  EXPECT_EQ(tags_text(c), "cycle-day|unknown cycle-anchor|lh-plus-7 cycle-phase|luteal");

  c = Said("2025-05-06").text("HRT mock cycle, P+5").context();  // 04
  EXPECT_EQ(c.day, std::nullopt);
  EXPECT_EQ(c.anchor, "progesterone-start");
  EXPECT_EQ(c.offset, 5);
  EXPECT_EQ(c.cycle_type, "medicated");
  EXPECT_THAT(c.qualifiers, ElementsAre("mock"));
  EXPECT_EQ(c.phase, "progesterone-exposed");
  EXPECT_EQ(c.source, "text-obr13");
  EXPECT_EQ(c.status, "medicated");
  EXPECT_THAT(c.evidence, ElementsAre("OBR-13: HRT mock cycle, P+5"));

  c = Said("2025-07-09T07:30:00+02:00")
          .row("pregnancy-status", "Not pregnant", Source::patient_obx, "60001007")
          .row("cycle-day", "20", Source::specimen_obx)
          .context();  // 06
  EXPECT_EQ(c.day, 20);
  EXPECT_EQ(c.source, "specimen-obx");
  EXPECT_EQ(c.status, "known");

  EXPECT_EQ(Said("2025-01-31").text("Zyklustag 12").context().day, 12);  // 07

  c = Said("2025-08-16T10:00:00-05:00")
          .row("cycle-day", "9", Source::z_segment)
          .row("lmp", "20250808", Source::z_segment)
          .row("cycle-type", "NAT", Source::z_segment, "natural")
          .context();  // 08
  EXPECT_EQ(c.day, 9);
  EXPECT_EQ(c.derived_day, std::nullopt);
  EXPECT_EQ(c.source, "z-segment");
  EXPECT_EQ(c.confidence, "stated");
  EXPECT_EQ(c.anchor, "lmp");
  EXPECT_EQ(c.anchor_date, "2025-08-08");
  EXPECT_EQ(c.cycle_type, "natural");
  EXPECT_THAT(c.evidence, ElementsAre("ZCY-1", "ZCY-2", "ZCY-3"));

  c = Said("2025-08-16T10:00:00-05:00").row("cycle-day", "9").context();  // 09 alone
  EXPECT_EQ(c.day, 9);
  EXPECT_EQ(c.anchor + c.cycle_type, "");

  const CycleReading pregnant =
      Said("2025-10-03T08:30:00-05:00")
          .row("pregnancy-status", "Pregnant", Source::aoe_obx, "LA15173-0")
          .row("gestational-age", "7w2d")
          .row("lmp", "20250813")
          .reading();  // 11
  c = pregnant.context;
  EXPECT_EQ(c.status, "pregnant");
  EXPECT_EQ(c.day, std::nullopt);
  EXPECT_EQ(c.gestation_value + c.gestation_unit, "51d");
  EXPECT_EQ(c.source, "aoe-obx");
  EXPECT_EQ(c.confidence, "stated");
  EXPECT_EQ(c.lmp_date, "2025-08-13");
  EXPECT_EQ(c.anchor, "");
  EXPECT_THAT(pregnant.issues, IsEmpty());
  EXPECT_EQ(tags_text(c), "cycle-day|not-applicable cycle-phase|pregnant gestation|ga-7w2d");
}

TEST(CycleContext, TakesTheDayOfTheFirstSourceThatHasAUsableOne) {  // C4
  const Source order[] = {Source::aoe_obx, Source::patient_obx, Source::specimen_obx,
                          Source::z_segment};
  const char* codes[] = {"aoe-obx", "patient-obx", "specimen-obx", "z-segment"};
  for (int first = 0; first < 4; ++first) {
    Said said;
    for (int i = 3; i >= first; --i) said.row("cycle-day", "20", order[i]);
    EXPECT_EQ(said.context().source, codes[first]);
    EXPECT_THAT(said.issues(), IsEmpty());
  }
  Said several;
  several.row("cycle-day", "20").row("cycle-day", "21", Source::specimen_obx);
  EXPECT_EQ(several.context().day, 20);
  several.input.several_specimens = true;
  EXPECT_EQ(several.context().day, 21) << "with several SPM its own row goes first";
}

TEST(CycleContext, DerivesFromTheLastPeriodBeforeItReadsText) {  // C4
  const CycleContext c = Said().row("lmp", "20250302").text("CD 12").context();
  EXPECT_EQ(c.day, 21);
  EXPECT_EQ(c.source, "derived-lmp");
  const CycleContext text = Said().text("LMP 2025-03-02").context();
  EXPECT_EQ(text.day, 21);
  EXPECT_EQ(text.source, "text-obr13");
  EXPECT_EQ(text.confidence, "parsed-text");
  EXPECT_EQ(text.anchor, "lmp");
}

TEST(CycleContext, FillsEachFieldFromItsOwnBestSource) {  // C5
  const CycleContext c = Said()
                             .row("cycle-day", "21")
                             .row("lmp", "20250302", Source::z_segment)
                             .text("LH+7, natural cycle, mock cycle, luteal phase")
                             .context();
  EXPECT_EQ(c.day, 21);
  EXPECT_EQ(c.source, "aoe-obx");
  EXPECT_EQ(c.anchor, "lh-surge") << "text comes before an LMP as anchor";
  EXPECT_EQ(c.lmp_date, "2025-03-02");
  EXPECT_EQ(c.cycle_type, "natural");
  EXPECT_EQ(c.phase + c.phase_source, "lutealstated");
  EXPECT_THAT(c.qualifiers, ElementsAre("mock"));
}

TEST(CycleContext, NamesTheSourceOfTheDayElseOfWhatThereIs) {  // C6
  EXPECT_EQ(Said().row("lh-plus", "7").text("CD 21").context().source, "text-obr13");
  EXPECT_EQ(Said().row("lh-plus", "7").text("natural cycle").context().source, "aoe-obx");
  CycleContext c = Said().row("cycle-phase", "luteal", Source::specimen_obx).context();
  EXPECT_EQ(c.source + c.confidence, "specimen-obxstated");
  c = Said().text("natural cycle", Source::text_obr39).context();
  EXPECT_EQ(c.source + c.confidence + c.status, "text-obr39parsed-textunknown");
  c = Said().row("lh-plus", "LH+5").context();
  EXPECT_EQ(c.confidence, "stated") << "a coded row is stated though its text was parsed";
  EXPECT_EQ(c.offset, 5);
}

TEST(CycleContext, CountsTheFirstDayOfBleedingAsOne) {  // C8
  EXPECT_EQ(Said("2025-03-02").row("lmp", "20250302").context().day, 1);
  EXPECT_EQ(Said("2025-03-03").row("lmp", "20250302").context().day, 2);
}

TEST(CycleContext, NeverDerivesFromAnImpreciseDate) {  // C10
  for (const char* lmp : {"202503", "2025", "2025-03"}) {
    Said said;
    said.row("lmp", lmp);
    EXPECT_EQ(said.context(), CycleContext{}) << lmp;
    EXPECT_THAT(said.issues(), ElementsAre("lmp-imprecise"));
  }
  Said month("2025-03");
  month.row("lmp", "20250302");
  EXPECT_EQ(month.context().day, std::nullopt);
  EXPECT_THAT(month.issues(), ElementsAre("lmp-imprecise"));
  EXPECT_EQ(Said("").row("lmp", "20250302").context(), CycleContext{});
}

TEST(CycleContext, GivesNoDayForAPeriodAfterTheCollection) {  // C11
  Said said("2025-03-02");
  said.row("lmp", "20250303");
  EXPECT_EQ(said.context(), CycleContext{});
  EXPECT_THAT(said.issues(), ElementsAre("lmp-after-collection"));
  Said next("2025-03-02");
  next.row("lmp", "20260203").row("cycle-day", "5");
  EXPECT_EQ(next.context().day, 5);
  EXPECT_EQ(next.context().anchor, "");
}

TEST(CycleContext, RefusesDaysOutsideTheRangeAndTriesTheNextSource) {  // C12
  for (const char* day : {"0", "-3", "61", "900"}) {
    Said said;
    said.row("cycle-day", day).row("cycle-day", "12", Source::z_segment);
    EXPECT_EQ(said.context().day, 12) << day;
    EXPECT_EQ(said.context().confidence, "stated");
    EXPECT_THAT(said.issues(), ElementsAre("cycle-day-implausible")) << day;
  }
  Said lmp("2025-03-22");
  lmp.row("lmp", "20240101").text("CD 12");
  EXPECT_EQ(lmp.context().day, 12);
  EXPECT_EQ(lmp.context().anchor, "") << "not a usable LMP";
  EXPECT_THAT(lmp.issues(), ElementsAre("cycle-day-implausible"));
  Said wide("2025-03-22");
  wide.input.max_cycle_day = 90;
  EXPECT_EQ(wide.row("cycle-day", "75").context().day, 75);
  EXPECT_EQ(Said().text("CD 0").issues(), std::vector<std::string>{"cycle-day-implausible"});
}

TEST(CycleContext, ReadsADatedAnchorAsDaysSinceIt) {  // C13
  const std::pair<const char*, const char*> counted[] = {{"lh-plus", "lh-surge"},
                                                         {"hcg-plus", "hcg-trigger"},
                                                         {"ovulation-plus", "ovulation"},
                                                         {"retrieval-plus", "oocyte-retrieval"},
                                                         {"et-plus", "embryo-transfer"}};
  for (const auto& [kind, anchor] : counted) {
    const CycleContext c = Said("2025-03-22").row(kind, "20250315").context();
    EXPECT_EQ(c.anchor, anchor);
    EXPECT_EQ(c.anchor_date, "2025-03-15");
    EXPECT_EQ(c.offset, 7) << kind;
  }
  for (const char* kind : {"progesterone-day", "estrogen-day", "stim-day"}) {
    const CycleContext c = Said("2025-03-22").row(kind, "20250315").context();
    EXPECT_EQ(c.anchor_date, "2025-03-15");
    EXPECT_EQ(c.offset, std::nullopt) << kind << ": clinics count the first day as 0 or 1";
  }
}

TEST(CycleContext, LetsAStatedDayBeatADerivedOneAndSaysSo) {  // C14
  Said said;
  said.row("cycle-day", "15").row("lmp", "20250302");
  const CycleContext c = said.context();
  EXPECT_EQ(c.day, 15);
  EXPECT_EQ(c.derived_day, 21);
  EXPECT_EQ(c.confidence, "conflicting");
  EXPECT_EQ(c.source, "aoe-obx");
  EXPECT_EQ(c.anchor, "lmp");
  EXPECT_THAT(said.issues(), ElementsAre("cycle-day-conflict"));
  for (const char* agrees : {"20", "21", "22"}) {
    const CycleContext one = Said().row("cycle-day", agrees).row("lmp", "20250302").context();
    EXPECT_EQ(one.confidence, "stated") << agrees;
    EXPECT_EQ(one.derived_day, std::nullopt);
  }
}

TEST(CycleContext, SeesConflictsBetweenCodedSources) {  // C14
  Said ranks;
  ranks.row("cycle-day", "9").row("cycle-day", "15", Source::z_segment);
  EXPECT_EQ(ranks.context().day, 9);
  EXPECT_EQ(ranks.context().confidence, "conflicting");
  EXPECT_EQ(ranks.context().derived_day, std::nullopt);
  EXPECT_THAT(ranks.issues(), ElementsAre("cycle-day-conflict"));
  Said same;
  same.row("cycle-day", "9").row("cycle-day", "10").row("cycle-day", "9", Source::z_segment);
  EXPECT_EQ(same.context().day, std::nullopt) << "two values of one rank give no day";
  EXPECT_THAT(same.issues(), ElementsAre("cycle-day-conflict"));
  Said lmps;
  lmps.row("lmp", "20250302").row("lmp", "20250310", Source::z_segment);
  EXPECT_EQ(lmps.context().day, 21);
  EXPECT_EQ(lmps.context().confidence, "conflicting");
  Said text;
  text.row("cycle-day", "9").text("CD 15");
  EXPECT_EQ(text.context().confidence, "stated") << "free text takes no part";
  EXPECT_THAT(text.issues(), IsEmpty());
  EXPECT_THAT(Said().row("cycle-day", "9").text("CD 12, CD 15").issues(), IsEmpty());
}

TEST(CycleContext, SettlesTheStatusInTheOrderOfTheRule) {  // C15
  const auto status = [](Said said) { return said.context().status; };
  Said male;
  male.row("cycle-day", "9").row("pregnancy-status", "Pregnant", Source::aoe_obx, "77386006");
  male.input.male = true;
  EXPECT_EQ(status(male), "not-applicable");
  EXPECT_EQ(male.context().day, std::nullopt);
  EXPECT_EQ(tags_text(male.context()), "cycle-day|not-applicable");
  EXPECT_EQ(
      status(Said().row("stim-day", "5").row("pregnancy-status", "", Source::aoe_obx, "77386006")),
      "pregnant");
  EXPECT_EQ(status(Said().row("stim-day", "5")), "stimulated");
  EXPECT_EQ(status(Said().text("IVF antagonist protocol")), "stimulated");
  EXPECT_EQ(status(Said().text("letrozole cycle, CD 5")), "stimulated");
  EXPECT_EQ(status(Said().row("progesterone-day", "5")), "medicated");
  EXPECT_EQ(status(Said().row("estrogen-day", "12")), "medicated");
  EXPECT_EQ(status(Said().text("artificial cycle, CD 18")), "medicated");
  EXPECT_EQ(status(Said().text("postmenopausal")), "postmenopausal");
  EXPECT_EQ(status(Said().row("menopausal-status", "Postmenopausal")), "postmenopausal");
  EXPECT_EQ(status(Said().row("cycle-day", "9")), "known");
  EXPECT_EQ(status(Said().row("lh-plus", "3")), "known");
  EXPECT_EQ(status(Said().row("cycle-phase", "luteal")), "known");
  EXPECT_EQ(status(Said().text("natural cycle")), "unknown");
}

TEST(CycleContext, LetsHormoneTherapyLeaveAWomanPostmenopausal) {  // C15
  const CycleContext c = Said().text("postmenopausal, HRT").context();
  EXPECT_EQ(c.status, "postmenopausal");
  EXPECT_EQ(c.phase + c.phase_source, "postmenopausalstatus");
  EXPECT_EQ(tags_text(c), "cycle-day|not-applicable cycle-phase|postmenopausal");
  EXPECT_THAT(c.qualifiers, IsEmpty());
}

TEST(CycleContext, ImpliesAPhaseOnlyFromAnAnchor) {  // C17
  const auto phase = [](const char* kind, int offset) {
    return Said().row(kind, std::to_string(offset)).context().phase;
  };
  for (int day = -5; day <= 40; ++day) {
    EXPECT_EQ(phase("lh-plus", day), day >= -1 && day <= 1   ? "periovulatory"
                                     : day >= 2 && day <= 15 ? "luteal"
                                                             : "")
        << day;
    EXPECT_EQ(phase("hcg-plus", day), day >= 0 && day <= 1    ? "periovulatory"
                                      : day >= 2 && day <= 15 ? "luteal"
                                                              : "");
    EXPECT_EQ(phase("ovulation-plus", day), day == 0                ? "periovulatory"
                                            : day >= 1 && day <= 15 ? "luteal"
                                                                    : "");
    EXPECT_EQ(phase("progesterone-day", day), day >= 0 ? "progesterone-exposed" : "");
    for (const char* none : {"stim-day", "retrieval-plus", "et-plus", "estrogen-day"})
      EXPECT_EQ(phase(none, day), "") << none;
  }
}

TEST(CycleContext, TakesAStatedPhaseBeforeAnImpliedOne) {  // C17
  for (const char* said : {"luteal", "Luteal phase", "Lutealphase", "LUTEAL", "fase lútea"}) {
    const CycleContext c = Said().row("cycle-phase", said).row("lh-plus", "0").context();
    EXPECT_EQ(c.phase + c.phase_source, "lutealstated") << said;
  }
  EXPECT_EQ(Said().row("cycle-phase", "", Source::aoe_obx, "follicular").context().phase,
            "follicular");
}

TEST(CycleContext, IsPregnantByStatusGestationOrDueDate) {  // C18
  EXPECT_EQ(Said().row("pregnancy-status", "Pregnant").context().status, "pregnant");
  EXPECT_EQ(Said().row("gestational-age", "9+3").context().status, "pregnant");
  EXPECT_EQ(Said().row("edd", "20251001").context().status, "pregnant");
  const CycleReading no =
      Said().row("pregnancy-status", "Not pregnant").row("gestational-age", "9+3").reading();
  EXPECT_EQ(no.context.status, "unknown");
  EXPECT_EQ(no.context.gestation_value, "");
  EXPECT_TRUE(no.says_not_pregnant);
  EXPECT_EQ(Said().row("pregnancy-status", "Unknown", Source::aoe_obx, "LA4489-6").context().status,
            "unknown");
  Said late("2025-06-01");
  late.row("pregnancy-status", "Pregnant").row("lmp", "20250101");
  EXPECT_EQ(late.context().gestation_value, "151");
  EXPECT_THAT(late.issues(), IsEmpty()) << "a long interval is no implausible day";
}

TEST(CycleContext, CountsGestationWithoutTheOneOfCycleDays) {  // C19
  const auto gestation = [](const Said& said) {
    const CycleContext c = said.context();
    return c.gestation_value + c.gestation_unit + " " + c.source + " " + c.confidence;
  };
  const Said lmp = Said("2025-10-03").row("pregnancy-status", "Pregnant").row("lmp", "20250813");
  EXPECT_EQ(gestation(lmp), "51d derived-lmp derived");
  const Said edd = Said("2025-10-03").row("edd", "20260520");
  EXPECT_EQ(gestation(edd), "51d derived-edd derived");
  const std::pair<const char*, const char*> sent[] = {
      {"7w2d", "51d"}, {"9w3d", "66d"}, {"9+3", "66d"}, {"9 3/7", "66d"}, {"66 d", "66d"}};
  for (const auto& [text, value] : sent)
    EXPECT_EQ(gestation(Said().row("gestational-age", text)),
              std::string(value) + " aoe-obx stated");
  const CycleContext weeks =
      Said().row("gestational-age", "7", Source::aoe_obx, "", "wk").context();
  EXPECT_EQ(weeks.gestation_value + weeks.gestation_unit, "7wk");
  EXPECT_EQ(tags_text(weeks), "cycle-day|not-applicable cycle-phase|pregnant gestation|ga-7w");
  EXPECT_EQ(Said().row("gestational-age", "9.3").context().gestation_value, "")
      << "may mean days or tenths";
}

TEST(CycleContext, ComparesStatedAndDerivedGestation) {  // C19
  Said near("2025-10-03"), far("2025-10-03");
  near.row("gestational-age", "7w2d").row("lmp", "20250806");  // 58 d: a week apart
  EXPECT_THAT(near.issues(), IsEmpty());
  far.row("gestational-age", "7w2d").row("lmp", "20250805");
  EXPECT_THAT(far.issues(), ElementsAre("gestation-conflict"));
  EXPECT_EQ(far.context().gestation_value, "51");
  EXPECT_EQ(far.context().confidence, "conflicting");
  Said implausible("2025-10-03");
  implausible.row("gestational-age", "400 d");
  EXPECT_THAT(implausible.issues(), ElementsAre("gestation-implausible"));
  EXPECT_EQ(implausible.context().gestation_value, "");
}

TEST(CycleContext, GivesNoDayInPregnancyThoughOneIsStated) {  // C20
  Said said("2025-10-03");
  said.row("pregnancy-status", "Pregnant").row("cycle-day", "21");
  EXPECT_EQ(said.context().day, std::nullopt);
  EXPECT_EQ(said.context().status, "pregnant");
  EXPECT_THAT(said.issues(), ElementsAre("pregnancy-cycle-conflict"));
}

TEST(CycleContext, UsesTheFirstTextThatHasTimingAlone) {  // C21
  Said said;
  said.text("natural cycle").text("CD 12", Source::text_obr39).text("LH+2 CD 14", Source::text_nte);
  const CycleContext c = said.context();
  EXPECT_EQ(c.day, 12);
  EXPECT_EQ(c.anchor, "") << "later texts are not consulted";
  EXPECT_EQ(c.cycle_type, "natural") << "words come from the first text that has one";
  EXPECT_EQ(c.source, "text-obr39");
  Said unclear;
  unclear.text("CD 12-14").text("CD 13", Source::text_nte);
  EXPECT_EQ(unclear.context().day, std::nullopt) << "an ambiguous text counts as used";
  EXPECT_THAT(unclear.issues(), ElementsAre("cycle-text-ambiguous"));
}

TEST(CycleContext, ReadsTypeAnswersByBareWords) {  // C29
  const CycleContext c = Said().row("cycle-type", "HRT, mock").context();
  EXPECT_EQ(c.cycle_type, "medicated");
  EXPECT_THAT(c.qualifiers, ElementsAre("mock"));
  EXPECT_EQ(c.confidence, "stated");
  EXPECT_THAT(Said().row("cycle-type", "irregular").context().qualifiers, ElementsAre("irregular"));
  EXPECT_EQ(Said().row("cycle-type", "PCOS").context(), CycleContext{});
  EXPECT_EQ(Said().row("cycle-type", "unknown").text("natural cycle").context().cycle_type,
            "natural");
  EXPECT_EQ(Said().row("cycle-type", "unknown").context().cycle_type, "unknown");
}

TEST(CycleContext, PrefersTheAnchorNearestToTheSample) {
  const CycleContext c = Said().row("estrogen-day", "18").row("progesterone-day", "5").context();
  EXPECT_EQ(c.anchor, "progesterone-start");
  EXPECT_EQ(c.offset, 5);
  Said two;
  two.row("lh-plus", "5").row("lh-plus", "7");
  EXPECT_EQ(two.context().anchor, "");
  EXPECT_THAT(two.issues(), ElementsAre("cycle-day-conflict"));
}

TEST(CycleContext, ReadsAnswersAsPeopleWriteThem) {
  for (const char* day : {"21", " 21 ", "+21", "021", "21.0", "CD21", "CD 21", "day 21", "Day 21",
                          "Zyklustag 21", "21. Tag", "D21", "21 d"})
    EXPECT_EQ(Said().row("cycle-day", day).context().day, 21) << day;
  for (const char* none : {"", "unknown", "~21", "21?", "twenty", "99999999999", "21 mg"})
    EXPECT_EQ(Said().row("cycle-day", none).context().day, std::nullopt) << none;
  for (const char* range : {"19-23", "CD 19-23", "19 or 20"})
    EXPECT_EQ(Said().row("cycle-day", range).context().day, std::nullopt) << range;
  for (const char* offset : {"5", "+5", "LH+5", "LH surge +5", "5 days", "5 days after LH surge"})
    EXPECT_EQ(Said().row("lh-plus", offset).context().offset, 5) << offset;
  EXPECT_EQ(Said().row("lh-plus", "-1").context().offset, -1);
  EXPECT_EQ(tags_text(Said().row("lh-plus", "-1").context()),
            "cycle-day|unknown cycle-anchor|lh-minus-1 cycle-phase|periovulatory");
  EXPECT_EQ(Said().row("lh-plus", "P+5").context().anchor, "") << "not what was asked";
  for (const char* lmp : {"20250302", "20250302103000-0500", "2025-03-02", "02.03.2025",
                          "2025-03-02T10:30:00Z", "202503021030"})
    EXPECT_EQ(Said().row("lmp", lmp).context().day, 21) << lmp;
  for (const char* none : {"20250230", "00000000", "LMP", "2025030", "20250302xyz", "-20250302"})
    EXPECT_EQ(Said().row("lmp", none).context().day, std::nullopt) << none;
}

TEST(CycleContext, MirrorsEveryAnchorInItsTag) {  // F4
  const std::pair<const char*, const char*> table[] = {
      {"lh-plus", "lh-plus-5"},         {"hcg-plus", "hcg-plus-5"},
      {"ovulation-plus", "ov-plus-5"},  {"progesterone-day", "p-plus-5"},
      {"estrogen-day", "e-day-5"},      {"stim-day", "stim-day-5"},
      {"retrieval-plus", "opu-plus-5"}, {"et-plus", "et-plus-5"}};
  for (const auto& [kind, tag] : table)
    EXPECT_THAT(tags_text(Said().row(kind, "5").context()),
                testing::HasSubstr(std::string("cycle-anchor|") + tag));
  EXPECT_THAT(tags_text(Said("2025-03-22").row("stim-day", "20250315").context()),
              testing::HasSubstr("cycle-anchor|stimulation-start"))
      << "a date alone has no offset";
}

TEST(CycleContext, BoundsTheTextItQuotes) {
  const CycleContext c = Said().text("CD 12, " + std::string(5000, 'x') + "\xC4\xB0").context();
  ASSERT_EQ(c.evidence.size(), 1u);
  EXPECT_LT(c.evidence[0].size(), 300u);
}

}  // namespace
}  // namespace gateway::mapping
