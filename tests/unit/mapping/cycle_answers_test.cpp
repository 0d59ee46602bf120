// What an answer of context means that is no plain number or date (C2, C10–C12, C18, C19).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_statement.hpp"

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* no_answers[] = {
    "unknown",    "UNKNOWN",     "Not known", "n/a",         "N.A.",           "-",
    "--",         "?",           "",          "unk",         "unbekannt",      "bilinmiyor",
    "BİLİNMİYOR", "inconnu",     "Inconnue",  "desconocida", "not applicable", "k.A.",
    "none",       "not pregnant"};

TEST(C2, ADayThatIsNoWholeNumberIsUnknownAndSaysWhy) {
  for (const char* value :
       {"12.5",       "12,5",          ".5",         "12.50", "<12",      ">12",
        ">=12",       "≤12",           "12+",        "12-",   "12-14",    "12 - 14",
        "12/13",      "12 or 13",      "about 12",   "~12",   "12?",      "ca. 12",
        "approx. 12", "twelve",        "12½",        "1e1",   "12 mg",    "LH+7",
        "P+5",        "12 days after", "stim day 5", "TNTC",  "day 12.5", "CD 12.5"}) {
    Said said;
    said.row("cycle-day", value);
    EXPECT_EQ(said.context(), CycleContext{}) << value;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << value;
    said.row("cycle-day", "14", Source::z_segment);
    EXPECT_EQ(said.context().day, 14) << value << ": the next source is tried (C12)";
    EXPECT_EQ(said.context().confidence, "stated");
  }
  for (const char* value : {"5.5", "5-6", "+5 to +6", "<5", "about 5", "5+", "P+5", "five"}) {
    Said said;
    said.row("lh-plus", value);
    EXPECT_EQ(said.context(), CycleContext{}) << value;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << value;
  }
  for (const char* value : {"7", "7 days after", "7 Tage nach LH-Anstieg", "7 jours après",
                            "LH pikinden 7 gün sonra", "7 días tras"})
    EXPECT_EQ(Said().row("lh-plus", value).context().offset, 7) << value;
  for (const char* value : {"12", "12.0", "=12", "#12", "day 12", "D12", "12.", "12 d"})
    EXPECT_EQ(Said().row("cycle-day", value).context().day, 12) << value;
}

TEST(C2, WhoHasNoAnswerSaysNothing) {
  for (const char* value : no_answers)
    for (const char* kind : {"cycle-day", "lmp", "edd", "gestational-age", "lh-plus", "stim-day",
                             "progesterone-day", "et-plus"}) {
      Said said;
      said.row(kind, value);
      EXPECT_EQ(said.context(), CycleContext{}) << kind << " " << value;
      EXPECT_THAT(said.issues(), IsEmpty()) << kind << " " << value;
    }
  Said day;
  day.row("gestational-age", "n/a").row("edd", "unknown").row("cycle-day", "21");
  EXPECT_EQ(day.context().day, 21) << "C18: no age is given, so nobody is pregnant";
  EXPECT_FALSE(Said().input.language->is_no_answer("irregular"));
  EXPECT_FALSE(Said().input.language->is_no_answer("12"));
}

TEST(C10, WhatIsNoDateIsSaidWithEveryResult) {
  for (const char* value : {"20250230", "2025-13-01", "yesterday", "two weeks ago", "2025030",
                            "about 2025-03-02", "irregular"}) {
    Said said;
    said.row("lmp", value);
    EXPECT_EQ(said.context(), CycleContext{}) << value;
    EXPECT_THAT(said.issues(), ElementsAre("date-invalid")) << value;
  }
  Said due;
  due.row("edd", "20250230");
  EXPECT_EQ(due.context().status, "pregnant") << "somebody expects a child";
  EXPECT_THAT(due.issues(), ElementsAre("date-invalid"));
  Said month;
  month.row("edd", "202510");
  EXPECT_EQ(month.context().gestation_value, "");
  EXPECT_THAT(month.issues(), ElementsAre("lmp-imprecise"));
  Said slashes;
  slashes.row("edd", "03/04/2025");
  EXPECT_THAT(slashes.issues(), ElementsAre("cycle-text-ambiguous"));
}

