#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;

constexpr const char* morning = "2025-08-16T10:00:00-05:00";
CycleContext after(const CycleContext& standing, const Said& newest) {
  const auto& collected = newest.input.collected;
  return merged({standing, collected, {}}, newest.input).context;
}
Said sample_08_said() {
  return Said(morning)
      .row("cycle-day", "9", Source::z_segment)
      .row("lmp", "20250808", Source::z_segment)
      .row("cycle-type", "NAT", Source::z_segment, "natural");
}
CycleContext sample_08() {
  return sample_08_said().context();
}

TEST(CycleMerge, KeepsWhatAnUpdateDoesNotSpeakOf) {  // T3, sample 09 after 08
  const Said newest = Said(morning).row("cycle-day", "9");
  const CycleContext both = after(sample_08(), newest);
  EXPECT_EQ(both.day, 9);
  EXPECT_EQ(both.source, "aoe-obx");
  EXPECT_EQ(both.confidence, "stated");
  EXPECT_EQ(both.anchor, "lmp");
  EXPECT_EQ(both.anchor_date, "2025-08-08");
  EXPECT_EQ(both.cycle_type, "natural");
  EXPECT_EQ(both.status, "known");
  EXPECT_THAT(both.evidence, testing::Contains("Observation/c1"));
}

TEST(CycleMerge, ChangesNothingWhenTheUpdateSaysNothing) {
  const Said all[] = {sample_08_said(),
                      Said().row("lh-plus", "7"),
                      Said().text("HRT mock cycle, P+5"),
                      Said().text("postmenopausal"),
                      Said("2025-10-03").row("gestational-age", "7w2d").row("lmp", "20250813"),
                      Said("2025-10-03").row("edd", "20260520"),
                      Said().row("cycle-day", "15").row("lmp", "20250302"),
                      Said().row("cycle-phase", "luteal"),
                      Said().row("cycle-type", "donor egg, irregular"),
                      Said().row("stim-day", "5").row("menopausal-status", "postmenopausal"),
                      Said()};
  for (const Said& said : all) {
    const CycleContext context = said.context();
    const auto& collected = said.input.collected;
    EXPECT_EQ(merged({context, collected, {}}, Said("").input).context, context)
        << tags_text(context);
    EXPECT_EQ(merged({}, said.input).context, context) << tags_text(context);
    EXPECT_EQ(merged({context, collected, {}}, said.input).context, context) << tags_text(context);
  }
}

TEST(CycleMerge, ComparesAKeptPeriodWithANewDay) {  // C14 across messages
  const Said newest = Said(morning).row("cycle-day", "14");
  const CycleContext both = after(sample_08(), newest);
  EXPECT_EQ(both.day, 14);
  EXPECT_EQ(both.derived_day, 9);
  EXPECT_EQ(both.confidence, "conflicting");
}

TEST(CycleMerge, LetsAStatedDayStandAgainstANewlyDerivedOne) {  // C14 across messages
  const CycleContext stated = Said(morning).row("cycle-day", "9").context();
  const Said lmp = Said(morning).row("lmp", "20250801", Source::z_segment);
  const CycleContext both = after(stated, lmp);
  EXPECT_EQ(both.day, 9);
  EXPECT_EQ(both.derived_day, 16);
  EXPECT_EQ(both.confidence, "conflicting");
  EXPECT_EQ(both.anchor_date, "2025-08-01");
  const Said corrected = Said(morning).row("lmp", "20250808", Source::z_segment);
  const CycleContext agreed = after(both, corrected);
  EXPECT_EQ(agreed.derived_day, std::nullopt) << "a corrected LMP ends the conflict";
  EXPECT_EQ(agreed.confidence, "stated");
}

TEST(CycleMerge, LaysAnAnchorOverAnAnchor) {
  const Said lh = Said(morning).row("lh-plus", "3");
  const CycleContext later = after(sample_08(), lh);
  EXPECT_EQ(later.anchor, "lh-surge");
  EXPECT_EQ(later.lmp_date, "2025-08-08") << "the LMP gives way as anchor (C13)";
  EXPECT_EQ(later.phase, "luteal");
  EXPECT_EQ(later.day, 9);
  const CycleContext back = after(lh.context(), sample_08_said());
  EXPECT_EQ(back.anchor, "lh-surge");
  EXPECT_EQ(back.lmp_date, "2025-08-08");
  const CycleContext replaced = after(lh.context(), Said(morning).row("progesterone-day", "2"));
  EXPECT_EQ(replaced.anchor, "progesterone-start");
  EXPECT_EQ(replaced.offset, 2);
  EXPECT_EQ(replaced.status, "medicated");
}

TEST(CycleMerge, TurnsToPregnancyAndBackWhenItIsSaid) {
  const Said pregnant =
      Said(morning).row("pregnancy-status", "Pregnant").row("gestational-age", "5w0d");
  const CycleContext now = after(sample_08(), pregnant);
  EXPECT_EQ(now.status, "pregnant");
  EXPECT_EQ(now.day, std::nullopt);
  EXPECT_EQ(now.lmp_date, "2025-08-08");
  EXPECT_EQ(now.anchor, "");
  EXPECT_EQ(now.gestation_value, "35");
  EXPECT_EQ(tags_text(now), "cycle-day|not-applicable cycle-phase|pregnant gestation|ga-5w0d");
  const CycleContext silent =
      after(now, Said(morning).text("", Source::text_nte).row("cycle-type", "mock"));
  EXPECT_EQ(silent.status, "pregnant") << "not spoken of";
  const CycleContext denied =
      after(now, Said(morning).row("pregnancy-status", "Not pregnant").row("cycle-day", "9"));
  EXPECT_EQ(denied.status, "known");
  EXPECT_EQ(denied.day, 9);
  EXPECT_EQ(denied.gestation_value, "");
  EXPECT_EQ(denied.anchor, "lmp");
}

TEST(CycleMerge, TakesThePartnersSampleAsTheNewestSays) {
  Said male;
  male.input.male = true;
  EXPECT_EQ(after(sample_08(), male), male.context());
  Said hers = sample_08_said();
  EXPECT_EQ(after(male.context(), hers).status, "not-applicable") << "nobody names another sex";
  hers.input.female = true;
  EXPECT_EQ(after(male.context(), hers), sample_08());
}

TEST(CycleMerge, BoundsItsEvidence) {
  CycleContext context = Said().text("mock cycle").context();
  for (int i = 0; i < 100; ++i)
    context = after(context, Said().text("CD 12 note " + std::to_string(i)));
  EXPECT_LE(context.evidence.size(), 32u);
}

}  // namespace
}  // namespace gateway::mapping
