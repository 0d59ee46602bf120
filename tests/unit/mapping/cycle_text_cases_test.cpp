// Phrases of DOMAIN.md §6.5 as clinics write them: word order, brackets, lists, two languages.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/cycle_text_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;

TEST(C22, ADateMayStandBehindTheAbbreviationInBrackets) {
  for (const char* text :
       {"Last menstrual period (LMP): 2025-03-02", "Son adet tarihi (SAT): 02.03.2025",
        "date des dernières règles (DDR) : 02.03.2025", "letzte Periode (LMP) am 02.03.2025"}) {
    const auto lmp = read(text).lmp.value;
    ASSERT_TRUE(lmp) << text;
    EXPECT_EQ(lmp->to_fhir(), "2025-03-02") << text;
  }
}

TEST(C24, AnotherCycleIsAnotherInEveryLanguage) {
  for (const char* text :
       {"prev cycle CD 12", "prev. cycle CD 12", "geçen siklus 12. günü", "geçen ay siklus günü 12",
        "son siklus 12. günü", "último ciclo, día 12 del ciclo", "siguiente ciclo: día 3 del ciclo",
        "día 3 del ciclo, ciclo siguiente", "dernier cycle: J12 du cycle",
        "J3 du cycle, cycle suivant", "nächstes Mal ZT 3"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_EQ(read("son adet tarihi 02.03.2025").lmp.value->to_fhir(), "2025-03-02");
}

TEST(C24, DoubtAndRepeatsAreInflected) {
  for (const char* text :
       {"evtl. ZT 12", "env. J12 du cycle", "yakl. siklus günü 12", "CD 12 +/- 2", "CD 12 +-1",
        "CD 12 ± 2", "repeated CD 3", "to be rechecked CD 3", "wird wiederholt ZT 3"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(C24, APointBehindANumberEndsTheClauseUnlessItIsAnOrdinals) {
  const CycleText text = read("LH+7. Tag 21 des Zyklus");
  EXPECT_EQ(text.anchor.value, (TextAnchor{"lh-surge", 7}));
  EXPECT_EQ(text.day.value, 21);
  EXPECT_EQ(read("CD 9. Zyklustag 12, unklar").day.value, 9);
  EXPECT_EQ(read("am 9. Zyklustag").day.value, 9);
}

TEST(C24, APeriodThatBeganIsNoDrug) {
  for (const char* text :
       {"started her period, CD 2", "Menses started, CD 2", "began bleeding yesterday, CD 2"})
    EXPECT_EQ(read(text).day.value, 2) << text;
  EXPECT_EQ(read("started letrozole, CD 5").day.value, std::nullopt);
}

TEST(C25, ARangeIsARangeHoweverItsEndsAreWritten) {
  for (const char* text :
       {"between CD 10 and 12", "between cycle day 10 and 12", "zwischen ZT 10 und 12",
        "entre día 10 y 12 del ciclo", "J10 à J11 du cycle", "day 10 to day 11 of cycle",
        "Tag 10 bis Tag 11 des Zyklus", "10.-11. Zyklustag", "CD 10 / CD 11", ">CD 35", "< CD 5"}) {
    EXPECT_TRUE(read(text).day.ambiguous) << text;
    EXPECT_FALSE(read(text).day.value) << text;
  }
  EXPECT_TRUE(read("between LH+6 and +8").anchor.ambiguous);
  EXPECT_EQ(read("CD 21 and 7 days after LH surge").day.value, 21) << "no range without between";
}

TEST(C27, ABiopsySentForHistologyHasItsDay) {
  for (const char* text :
       {"CD 22, endometrial biopsy for histology", "EMB on CD 22 for histology and CD138",
        "Endometrial biopsy for histologic dating, CD 22", "CD 22 EMB histology",
        "CD 22. Histology and CD138"})
    EXPECT_EQ(read(text).day.value, 22) << text;
}

TEST(C27, WhatHistologySeesIsNoDay) {
  for (const char* text :
       {"dated as cycle day 21", "dated to cycle day 21", "histology: cycle day 21",
        "Histology: day 22 of cycle", "histologic cycle day 22", "cycle day 21 pattern",
        "cycle day 21 secretory pattern", "cycle day 21 by histology",
        "cycle day 22 by Noyes criteria", "cycle day 22 by histologic dating",
        "consistent with cycle day 21", "POD 8, cycle day 22", "Noyes: cycle day 22",
        "Histologisch Zyklustag 21"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(C27, FormerTreatmentIsNoTypeOfThisCycle) {
  for (const char* text :
       {"previous HRT", "prior FET", "after previous FET", "before next FET", "prior to FET",
        "past ovulation induction", "3 previous IVF/ICSI cycles"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_EQ(read("prior IVF, natural cycle").type.value, "natural");
}

TEST(C27, ADenialEndsAtTheComma) {
  EXPECT_EQ(read("no medication, natural cycle").type.value, "natural");
  EXPECT_EQ(read("natural cycle, no HRT").type.value, "natural");
  EXPECT_EQ(read("keine Hormone, natürlicher Zyklus").type.value, "natural");
  EXPECT_THAT(read("no HRT (irregular cycles)").qualifiers, ElementsAre("irregular"));
  EXPECT_EQ(all_in("no amenorrhea or irregular cycles"), "");
}

TEST(C27, ADoseALevelAndALengthAreNoOffset) {
  for (const char* text : {"ET +8 mm", "P +5 mg", "P+50 \u00B5g", "LH +5 U/L", "LH +7 mIU/mL",
                           "hCG+36 h", "P +10 mcg"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_EQ(read("ET+8, endometrium 9 mm").anchor.value->offset, 8);
}

TEST(C27, MarkersOfCellsAreNoDays) {
  for (const char* text : {"CD19 B cells", "CD3 T cells", "CD4 count", "CD4/CD8 ratio",
                           "CD8 subset", "CD3, CD4, CD8, CD19", "CD138 and CD38", "CD3/CD4/CD8"})
    EXPECT_EQ(all_in(text), "") << text;
  EXPECT_EQ(read("CD 12 NK cells").day.value, 12) << "no cluster has this number here";
  EXPECT_TRUE(read("CD 12/CD 14").day.ambiguous);
  EXPECT_TRUE(read("CD 28, CD3").day.ambiguous);
  for (const char* text : {"CD56+ cells, CD 14", "CD56+ cells; CD-14", "CD138 stain. CD 14",
                           "CD 14, CD138", "CD16/56 panel, CD 14"})
    EXPECT_EQ(read(text).day.value, 14) << text;
  for (const char* text : {"CD56+ cells, CD14", "CD 56 CD 16", "CD16/56", "CD 56, CD 16 and CD 3"})
    EXPECT_EQ(all_in(text), "") << text;
}

}  // namespace
}  // namespace gateway::mapping