TEST(C1, ACodedDateIsTheOneThatItsCodeAndWordsAgreeUpon) {
  struct Row {
    std::vector<std::string_view> writings;
    const char* order;
    const char* date;  // FHIR, "two" or "none"
  };
  const Row table[] = {
      {{"20250302"}, "", "2025-03-02"},
      {{"2 March 2025", "20250302", "2 March 2025"}, "", "2025-03-02"},
      {{"02.03.2025", "X1", "02.03.2025"}, "", "2025-03-02"},
      {{"02.03.2025", "20250302"}, "", "2025-03-02"},
      {{"03.03.2025", "20250302"}, "", "two"},
      {{"02/03/2025", "20250302"}, "", "2025-03-02"},
      {{"02/03/2025", "20250203"}, "", "2025-02-03"},
      {{"02/03/2025", "20250405"}, "", "two"},
      {{"02/03/2025", "X"}, "", "two"},
      {{"02/03/2025", "X"}, "dmy", "2025-03-02"},
      {{"03/2025", "202503"}, "", "2025-03"},
      {{"2025-03", "20250302"}, "", "2025-03-02"},
      {{"2025-04", "20250302"}, "", "two"},
      {{"202503", "March"}, "", "2025-03"},
      {{"2025"}, "", "2025"},
      {{"two weeks ago", "2034"}, "", "none"},
      {{"two weeks ago", "100203"}, "", "none"},
      {{"two weeks ago", "10020315"}, "", "none"},
      {{"two weeks ago", "W2"}, "", "none"},
  };
  for (const auto& [writings, order, date] : table) {
    const CycleDate read = read_answer_date(writings, order);
    const bool known = read.kind == CycleDate::Kind::day || read.kind == CycleDate::Kind::imprecise;
    EXPECT_EQ(known                                ? read.date.to_fhir()
              : read.kind == CycleDate::Kind::none ? "none"
                                                   : "two",
              date)
        << writings.front() << " " << writings.back();
  }
}

TEST(C19, OfTwoCompatibleAgesTheMorePreciseIsKept) {
  for (const bool weeks_first : {true, false})
    for (const Source other : {Source::aoe_obx, Source::z_segment})
      for (int day = 0; day < 7; ++day) {
        const std::string exact = "9w" + std::to_string(day) + "d";
        Said said;
        if (weeks_first) said.row("gestational-age", "9 wk");
        said.row("gestational-age", exact, weeks_first ? other : Source::aoe_obx);
        if (!weeks_first) said.row("gestational-age", "9 wk", other);
        EXPECT_EQ(said.context().gestation_value, std::to_string(63 + day)) << exact;
        EXPECT_EQ(said.context().gestation_unit, "d");
        EXPECT_EQ(said.context().source,
                  weeks_first && other == Source::z_segment ? "z-segment" : "aoe-obx");
        EXPECT_THAT(said.issues(), IsEmpty());
      }
  Said next;
  next.row("gestational-age", "9 wk").row("gestational-age", "10w1d");
  EXPECT_EQ(next.context().gestation_value + next.context().gestation_unit, "9wk")
      << "within the tolerance, but no more precise word for the same";
}

TEST(C19, AnAgeThatNobodyCanReadSaysWhyItIsMissing) {
  for (const char* value : {"9.3", "9,3", "nine weeks", "9-10 wk", ">9", "about 9 weeks", "9"}) {
    Said said;
    said.row("gestational-age", value);
    EXPECT_EQ(said.context().status, "pregnant") << value;
    EXPECT_EQ(said.context().gestation_value, "") << value;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << value;
  }
}

