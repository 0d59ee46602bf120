// Whose day it is that a text names: the sample's, or a plan's, a drug's, another event's (C24).
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/unit/mapping/cycle_support.hpp"
#include "tests/unit/mapping/cycle_text_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* plain[] = {
    // English
    "CD 12", "cd12", "Cycle day 12", "CYCLE DAY: 12", "(CD 12)", "CD 12.", "CD 12;", "CD 12, NK",
    "Blood drawn on cycle day 12", "Blood sample CD 12", "sample CD 12", "Sample (CD 12)",
    "serum, CD 12", "drawn CD 12", "collected on CD 12", "Collected: CD 12", "sample taken CD 12",
    "sample from CD 12", "biopsy from cycle day 12", "sample was collected on day 12 of her cycle",
    "endometrial biopsy CD 12", "EMB CD 12", "EMB on CD 12 for histology", "Pipelle biopsy, CD 12",
    "natural cycle CD 12", "natural cycle, CD 12", "Natural cycle day 12", "CD 12 natural cycle",
    "HRT cycle, CD 12", "letrozole cycle, CD 12", "letrozole cycle CD 12", "IVF patient, CD 12",
    "today CD 12", "CD 12 today", "now CD 12", "currently CD 12", "Patient on CD 12", "pt CD 12",
    "patient is on cycle day 12", "35 y, CD 12", "35 yo CD 12", "Age 35, CD 12",
    "Clinical info: CD 12", "Note: CD 12", "Indication: RIF, CD 12", "RIF, CD 12", "RPL CD 12",
    "NK cells CD 12", "NK assay, CD 12", "CD 12 NK assay", "NK cell panel CD 12", "CD 12 LH+1",
    "LH+1, CD 12", "CD 12 (LH+1)", "LMP 02.03.2025, CD 12", "CD 12, LMP 2025-03-02",
    "fasting, CD 12", "EDTA blood, CD 12", "heparin tube CD 12", "2025-03-22 CD 12",
    "CD 12, prednisolone 10 mg", "prednisolone 10 mg, CD 12", "3 miscarriages, CD 12",
    "CD 12, results by fax", "regular cycles, CD 12", "28 day cycle, CD 12", "CD 12 blood draw",
    "Menses started, CD 12", "menstrual cycle day 12", "day 12 of cycle, blood drawn",
    "luteal phase, CD 12", "RIF - CD 12", "CD 12 - NK assay", "CD 12, FSH 7.2, LH 5.1",
    // German
    "ZT 12", "Zyklustag 12", "12. Zyklustag", "Abnahme ZT 12", "Abnahme am 12. Zyklustag",
    "Blutentnahme an ZT 12", "Blutabnahme: ZT 12", "Blut ZT 12", "entnommen am ZT 12",
    "Probe vom 12. Zyklustag", "Biopsie am ZT 12", "heute ZT 12", "Heute 12. Zyklustag",
    "aktuell ZT 12", "Patientin am ZT 12", "Pat. am 12. Zyklustag", "natürlicher Zyklus, ZT 12",
    "ZT 12 im natürlichen Zyklus", "Spontanzyklus, ZT 12", "Spontanzyklus ZT 12",
    "EDTA-Blut, ZT 12", "Klinische Angaben: ZT 12", "Hinweis: ZT 12", "ZT 12, NK-Zellen",
    "Kinderwunsch, ZT 12", "Tag 12 des Zyklus", "ZT 12, Prednisolon 10 mg",
    "letzte Periode 02.03.2025, ZT 12", "Die Entnahme erfolgte am ZT 12",
    "Probe wurde am 12. Zyklustag gewonnen",
    // Turkish
    "siklusun 12. günü", "Siklusun 12. gününde", "SİKLUSUN 12. GÜNÜ", "siklusun 12. gunu",
    "adetin 12. günü", "Adetin 12. gününde", "ADETIN 12. GUNU", "reglin 12. günü", "siklus günü 12",
    "kan siklusun 12. günü", "Kan siklusun 12. günü alındı", "siklusun 12. günü alındı",
    "Siklusun 12. gününde alınan kan", "Örnek siklusun 12. günü", "numune: siklus günü 12",
    "bugün siklusun 12. günü", "Bugün adetin 12. günü", "hasta siklusun 12. gününde",
    "doğal siklus, siklusun 12. günü", "biyopsi siklusun 12. günü",
    "endometrium biyopsisi, siklusun 12. günü", "NK hücreleri, siklus günü 12",
    "siklus günü 12, prednizolon 10 mg", "SAT 02.03.2025, siklus günü 12", "şu an siklus günü 12",
    "klinik bilgi: siklus günü 12", "35 yaş, siklus günü 12",
    // Spanish
    "día 12 del ciclo", "dia 12 del ciclo", "DÍA 12 DEL CICLO", "Día del ciclo: 12",
    "muestra día 12 del ciclo", "Muestra tomada el día 12 del ciclo", "hoy día 12 del ciclo",
    "extracción el día 12 del ciclo", "sangre, día 12 del ciclo", "biopsia día 12 del ciclo",
    "Biopsia realizada el día 12 del ciclo", "paciente en día 12 del ciclo",
    "ciclo natural, día 12 del ciclo", "actualmente día 12 del ciclo",
    "FUM 02.03.2025, día 12 del ciclo", "células NK, día 12 del ciclo", "35 años, día 12 del ciclo",
    "Nota: día 12 del ciclo", "día 12 del ciclo, prednisona 10 mg", "día 12 del ciclo (LH+1)",
    // French
    "J12 du cycle", "J 12 du cycle", "jour 12 du cycle", "12e jour du cycle", "12ème jour du cycle",
    "Prélèvement à J12 du cycle", "prélèvement au 12e jour du cycle", "PRELEVEMENT A J12 DU CYCLE",
    "prélevé à J12 du cycle", "Biopsie à J12 du cycle", "biopsie réalisée à J12 du cycle",
    "sang, J12 du cycle", "aujourd'hui J12 du cycle", "ce jour, J12 du cycle",
    "patiente à J12 du cycle", "cycle naturel, J12 du cycle", "cycle naturel J12 du cycle",
    "DDR 02.03.2025, J12 du cycle", "cellules NK, J12 du cycle", "J12 du cycle, prednisone 10 mg",
    "prise de sang à J12 du cycle", "Renseignements cliniques : J12 du cycle",
    "35 ans, J12 du cycle",
    // as people write them, word order and all
    "35 years old, CD 12", "Cycle day 12 at time of collection", "Specimen collected cycle day 12",
    "Endometrial biopsy, timed: CD 12", "Peripheral blood NK, cycle day 12",
    "patient currently cycle day 12", "Drawn today (CD 12)", "CD 12, drawn 08:30",
    "CD12 - recurrent implantation failure", "2 failed transfers. CD 12",
    "Recurrent miscarriage, CD 12", "Cycle day 12, no medication", "CD 12; on prednisolone",
    "CD 12 / natural cycle", "Mock cycle CD 12", "Day 12 of menstrual cycle at sampling",
    "Day 12 of the cycle. FSH 7.2 last month", "CD 12, E2 120",
    "Sample date 22.03.2025, cycle day 12", "She is on day 12 of her cycle", "cycle day #12",
    "Menstrual cycle: day 12 of cycle", "12. Zyklustag bei Abnahme",
    "Abnahmezeitpunkt: 12. Zyklustag", "EDTA, ZT 12", "Zyklustag 12, keine Medikation",
    "NK-Zell-Diagnostik, ZT 12", "Z.n. 2 Aborten, ZT 12", "Blutentnahme heute, 12. Zyklustag",
    "ZT 12, Lutealphase", "kan alındığı gün siklusun 12. günü", "siklusun 12. günü kan alındı",
    "Siklusun 12. gününde örnek alındı", "tekrarlayan düşük, siklusun 12. günü",
    "Hasta adetinin 12. gününde", "İmplantasyon başarısızlığı. Siklus günü 12",
    "muestra extraída en el día 12 del ciclo", "aborto recurrente, día 12 del ciclo",
    "Extracción de sangre: día 12 del ciclo", "día 12 del ciclo natural",
    "prélèvement sanguin J12 du cycle", "fausses couches répétées. J12 du cycle",
    "Date du prélèvement : J12 du cycle", "prélèvement ce matin, J12 du cycle",
    "biopsie d'endomètre à J12 du cycle", "Le prélèvement a été réalisé à J12 du cycle"};

