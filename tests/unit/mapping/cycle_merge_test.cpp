#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;

constexpr const char* morning = "2025-08-16T10:00:00-05:00";
CycleContext sample_08() {
  return Said(morning)
      .row("cycle-day", "9", Source::z_segment)
      .row("lmp", "20250808", Source::z_segment)
      .row("cycle-type", "NAT", Source::z_segment, "natural")
      .context();
}
std::optional<base::PartialTime> at(const char* time) {
  return base::parse_fhir_time(time);
}

TEST(CycleMerge, KeepsWhatAnUpdateDoesNotSpeakOf) {  // T3, sample 09 after 08
  const CycleContext newest = Said(morning).row("cycle-day", "9").context();
  const CycleContext both = merged(sample_08(), newest, at(morning));
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
  const CycleContext contexts[] = {
      sample_08(),
      Said().row("lh-plus", "7").context(),
      Said().text("HRT mock cycle, P+5").context(),
      Said().text("postmenopausal").context(),
      Said("2025-10-03").row("gestational-age", "7w2d").row("lmp", "20250813").context(),
      Said().row("cycle-day", "15").row("lmp", "20250302").context(),
      Said().row("cycle-phase", "luteal").context(),
      Said().row("stim-day", "5").row("menopausal-status", "postmenopausal").context(),
      CycleContext{}};
  for (const CycleContext& context : contexts) {
    EXPECT_EQ(merged(context, CycleContext{}, at("2025-03-22")), context) << tags_text(context);
    EXPECT_EQ(merged(CycleContext{}, context, at("2025-03-22")), context) << tags_text(context);
    EXPECT_EQ(merged(context, context, at("2025-03-22")), context) << tags_text(context);
  }
}

TEST(CycleMerge, ComparesAKeptPeriodWithANewDay) {  // C14 across messages
  const CycleContext newest = Said(morning).row("cycle-day", "14").context();
  const CycleContext both = merged(sample_08(), newest, at(morning));
  EXPECT_EQ(both.day, 14);
  EXPECT_EQ(both.derived_day, 9);
  EXPECT_EQ(both.confidence, "conflicting");
}

TEST(CycleMerge, LetsAStatedDayStandAgainstANewlyDerivedOne) {  // C14 across messages
  const CycleContext stated = Said(morning).row("cycle-day", "9").context();
  const CycleContext lmp = Said(morning).row("lmp", "20250801").context();
  const CycleContext both = merged(stated, lmp, at(morning));
  EXPECT_EQ(both.day, 9);
  EXPECT_EQ(both.derived_day, 16);
  EXPECT_EQ(both.confidence, "conflicting");
  EXPECT_EQ(both.anchor_date, "2025-08-01");
  const CycleContext corrected = Said(morning).row("lmp", "20250808").context();
  const CycleContext agreed = merged(both, corrected, at(morning));
  EXPECT_EQ(agreed.derived_day, std::nullopt) << "a corrected LMP ends the conflict";
  EXPECT_EQ(agreed.confidence, "stated");
}

TEST(CycleMerge, LaysAnAnchorOverAnAnchor) {
  const CycleContext lh = Said(morning).row("lh-plus", "3").context();
  const CycleContext later = merged(sample_08(), lh, at(morning));
  EXPECT_EQ(later.anchor, "lh-surge");
  EXPECT_EQ(later.lmp_date, "2025-08-08") << "the LMP gives way as anchor (C13)";
  EXPECT_EQ(later.phase, "luteal");
  EXPECT_EQ(later.day, 9);
  const CycleContext back = merged(lh, sample_08(), at(morning));
  EXPECT_EQ(back.anchor, "lh-surge");
  EXPECT_EQ(back.lmp_date, "2025-08-08");
  const CycleContext replaced =
      merged(lh, Said(morning).row("progesterone-day", "2").context(), at(morning));
  EXPECT_EQ(replaced.anchor, "progesterone-start");
  EXPECT_EQ(replaced.offset, 2);
  EXPECT_EQ(replaced.status, "medicated");
}

TEST(CycleMerge, TurnsToPregnancyAndBackWhenItIsSaid) {
  const CycleContext pregnant =
      Said(morning).row("pregnancy-status", "Pregnant").row("gestational-age", "5w0d").context();
  const CycleContext now = merged(sample_08(), pregnant, at(morning));
  EXPECT_EQ(now.status, "pregnant");
  EXPECT_EQ(now.day, std::nullopt);
  EXPECT_EQ(now.lmp_date, "2025-08-08");
  EXPECT_EQ(now.anchor, "");
  EXPECT_EQ(now.gestation_value, "35");
  EXPECT_EQ(tags_text(now), "cycle-day|not-applicable cycle-phase|pregnant gestation|ga-5w0d");
  const CycleContext silent = merged(now, Said(morning).row("cycle-day", "9").context());
  EXPECT_EQ(silent.status, "pregnant") << "not spoken of";
  const CycleContext denied = merged(
      now, Said(morning).row("pregnancy-status", "Not pregnant").row("cycle-day", "9").context(),
      at(morning));
  EXPECT_EQ(denied.status, "known");
  EXPECT_EQ(denied.day, 9);
  EXPECT_EQ(denied.gestation_value, "");
  EXPECT_EQ(denied.anchor, "lmp");
}

TEST(CycleMerge, TakesThePartnersSampleAsTheNewestSays) {
  Said male;
  male.input.male = true;
  EXPECT_EQ(merged(sample_08(), male.context()), male.context());
  EXPECT_EQ(merged(male.context(), sample_08()), sample_08());
}

TEST(CycleMerge, BoundsItsEvidence) {
  CycleContext context = Said().text("mock cycle").context();
  for (int i = 0; i < 100; ++i)
    context = merged(context, Said().text("CD 12 note " + std::to_string(i)).context());
  EXPECT_LE(context.evidence.size(), 32u);
}

}  // namespace
}  // namespace gateway::mapping
