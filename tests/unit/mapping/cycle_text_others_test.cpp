// What a text says of somebody else, of an earlier period, or twice (C21, C24, C25).
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

TEST(C25, ASumIsNoOffset) {
  for (const char* text : {"LH+7+2", "LH +7 +2", "P+5+1", "hCG+7+2"}) {
    EXPECT_TRUE(read(text).anchor.ambiguous) << text;
    EXPECT_FALSE(read(text).anchor.value) << text;
  }
  EXPECT_FALSE(read("CD 12+2").day.value);
  EXPECT_EQ(read("CD 21 + LH+7").anchor.value, (TextAnchor{"lh-surge", 7}));
}

TEST(C27, AnObstetricFormulaIsNoProgesteroneDay) {
  for (const char* text : {"G2 P+0", "G2, P+0", "G2 P+1 A0", "gravida 2 P+0", "Gravida 2, P+0"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_EQ(read("G2P1, P+5").anchor.value, (TextAnchor{"progesterone-start", 5}));
  EXPECT_EQ(read("G2 P1, CD 12").day.value, 12);
}

TEST(C24, TheStateOfARelativeIsNotThePatients) {
  for (const char* text :
       {"mother postmenopausal", "Mother is postmenopausal", "postmenopausal mother",
        "sister: irregular cycles", "Mutter postmenopausal", "annesi menopoz sonrası",
        "madre posmenopáusica", "mère ménopausée", "mother LMP 02.03.2025", "sister LH+7",
        "family history of amenorrhea"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_TRUE(read("mother well, postmenopausal").postmenopausal);
  EXPECT_EQ(read("mother postmenopausal. CD 12").day.value, 12);
  EXPECT_EQ(read("husband's sperm tested; natural cycle, CD 12").type.value, "natural");
}

TEST(C24, AnEarlierPeriodIsNotTheLast) {
  for (const char* text :
       {"LMP 02.03.2025; previous LMP 01.02.2025", "LMP 02.03.2025, previous LMP 01.02.2025",
        "prior LMP 01.02.2025, LMP 02.03.2025", "FUM 02.03.2025; FUM anterior 01.02.2025",
        "SAT 02.03.2025; önceki SAT 01.02.2025", "LMP: 02.03.2025, past LMP: 01.02.2025"}) {
    ASSERT_TRUE(read(text).lmp.value) << text;
    EXPECT_EQ(read(text).lmp.value->to_fhir(), "2025-03-02") << text;
  }
}

TEST(C10, APeriodOnNoDayOfTheCalendarIsSaid) {
  for (const char* text : {"LMP 31.02.2025", "LMP 2025-13-01", "DDR 30.02.2025", "LMP 20250230"}) {
    const Said said = Said().text(text);
    EXPECT_EQ(said.context().day, std::nullopt) << text;
    EXPECT_THAT(said.issues(), ElementsAre("date-invalid")) << text;
  }
  const Said later = Said().text("LMP 31.02.2025").text("LMP 02.03.2025", Source::text_nte);
  EXPECT_EQ(later.context().day, 21) << "C21: the first text yields no date";
  const Said coded = Said().text("LMP 31.02.2025").row("lmp", "20250302");
  EXPECT_THAT(coded.issues(), IsEmpty()) << "text takes no part where a row speaks (C14)";
}

TEST(C15, TwoAnchorsInATextAreNoneAndStillSayWhichCycleItIs) {
  const Said stimulated = Said().text("IVF stim day 8, trigger +1");
  EXPECT_EQ(stimulated.context().anchor, "") << "C25: two matches for one field";
  EXPECT_EQ(stimulated.context().offset, std::nullopt);
  EXPECT_THAT(stimulated.issues(), ElementsAre("cycle-text-ambiguous"));
  EXPECT_EQ(stimulated.context().status, "stimulated") << "C15: a stimulation was named";
  EXPECT_THAT(stimulated.context().evidence, Contains("OBR-13: IVF stim day 8, trigger +1"));
  const Said medicated = Said().text("LH+7, P+5");
  EXPECT_EQ(medicated.context().anchor, "");
  EXPECT_EQ(medicated.context().status, "medicated");
  EXPECT_EQ(medicated.context().phase, "") << "C17: no anchor, no phase";
  EXPECT_THAT(medicated.issues(), ElementsAre("cycle-text-ambiguous"));
  const Said donor = Said().text("postmenopausal, donor egg, P+5, ET+0");
  EXPECT_EQ(donor.context().status, "medicated") << "a treatment wins over postmenopausal";
  EXPECT_THAT(donor.context().qualifiers, Contains("postmenopausal"));
  EXPECT_EQ(Said().text("LH+7, hCG+8").context().status, "unknown");
  Said coded;
  coded.row("lh-plus", "7").row("progesterone-day", "5");
  EXPECT_EQ(coded.context().anchor, "progesterone-start")
      << "rows of their own are facts of their own";
}

}  // namespace
}  // namespace gateway::mapping