TEST(C24, WhatIsSaidInDoubtIsNeverSilent) {
  for (const char* text :
       {"CD 12?",        "CD 12, uncertain", "approx. CD 12",    "ca. ZT 12",
        "LH+7?",         "LMP 02.03.2025?",  "natural cycle?",   "luteal phase?",
        "LMP 02/03",     "LMP 2.3.25",       "LMP 2 March",      "letzte Periode: 02.03.",
        "FUM 02/03",     "DDR le 02/03",     "son adet 02.03",   "LMP 3 weeks ago",
        "CD ~21",        "ZT ~ 21",          "SAT: 2 Mart 2025", "COLLECTED SAT 3/22/2025",
        "NK cells CD16", "CD34 collection"})
    EXPECT_THAT(Said().text(text).issues(), ElementsAre("cycle-text-ambiguous")) << text;
  for (const char* text : {"LMP March", "LMP 2025", "LMP: March 2025", "LMP 03/2025",
                           "letzte Periode März", "FUM marzo", "DDR mars 2025"})
    EXPECT_THAT(Said().text(text).issues(), ElementsAre("lmp-imprecise")) << text;
  for (const char* text : {"LMP unknown", "LMP", "repeat on CD 3", "previous LMP March", "SAT 8-12",
                           "CD56+ cells?", "sister CD 12?"})
    EXPECT_THAT(Said().text(text).issues(), IsEmpty()) << text;
  EXPECT_EQ(Said().text("LMP 02/03, CD 21").context().day, 21);
}

TEST(C2, AnAnswerToPhaseOrMenopauseThatNobodyCanReadIsSaid) {
  for (const char* text : {"luteal?", "short luteal phase", "mid cycle"})
    EXPECT_THAT(Said().row("cycle-phase", text).issues(), ElementsAre("cycle-text-ambiguous"))
        << text;
  for (const char* text : {"Y", "menopausal", "perimenopausal"})
    EXPECT_THAT(Said().row("menopausal-status", text).issues(), ElementsAre("cycle-text-ambiguous"))
        << text;
  EXPECT_THAT(Said().row("cycle-type", "natural?").issues(), ElementsAre("cycle-text-ambiguous"));
  for (const char* text : {"unknown", "n/a", ""})
    EXPECT_THAT(Said().row("cycle-phase", text).issues(), IsEmpty()) << text;
  for (const char* text : {"N", "no", "premenopausal", "unknown", "postmenopausal"})
    EXPECT_THAT(Said().row("menopausal-status", text).issues(), IsEmpty()) << text;
}

TEST(C18, AnAnswerThatIsNeitherYesNorNoIsSaid) {
  for (const char* yes : {"Y", "yes", "Pregnant", "schwanger", "Ja", "gebe", "Evet", "Sí", "oui"})
    EXPECT_EQ(Said().row("pregnancy-status", yes).context().status, "pregnant") << yes;
  for (const char* no : {"N", "no", "Not pregnant", "nein", "hayır", "gebe değil", "non"})
    EXPECT_TRUE(Said().row("pregnancy-status", no).reading().says_not_pregnant) << no;
  for (const char* unknown : {"Unknown", "U", "LA4489-6", "261665006", "bilinmiyor", ""}) {
    const Said said = Said().row("pregnancy-status", unknown);
    EXPECT_EQ(said.context(), CycleContext{}) << unknown;
    EXPECT_THAT(said.issues(), IsEmpty()) << unknown;
  }
  for (const char* unclear : {"possibly", "positive", "see note", "test pending"}) {
    Said said;
    said.row("pregnancy-status", unclear).row("cycle-day", "30");
    EXPECT_EQ(said.context().day, 30) << unclear;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous"))
        << unclear << ": a day that may be one of a pregnancy";
  }
}