TEST(C24, APlainStatementOfADayIsRead) {
  for (const char* text : plain) {
    EXPECT_EQ(read(text).day.value, 12) << text;
    EXPECT_FALSE(read(text).day.in_doubt) << text;
  }
}

/// Days of plans, conditions, drugs, other events and other samples.
constexpr const char* others[] = {
    "return on cycle day 12", "Return CD 12", "due CD 12", "due on CD 12", "to be drawn on CD 12",
    "To be taken CD 12", "not CD 12", "not drawn on CD 12", "CD 12 not", "if CD 12",
    "if CD 12, give heparin", "unless CD 12", "when CD 12", "until CD 12", "since CD 12",
    "before CD 12", "after CD 12", "by CD 12", "from CD 12", "every CD 12", "only CD 12",
    "for CD 12", "letrozole from CD 12", "Letrozole CD 12", "letrozole 5 mg from CD 12",
    "letrozole 5 mg, CD 12", "letrozole 2.5 mg, 5 days, CD 12", "clomiphene on CD 12",
    "Clomid, CD 12", "CD 12 letrozole", "ovulation CD 12", "Ovulation: CD 12", "ovulated CD 12",
    "ovulation on CD 12", "ovulation (CD 12)", "ovulation, CD 12", "CD 12 ovulation",
    "CD 12 (ovulation)", "CD 12: trigger", "LH surge CD 12", "trigger CD 12", "IUI on CD 12",
    "transfer CD 12", "ET CD 12", "OPU, CD 12", "scan CD 12", "scan done CD 12", "HSG CD 12",
    "FSH (CD 12) 7.2", "FSH CD 12 7.2", "FSH 7.2 (CD 12)", "CD 12 FSH 7.2", "CD 12: FSH 7.2",
    "FSH 7.2, CD 12", "FSH 7.2, LH 5.1, CD 12", "AMH and CD 12 FSH", "E2 pmol/L 120 CD 12",
    "will come CD 12", "should be on CD 12", "draw blood, to return CD 12", "appointment CD 12",
    "follow-up CD 12", "f/u CD 12", "expected CD 12", "recommend CD 12 sample", "suggest CD 12",
    "surgery CD 12", "hysteroscopy done CD 12", "intercourse CD 12", "pregnancy test CD 12",
    "ovulation test CD 12", "letrozole taken CD 12", "mother CD 12", "husband's CD 12",
    "sister CD 12", "fertile window CD 12",
    // German
    "Letrozol ab ZT 12", "ab ZT 12", "Letrozol ZT 12", "Letrozol 5 mg, ZT 12", "bis ZT 12",
    "Eisprung ZT 12", "Eisprung: ZT 12", "ZT 12 Eisprung", "nicht ZT 12", "falls ZT 12",
    "wenn ZT 12", "nach ZT 12", "vor ZT 12", "gegen ZT 12", "um ZT 12", "für ZT 12", "seit ZT 12",
    "FSH (ZT 12) 7,2", "Wiedervorstellung ZT 12", "Termin ZT 12", "Abnahme ZT 12 erbeten",
    "Blutentnahme am ZT 12 erbeten", "soll am ZT 12 kommen", "wird am 12. Zyklustag entnommen",
    "Clomifen ab dem 12. Zyklustag", "Insemination am ZT 12", "Transfer ZT 12", "Ultraschall ZT 12",
    "Punktion am 12. Zyklustag",
    // Turkish
    "letrozol siklusun 12. günü", "letrozol siklusun 12. günü alındı",
    "ilaç siklusun 12. günü alındı", "ovulasyon siklusun 12. günü", "yumurtlama: siklus günü 12",
    "siklusun 12. günü değil", "siklusun 12. günü alınacak", "siklusun 12. günü gelsin",
    "siklusun 12. günü kontrol", "siklusun 12. günü randevu", "siklusun 12. günü civarı",
    "siklus günü 12 ise", "eğer siklus günü 12", "FSH (siklusun 12. günü) 7.2",
    "siklusun 12. günü FSH 7.2", "transfer siklusun 12. günü", "siklus günü 12 için",
    // Spanish
    "letrozol desde día 12 del ciclo", "letrozol día 12 del ciclo", "ovulación día 12 del ciclo",
    "día 12 del ciclo ovulación", "no día 12 del ciclo", "si día 12 del ciclo",
    "para día 12 del ciclo", "hasta día 12 del ciclo", "hacia día 12 del ciclo",
    "cita día 12 del ciclo", "volver día 12 del ciclo", "FSH (día 12 del ciclo) 7,2",
    "extraer el día 12 del ciclo", "a realizar el día 12 del ciclo",
    "inseminación el día 12 del ciclo", "sobre el día 12 del ciclo",
    // French
    "létrozole à partir de J12 du cycle", "létrozole J12 du cycle", "ovulation à J12 du cycle",
    "J12 du cycle : ovulation", "pas J12 du cycle", "si J12 du cycle", "vers J12 du cycle",
    "dès J12 du cycle", "jusqu'à J12 du cycle", "pour J12 du cycle", "rdv J12 du cycle",
    "revenir à J12 du cycle", "FSH (J12 du cycle) 7,2", "à prélever J12 du cycle",
    "insémination à J12 du cycle", "ponction J12 du cycle"};

