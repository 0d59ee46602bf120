#include "gateway/mapping/cycle_text.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/cycle_text_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;

std::string anchor_in(std::string_view text) {
  const auto found = read(text).anchor.value;
  return found ? found->anchor + " " + std::to_string(found->offset) : "";
}
std::string lmp_in(std::string_view text, std::string_view order = "") {
  const auto found = read(text, order).lmp.value;
  return found ? found->to_fhir() : "";
}

TEST(CycleText, ReadsTheDayInFiveLanguages) {
  for (const char* text : {"cycle day 12",
                           "Cycle Day: 12",
                           "CYCLE-DAY 12",
                           "CD 12",
                           "CD12",
                           "cd#12",
                           "CD=12",
                           "CD-12",
                           "CD: 12",
                           "day 12 of the menstrual cycle",
                           "day 12 of cycle",
                           "day 12 of this cycle",
                           "Day 12 of her cycle",
                           "day 12 of current cycle",
                           "menstrual cycle day 12",
                           "sample drawn on day 12 of cycle",
                           "natural cycle day 12",
                           "CD 12, 28 day cycle",
                           "Zyklustag 12",
                           "ZYKLUSTAG: 12",
                           "12. Zyklustag",
                           "12.Zyklustag",
                           "Abnahme am 12. Zyklustag",
                           "ZT 12",
                           "ZT12",
                           "Tag 12 des Zyklus",
                           "siklus 12. günü",
                           "siklusun 12. günü",
                           "Siklusun 12. gunu",
                           "SİKLUSUN 12. GÜNÜ",
                           "adet 12. günü",
                           "adetin 12. günü",
                           "ADETİN 12. GÜNÜ",
                           "reglin 12. günü",
                           "siklus günü 12",
                           "día 12 del ciclo",
                           "dia 12 del ciclo",
                           "DÍA 12 DEL CICLO",
                           "día del ciclo 12",
                           "jour 12 du cycle",
                           "J12 du cycle",
                           "J 12 du cycle",
                           "12e jour du cycle",
                           "12ème jour du cycle",
                           "12eme jour du cycle",
                           "Prélèvement au 12e jour du cycle."})
    EXPECT_EQ(read(text).day.value, 12) << text;
  EXPECT_EQ(read("Sample drawn on day 3 of cycle. Heparin tube.").day.value, 3);
  EXPECT_EQ(read("di\u0301a 7 del ciclo").day.value, 7) << "decomposed accent";
}

TEST(CycleText, ReadsTheLastPeriodInFiveLanguages) {
  for (const char* text : {"LMP 2025-03-02",
                           "LMP: 2025-03-02",
                           "lmp=20250302",
                           "LMP 02.03.2025",
                           "LMP was 02.03.2025",
                           "last menstrual period 2025-03-02",
                           "Last menstrual period: 20250302",
                           "LMP (2025-03-02)",
                           "letzte Periode 02.03.2025",
                           "letzte Periode am 02.03.2025",
                           "Letzte Regel: 02.03.2025",
                           "letzte Regel 2.3.2025",
                           "SAT: 02.03.2025",
                           "SAT 02.03.2025",
                           "sat 02.03.2025",
                           "Sat: 02.03.2025",
                           "son adet tarihi 02.03.2025",
                           "SON ADET TARİHİ: 02.03.2025",
                           "FUM 2025-03-02",
                           "FUM: 02.03.2025",
                           "FUR 02.03.2025",
                           "DDR 2025-03-02",
                           "DDR le 02.03.2025",
                           "dernières règles 02.03.2025",
                           "DERNIERES REGLES: 02.03.2025"})
    EXPECT_EQ(lmp_in(text), "2025-03-02") << text;
}

TEST(CycleText, ReadsTheLuteinisingSurgeInFiveLanguages) {
  for (const char* text :
       {"LH+7", "LH +7", "LH + 7", "lh: +7", "LH surge +7",
        "LH\xEF\xBC\x8B"
        "7",
        "7 days after LH surge", "7 days post LH surge", "7 Tage nach LH-Anstieg",
        "LH pikinden 7 gün sonra", "LH pikinden 7 gun sonra", "7 días tras pico de LH",
        "7 dias tras pico de LH", "7 jours après le pic de LH", "7 jours apres le pic de LH"})
    EXPECT_EQ(anchor_in(text), "lh-surge 7") << text;
  EXPECT_EQ(anchor_in("LH-2"), "lh-surge -2");
  EXPECT_EQ(anchor_in("LH\u22122"), "lh-surge -2") << "typographic minus";
}