TEST(C18, PregnantAndNotPregnantAreUnderstoodInFiveLanguages) {
  for (const char* yes : {"hamile",
                          "HAMİLE",
                          "Hamile.",
                          "HAMILE",
                          "gebelik",
                          "GEBELİK",
                          "Gebelik",
                          "gebelik var",
                          "GEBE",
                          "schwanger",
                          "Schwangerschaft",
                          "SCHWANGER",
                          "gravide",
                          "ENCEINTE",
                          "grossesse",
                          "Grossesse en cours",
                          "est enceinte",
                          "embarazada",
                          "embarazo",
                          "Está embarazada",
                          "esta embarazada",
                          "gestante",
                          "pregnancy",
                          "Currently pregnant",
                          "sí",
                          "SI",
                          "evet"})
    EXPECT_EQ(Said().row("pregnancy-status", yes).context().status, "pregnant") << yes;
  for (const char* no : {"hamile değil",
                         "HAMİLE DEĞİL",
                         "Hamile degil",
                         "gebelik yok",
                         "GEBE DEĞİL",
                         "gebe değildir",
                         "nicht schwanger",
                         "Nicht schwanger.",
                         "keine Schwangerschaft",
                         "nicht  schwanger",
                         "pas enceinte",
                         "Pas enceinte.",
                         "PAS ENCEINTE",
                         "non enceinte",
                         "n'est pas enceinte",
                         "n\u2019est pas enceinte",
                         "pas de grossesse",
                         "no embarazada",
                         "no está embarazada",
                         "no esta embarazada",
                         "sin embarazo",
                         "not pregnant",
                         "Non-pregnant",
                         "no pregnancy",
                         "NO"}) {
    const Said said = Said().row("pregnancy-status", no).row("cycle-day", "21");
    EXPECT_TRUE(said.reading().says_not_pregnant) << no;
    EXPECT_EQ(said.context().day, 21) << no;
    EXPECT_THAT(said.issues(), IsEmpty()) << no;
  }
  for (const char* neither : {"pregnant?", "hamile olabilir", "maybe pregnant", "pas", "değil"}) {
    const Said said = Said().row("pregnancy-status", neither);
    EXPECT_EQ(said.context().status, "unknown") << neither;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << neither;
  }
}

TEST(C19, PeriodsThatDisagreeInAPregnancyAreSaid) {
  Said same("2025-10-03");
  same.row("pregnancy-status", "Pregnant").row("lmp", "20250813").row("lmp", "20250701");
  EXPECT_EQ(same.context().gestation_value, "");
  EXPECT_THAT(same.issues(), ElementsAre("gestation-conflict"));
  same.row("lmp", "20250601", Source::z_segment);
  EXPECT_EQ(same.context().gestation_value, "") << "no lower rank decides between two";
  EXPECT_THAT(same.issues(), ElementsAre("gestation-conflict"));
  Said ranks("2025-10-03");
  ranks.row("pregnancy-status", "Pregnant").row("lmp", "20250813");
  ranks.row("lmp", "20250805", Source::z_segment);
  EXPECT_EQ(ranks.context().gestation_value, "51");
  EXPECT_EQ(ranks.context().confidence, "conflicting");
  EXPECT_THAT(ranks.issues(), ElementsAre("gestation-conflict"));
}

TEST(C15, ADayAfterMenopauseIsAConflictUnlessATreatmentGivesIt) {
  Said row;
  row.row("menopausal-status", "postmenopausal").row("cycle-day", "12");
  EXPECT_EQ(row.context().day, std::nullopt);
  EXPECT_THAT(row.issues(), ElementsAre("cycle-day-conflict"));
  Said text;
  text.text("postmenopausal, CD 12");
  EXPECT_EQ(text.context().day, std::nullopt);
  EXPECT_THAT(text.issues(), ElementsAre("cycle-day-conflict")) << "a day is never lost in silence";
  Said treated;
  treated.row("menopausal-status", "postmenopausal").row("cycle-day", "19");
  treated.row("progesterone-day", "5");
  EXPECT_EQ(treated.context().day, 19) << "of the artificial cycle";
  EXPECT_EQ(treated.context().status, "medicated");
  EXPECT_THAT(treated.issues(), IsEmpty());
}

}  // namespace
}  // namespace gateway::mapping