TEST(C24, ADayOfAPlanADrugOrAnotherEventIsNoneAndSaysWhy) {
  for (const char* text : others) {
    EXPECT_EQ(read(text).day.value, std::nullopt) << text;
    const Said said = Said().text(text);
    EXPECT_EQ(said.context().day, std::nullopt) << text;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << text;
  }
}

constexpr const char* orders[] = {"Please redraw CD 12",
                                  "IVIG planned CD 12",
                                  "Needs repeat CD 12",
                                  "Bring patient back CD 12",
                                  "Intralipid infusion CD 12",
                                  "Biopsy CD 12 next month",
                                  "Clomid CD 12 to 16",
                                  "Letrozole 5mg CD12",
                                  "Started Femara CD 12",
                                  "BBT rise CD 12",
                                  "Positive OPK CD 12",
                                  "OPK positive on CD 12",
                                  "peak LH on CD 12",
                                  "LH peak: CD 12",
                                  "Menses expected CD 12",
                                  "endometrium 9 mm on CD 12",
                                  "Follicle 18 mm CD 12",
                                  "dominant follicle seen CD 12",
                                  "Trigger shot given on CD 12",
                                  "hCG 10000 IU on CD 12",
                                  "normally ovulates CD 12",
                                  "usually ovulates around CD 12",
                                  "Progesterone started CD 12",
                                  "prog 400 mg from CD 12",
                                  "intercourse advised CD 12",
                                  "AFC on CD 12",
                                  "TVS CD 12: EM 8mm",
                                  "no bleeding until CD 12",
                                  "spotting since CD 12",
                                  "Estradiol (CD 12): 250 pg/mL",
                                  "Basalhormone ZT 12: FSH 7",
                                  "Zervixschleim ZT 12",
                                  "Ovulationstest positiv ZT 12",
                                  "LH-Peak ZT 12",
                                  "Utrogest ab ZT 12",
                                  "Kontrolle ZT 12",
                                  "Bitte ZT 12 abnehmen",
                                  "Bitte Abnahme am ZT 12",
                                  "USG siklusun 12. günü",
                                  "çatlatma iğnesi siklusun 12. günü",
                                  "siklusun 12. günü tekrar gelecek",
                                  "siklusun 12. günü bakılsın",
                                  "klomifen siklusun 12. günü başlandı",
                                  "OPU siklusun 12. günü",
                                  "eco día 12 del ciclo",
                                  "control el día 12 del ciclo",
                                  "tomar progesterona día 12 del ciclo",
                                  "pedir el día 12 del ciclo",
                                  "pic de LH à J12 du cycle",
                                  "écho J12 du cycle",
                                  "contrôle à J12 du cycle",
                                  "à faire J12 du cycle",
                                  "Duphaston à partir de J12 du cycle",
                                  "déclenchement J12 du cycle",
                                  "blood to be sent CD 12",
                                  "Sample needed CD 12",
                                  "Sample required on CD 12",
                                  "serum progesterone to check CD 12",
                                  "Blood test needed on CD 12",
                                  "blood tests CD 12 please",
                                  "blood due: CD 12",
                                  "sample CD 12 please",
                                  "collect sample on CD 12",
                                  "draw blood on CD 12",
                                  "take blood CD 12",
                                  "Blut abnehmen ZT 12",
                                  "prélever J12 du cycle",
                                  "previous sample CD 12",
                                  "last sample CD 12",
                                  "old sample: CD 12",
                                  "first sample CD 12",
                                  "1st sample CD 12, 2nd sample CD 21",
                                  "partner CD 12",
                                  "donor's CD 12",
                                  "sample after CD 12",
                                  "sample before CD 12",
                                  "near CD 12",
                                  "CD 12 or so",
                                  "CD 12ish",
                                  "CD 12 at least"};