TEST(CycleText, ReadsTheOtherAnchors) {
  const std::pair<const char*, const char*> table[] = {
      {"hCG+5", "hcg-trigger 5"},
      {"trigger +5", "hcg-trigger 5"},
      {"hCG trigger +5", "hcg-trigger 5"},
      {"5 dpo", "ovulation 5"},
      {"5dpo", "ovulation 5"},
      {"ovulation +5", "ovulation 5"},
      {"P+5", "progesterone-start 5"},
      {"p + 5", "progesterone-start 5"},
      {"progesterone day 5", "progesterone-start 5"},
      {"stim day 5", "stimulation-start 5"},
      {"stimulation day 5", "stimulation-start 5"},
      {"Stimulationstag 5", "stimulation-start 5"},
      {"stimülasyonun 5. günü", "stimulation-start 5"},
      {"día 5 de estimulación", "stimulation-start 5"},
      {"dia 5 de estimulacion", "stimulation-start 5"},
      {"J5 de stimulation", "stimulation-start 5"},
      {"J 5 de stimulation", "stimulation-start 5"},
      {"OPU+5", "oocyte-retrieval 5"},
      {"ET+5", "embryo-transfer 5"},
      {"5 days post transfer", "embryo-transfer 5"}};
  for (const auto& [text, expected] : table) {
    EXPECT_EQ(anchor_in(text), expected) << text;
    EXPECT_FALSE(read(text).day.spoken()) << text << ": no day of cycle (C26)";
  }
}

TEST(CycleText, ReadsTypesInFiveLanguages) {
  const std::pair<const char*, const char*> table[] = {
      {"natural cycle", "natural"},
      {"spontaneous cycle", "natural"},
      {"modified natural cycle", "modified-natural"},
      {"HRT", "medicated"},
      {"programmed cycle", "medicated"},
      {"artificial cycle", "medicated"},
      {"medicated cycle", "medicated"},
      {"IVF cycle", "stimulated-ivf"},
      {"ICSI stimulation", "stimulated-ivf"},
      {"IVF/ICSI cycle", "stimulated-ivf"},
      {"antagonist protocol", "stimulated-ivf"},
      {"IVF antagonist protocol", "stimulated-ivf"},
      {"long protocol", "stimulated-ivf"},
      {"ICSI short protocol", "stimulated-ivf"},
      {"IUI cycle", "stimulated-oi"},
      {"letrozole cycle", "stimulated-oi"},
      {"clomiphene cycle", "stimulated-oi"},
      {"ovulation induction", "stimulated-oi"},
      {"natürlicher Zyklus", "natural"},
      {"Naturlicher Zyklus", "natural"},
      {"künstlicher Zyklus", "medicated"},
      {"Antagonistenprotokoll", "stimulated-ivf"},
      {"doğal siklus", "natural"},
      {"DOĞAL SİKLUS", "natural"},
      {"yapay siklus", "medicated"},
      {"antagonist protokolü", "stimulated-ivf"},
      {"ciclo natural", "natural"},
      {"ciclo sustituido", "medicated"},
      {"protocolo antagonista", "stimulated-ivf"},
      {"cycle naturel", "natural"},
      {"cycle substitué", "medicated"},
      {"cycle substitue", "medicated"},
      {"protocole antagoniste", "stimulated-ivf"}};
  for (const auto& [text, expected] : table)
    EXPECT_EQ(read(text).type.value.value_or(""), expected) << text;
}

TEST(CycleText, ReadsPhasesInFiveLanguages) {
  const std::pair<const char*, const char*> table[] = {
      {"menstrual phase", "menstrual"}, {"follicular phase", "follicular"},
      {"mid-luteal phase", "luteal"},   {"Follikelphase", "follicular"},
      {"Lutealphase", "luteal"},        {"foliküler faz", "follicular"},
      {"luteal faz", "luteal"},         {"fase folicular", "follicular"},
      {"fase lútea", "luteal"},         {"phase folliculaire", "follicular"},
      {"phase lutéale", "luteal"},      {"PHASE LUTEALE", "luteal"}};
  for (const auto& [text, expected] : table)
    EXPECT_EQ(read(text).phase.value.value_or(""), expected) << text;
}