TEST(C24, WhatIsOrderedOrWasSeenGivesNoDay) {
  for (const char* text : orders) EXPECT_EQ(Said().text(text).context().day, std::nullopt) << text;
}

TEST(C24, AnotherCycleARepeatAndADoubtAreVoidInEveryFormOfTheirWords) {
  for (const char* text :
       {"gelecek siklus 3. günü", "GELECEK SİKLUS 3. GÜNÜ", "gelecek ay siklus günü 3",
        "à répéter J21 du cycle", "A REPETER J21 DU CYCLE", "répétition J21 du cycle",
        "repetición día 21 del ciclo", "repeticion dia 21 del ciclo",
        "programado para día 3 del ciclo", "programada día 3 del ciclo", "programmé J3 du cycle",
        "prévoir J3 du cycle", "planlandığı siklus günü 3", "nochmals ZT 3",
        "próximas muestras día 3 del ciclo"})
    EXPECT_EQ(all_in(text), "") << text;
}

TEST(C24, AnOffsetOfAPlanOrAConditionIsNone) {
  for (const char* text :
       {"return on LH+7", "due LH+7", "to be biopsied LH+7", "not LH+7", "if LH+7", "until P+5",
        "progesterone from LH+7", "ab LH+7", "biopsy before LH+7", "ET LH+7", "transfer at LH+7",
        "ovulation LH+7", "IUI on LH+7", "ET on P+5", "FSH at stim day 5", "follicle LH+7",
        "randevu LH+7", "rdv LH+7", "cita LH+7"}) {
    const Said said = Said().text(text);
    EXPECT_EQ(said.context().anchor, "") << text;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << text;
  }
  for (const char* text : {"biopsy LH+7", "EMB at LH+7", "biopsy from LH+7", "mock cycle, LH+7",
                           "Biopsie LH+7", "biyopsi LH+7", "biopsia LH+7", "vaginal 400 mg, LH+7"})
    EXPECT_EQ(Said().text(text).context().offset, 7) << text;
}

TEST(C24, AnOffsetBesideItsOwnDrugIsTheSamples) {
  for (const char* text :
       {"vaginal progesterone P+5", "progesterone, P+5", "HRT, progesterone 400 mg, P+5", "P+5",
        "FET cycle, P+5", "mock transfer P+5", "donor egg, P+5", "biopsy at P+5", "EMB P+5",
        "Biopsie P+5", "P+5 progesterone 400 mg"})
    EXPECT_EQ(Said().text(text).context().offset, 5) << text;
}

TEST(C24, ADoubtfulDayIsSaidOnlyWhereNothingElseGivesOne) {
  const Said coded = Said().text("letrozole from CD 3").row("cycle-day", "12");
  EXPECT_EQ(coded.context().day, 12);
  EXPECT_THAT(coded.issues(), IsEmpty());
  const Said period = Said().text("FSH (CD 3) 7.2, LMP 02.03.2025");
  EXPECT_EQ(period.context().day, 21) << "the date of the period is no doubt";
  EXPECT_THAT(period.issues(), IsEmpty());
  const Said later = Said().text("letrozole from CD 3").text("CD 12", Source::text_nte);
  EXPECT_EQ(later.context().day, 12) << "C21: the first text yields no day";
  EXPECT_THAT(later.issues(), IsEmpty());
  EXPECT_EQ(Said().text("Letrozole CD 3-7, CD 12 today").context().day, 12);
  EXPECT_EQ(Said().text("CD 14 ovulation, CD 21 sample").context().day, 21);
  EXPECT_EQ(Said().text("CD 21. Letrozole from CD 3.").context().day, 21);
}

TEST(C2, AnAnswerThatIsAPlanIsNoDay) {
  for (const char* answer :
       {"due CD 21", "not CD 21", "letrozole from CD 3", "return on cycle day 3"}) {
    const Said said = Said().row("cycle-day", answer);
    EXPECT_EQ(said.context().day, std::nullopt) << answer;
    EXPECT_THAT(said.issues(), ElementsAre("cycle-text-ambiguous")) << answer;
  }
}

}  // namespace
}  // namespace gateway::mapping