TEST(CycleText, ReadsStatusAndQualifiersInFiveLanguages) {
  for (const char* text : {"postmenopausal", "post-menopausal", "Postmenopausal, HRT",
                           "menopoz sonrası", "MENOPOZ SONRASI", "posmenopáusica", "ménopausée"})
    EXPECT_TRUE(read(text).postmenopausal) << text;
  const std::pair<const char*, const char*> table[] = {{"mock cycle", "mock"},
                                                       {"mock transfer", "mock"},
                                                       {"donor egg", "donor-egg"},
                                                       {"donor oocyte", "donor-egg"},
                                                       {"irregular cycle", "irregular"},
                                                       {"irregular cycles", "irregular"},
                                                       {"irregular periods", "irregular"},
                                                       {"amenorrhea", "amenorrhea"},
                                                       {"amenorrhoea", "amenorrhea"},
                                                       {"frozen transfer", "frozen-transfer"},
                                                       {"FET", "frozen-transfer"},
                                                       {"fresh transfer", "fresh-transfer"},
                                                       {"Eizellspende", "donor-egg"},
                                                       {"unregelmäßiger Zyklus", "irregular"},
                                                       {"unregelmassiger Zyklus", "irregular"},
                                                       {"yumurta donasyonu", "donor-egg"},
                                                       {"düzensiz siklus", "irregular"},
                                                       {"düzensiz adet", "irregular"},
                                                       {"ovodonación", "donor-egg"},
                                                       {"ciclo irregular", "irregular"},
                                                       {"don d'ovocytes", "donor-egg"},
                                                       {"don d\u2019ovocytes", "donor-egg"},
                                                       {"cycle irrégulier", "irregular"}};
  for (const auto& [text, expected] : table)
    EXPECT_THAT(read(text).qualifiers, ElementsAre(expected)) << text;
}

TEST(CycleText, ReadsAnchorTypeAndQualifierOfOneText) {
  const CycleText text = read("HRT mock cycle, P+5");
  EXPECT_EQ(text.anchor.value, (TextAnchor{"progesterone-start", 5}));
  EXPECT_EQ(text.type.value, "medicated");
  EXPECT_THAT(text.qualifiers, ElementsAre("mock"));
  EXPECT_FALSE(text.day.spoken());
}

TEST(CycleText, TakesADayAndAnAnchorTogether) {  // C25
  const CycleText text = read("CD 21, LH+7");
  EXPECT_EQ(text.day.value, 21);
  EXPECT_EQ(text.anchor.value, (TextAnchor{"lh-surge", 7}));
}

TEST(CycleText, YieldsNothingForDecoys) {  // C26, C27
  for (const char* text : {"day 3",
                           "D 3",
                           "D3",
                           "S 3",
                           "J 3",
                           "Tag 3",
                           "3. gün",
                           "day 3 FSH 7.2",
                           "30 day cycle",
                           "30-day cycle",
                           "30-Tage-Zyklus",
                           "30 günlük siklus",
                           "ciclo de 30 días",
                           "cycle de 30 jours",
                           "menses every 30 days",
                           "+7 from surge",
                           "LH surge",
                           "natural killer cells",
                           "Natural Killer panel",
                           "GnRH antagonist given",
                           "IVF Clinic Berlin",
                           "after IVF",
                           "frozen specimen",
                           "sample frozen",
                           "Follicular",
                           "Luteal",
                           "Day 3",
                           "POD 7",
                           "POD 7 (day 21)",
                           "day 21 pattern",
                           "cycle day 21 pattern",
                           "aged 35",
                           "35 years",
                           "prednisolone 10 mg",
                           "follicular phase: 0.1-0.8",
                           "luteal phase 2-25 ng/mL",
                           "Reference: luteal phase",
                           "dated as cycle day 21",
                           "consistent with cycle day 21",
                           "luteal phase support",
                           "CD 12.5",
                           "CD 12%",
                           "CD 123",
                           "LH +7.5 IU/L",
                           "LH +7 IU/L",
                           "hCG+36 h",
                           "hCG + 36 hours",
                           "ET+5 weeks",
                           "IFN +5%",
                           "LH 7",
                           "hCG 5",
                           "P 5",
                           "3P+5",
                           "CD3+ T cells",
                           "CD56+ NK cells",
                           "CD16/CD56",
                           "CD3-CD16+CD56+",
                           "CD56",
                           "CD 56 CD 16",
                           "anti-CD20",
                           "CD19 cells",
                           "no HRT",
                           "not postmenopausal",
                           "denies irregular cycles",
                           "postmenopozal değil",
                           "f\u00FCr 02.03.2025",
                           "Sat 2025-03-22",
                           "collected Sat 22.03.2025",
                           "LMP",
                           "LMP unknown",
                           "LMP 30.02.2025",
                           "LMP 02.03.25",
                           "LMP 2025-13-01",
                           "",
                           " ",
                           "\xFF\xFE",
                           "cd",
                           "CD\xC3",
                           "day of cycle",
                           "N. Zyklustag"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(CycleText, IsVoidWhereItsClauseSpeaksOfAnotherCycle) {  // C24
  for (const char* text :
       {"last cycle CD 12", "CD 12 of previous cycle", "day 3 of cycle, next cycle",
        "prior menstrual cycle day 3", "following cycle: CD 3", "ZT 3 im nächsten Zyklus",
        "letzter Zyklus, ZT 12", "önceki siklus günü 5", "sonraki siklusun 3. günü",
        "ciclo anterior, día 12 del ciclo", "día 3 del ciclo próximo",
        "12e jour du cycle précédent", "prochain cycle: J3 du cycle"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(CycleText, IsVoidWhereItsClausePlansRemembersOrDoubts) {  // C24
  for (const char* text : {"repeat on CD 21",
                           "recheck CD 3",
                           "schedule biopsy LH+7",
                           "plan: P+5",
                           "CD 3 wiederholen",
                           "ZT 3 wiederholen",
                           "siklusun 3. günü tekrar",
                           "repetir día 3 del ciclo",
                           "refaire J3 du cycle",
                           "3 failed IVF cycle",
                           "history of irregular cycles",
                           "stopped HRT",
                           "CD 12 unclear",
                           "CD 12 uncertain",
                           "approx CD 12",
                           "about CD 12",
                           "~CD 12",
                           "CD ~12",
                           "CD 12?",
                           "CD 12 (?)",
                           "ZT 12 unklar",
                           "ca. ZT 12",
                           "siklus günü 12 belirsiz",
                           "día 12 del ciclo dudoso",
                           "environ J12 du cycle",
                           "prednisolone started on day 3 of cycle",
                           "letrozole started CD 3"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(CycleText, VoidsOneClauseAndReadsTheNext) {
  EXPECT_EQ(read("Previous cycle CD 12. Now CD 3.").day.value, 3);
  EXPECT_EQ(read("plan LH+7; today CD 12").day.value, 12);
  EXPECT_EQ(read("repeat in 3 weeks\nZT 12").day.value, 12);
  EXPECT_EQ(read("CD 12. Next cycle planned.").day.value, 12);
  EXPECT_EQ(read("Menses started, CD 2").day.value, 2) << "a period is no drug";
  EXPECT_EQ(lmp_in("LMP started 2025-03-02"), "2025-03-02");
}

TEST(CycleText, IsAmbiguousForTwoAnswersAndForRanges) {  // C25
  for (const char* text : {"CD 12, CD 14", "CD 19-23", "CD 19\u201323", "day 19-23 of cycle",
                           "CD 19 to 23", "ZT 19 bis 23", "CD 12/13", "CD 12 or 13"}) {
    EXPECT_TRUE(read(text).day.ambiguous) << text;
    EXPECT_FALSE(read(text).day.value) << text;
    EXPECT_TRUE(read(text).has_timing()) << text << ": counts as used";
  }
  for (const char* text : {"LH+6 to 8", "LH+6-8", "LH+6/+8", "LH+7, P+5", "6-8 dpo", "P+4 P+5"})
    EXPECT_TRUE(read(text).anchor.ambiguous) << text;
  EXPECT_TRUE(read("LMP 2025-03-02, DDR 2025-03-05").lmp.ambiguous);
  EXPECT_TRUE(read("natural cycle or IVF cycle").type.ambiguous);
  EXPECT_TRUE(read("luteal phase, follicular phase").phase.ambiguous);
  EXPECT_EQ(read("CD 12 (cycle day 12)").day.value, 12) << "the same twice is one answer";
  EXPECT_EQ(read("CD 12, CD 14; ").day.value, std::nullopt);
}

TEST(CycleText, TakesSlashDatesOnlyWhereTheirOrderIsClear) {  // C28
  EXPECT_EQ(lmp_in("LMP 22/03/2025"), "2025-03-22");
  EXPECT_EQ(lmp_in("LMP 03/22/2025"), "2025-03-22");
  EXPECT_EQ(lmp_in("LMP 02/03/2025"), "");
  EXPECT_TRUE(read("LMP 02/03/2025").lmp.ambiguous);
  EXPECT_EQ(lmp_in("LMP 02/03/2025", "dmy"), "2025-03-02");
  EXPECT_EQ(lmp_in("LMP 02/03/2025", "mdy"), "2025-02-03");
  EXPECT_TRUE(read("LMP 2025-03").lmp_imprecise);
}

TEST(CycleText, KeepsMarkersOfCellsApartFromDays) {
  EXPECT_EQ(read("CD56+ cells on CD 21").day.value, 21);
  EXPECT_EQ(read("CD138 stain, CD 22").day.value, 22);
  EXPECT_EQ(read("CD56, CD16").day.value, std::nullopt);
  EXPECT_EQ(read("CD3").day.value, 3) << "alone it is the third day, as clinics write it";
}

TEST(CycleText, ReadsBareWordsOfATypeAnswer) {  // C29
  const std::pair<const char*, const char*> table[] = {{"natural", "natural"},
                                                       {"HRT", "medicated"},
                                                       {"IVF", "stimulated-ivf"},
                                                       {"ICSI", "stimulated-ivf"},
                                                       {"modified natural", "modified-natural"},
                                                       {"doğal", "natural"},
                                                       {"künstlich", "medicated"},
                                                       {"natural cycle", "natural"},
                                                       {"PCOS", ""},
                                                       {"natural killer", ""},
                                                       {"failed IVF", ""}};
  for (const auto& [text, expected] : table)
    EXPECT_EQ(read_cycle_type_text(language(), text).type.value.value_or(""), expected) << text;
  EXPECT_THAT(read_cycle_type_text(language(), "HRT mock").qualifiers, ElementsAre("mock"));
  EXPECT_THAT(read_cycle_type_text(language(), "irregular").qualifiers, ElementsAre("irregular"));
  EXPECT_TRUE(read_cycle_type_text(language(), "postmenopausal").postmenopausal);
  EXPECT_FALSE(read_cycle_type_text(language(), "HRT CD 12 P+5").has_timing()) << "words only";
}

TEST(CycleText, ReadsEveryDayItIsWrittenWith) {
  for (int day = 1; day <= 60; ++day) {
    if (day == 56 || day == 57) continue;  // markers, where CD stands before them
    EXPECT_EQ(read("CD " + std::to_string(day)).day.value, day);
    EXPECT_EQ(read("Zyklustag " + std::to_string(day)).day.value, day);
    EXPECT_EQ(read(std::to_string(day) + ". Zyklustag").day.value, day);
    EXPECT_EQ(read("siklusun " + std::to_string(day) + ". günü").day.value, day);
    EXPECT_EQ(read(std::to_string(day) + "e jour du cycle").day.value, day);
  }
}

TEST(CycleText, StaysLinearOnHostileText) {
  const std::string units[] = {
      "CD 12 ",          "hrt no ",    "12. ",      "last a b ", "LH+",
      "day 1 of the ",   "1-1-1-",     "ivf/icsi ", "(((",       "mother hrt ",
      "sample on cd 1 ", "fsh cd 3, ", "\xC4\xB0",  "started "};
  for (const std::string& unit : units) {
    std::string text;
    while (text.size() < 4 * most_cycle_text_bytes) text += unit;
    (void)read(text);  // the time limit of the test is the assertion
  }
}

}  // namespace
}  // namespace gateway::mapping
