#include "gateway/mapping/cycle_phrases.hpp"

namespace gateway::mapping {
namespace {

using enum PhraseField;

constexpr Phrase phrases[] = {
    // day: English, German, Turkish, Spanish, French
    {day, "", "cycle day N"},
    {day, "", "cd N"},
    {day, "", "day N of the|this|her? current? menstrual? cycle"},
    {day, "", "zyklustag N"},
    {day, "", "zyklus tag N"},
    {day, "", "N. zyklustag"},
    {day, "", "zt N"},
    {day, "", "tag N des zyklus"},
    {day, "", "N. tag des zyklus"},
    {day, "", "siklus|siklusun|siklusunun N günü|gününde"},
    {day, "", "adet|adetin|adetinin N günü|gününde"},
    {day, "", "regl|reglin N günü|gününde"},
    {day, "", "siklus günü N"},
    {day, "", "día N del ciclo"},
    {day, "", "día del ciclo N"},
    {day, "", "jour N du cycle"},
    {day, "", "j N du cycle"},
    {day, "", "N e|ème|eme|er|è|ieme|ième jour du cycle"},
    // last menstrual period
    {lmp, "", "lmp DATE"},
    {lmp, "", "last menstrual period DATE"},
    {lmp, "", "letzte|letzten periode|regel|regelblutung DATE"},
    {lmp, "", "sat DATE"},
    {lmp, "", "son adet tarihi DATE"},
    {lmp, "", "fum DATE"},
    {lmp, "", "fur DATE"},
    {lmp, "", "ddr DATE"},
    {lmp, "", "dernières règles DATE"},
    // LH surge
    {anchor, "lh-surge", "lh ±N"},
    {anchor, "lh-surge", "lh surge ±N"},
    {anchor, "lh-surge", "N days|day after|post the? lh surge"},
    {anchor, "lh-surge", "N tage|tag nach dem? lh anstieg"},
    {anchor, "lh-surge", "lh pikinden N gün sonra"},
    {anchor, "lh-surge", "N días|día tras el? pico de lh"},
    {anchor, "lh-surge", "N jours|jour après le? pic de lh"},
    // other anchors
    {anchor, "hcg-trigger", "hcg trigger? +N"},
    {anchor, "hcg-trigger", "trigger +N"},
    {anchor, "ovulation", "N dpo"},
    {anchor, "ovulation", "ovulation +N"},
    {anchor, "progesterone-start", "p +N"},
    {anchor, "progesterone-start", "progesterone day N"},
    {anchor, "stimulation-start", "stim|stimulation day N"},
    {anchor, "stimulation-start", "day N of stimulation|stim"},
    {anchor, "stimulation-start", "stimulationstag N"},
    {anchor, "stimulation-start", "N. stimulationstag"},
    {anchor, "stimulation-start", "stimülasyonun|stimülasyon N günü|gününde"},
    {anchor, "stimulation-start", "día N de|del estimulación"},
    {anchor, "stimulation-start", "j|jour N de|du stimulation"},
    {anchor, "oocyte-retrieval", "opu +N"},
    {anchor, "embryo-transfer", "et +N"},
    {anchor, "embryo-transfer", "N days|day post embryo? transfer"},
    // type
    {type, "natural", "natural|spontaneous cycle"},
    {type, "modified-natural", "modified natural cycle"},
    {type, "medicated", "hrt"},
    {type, "medicated", "programmed|artificial|medicated cycle"},
    {type, "stimulated-ivf", "ivf|icsi cycle|stimulation"},
    {type, "stimulated-ivf", "ivf icsi cycle|stimulation"},
    {type, "stimulated-ivf", "ivf|icsi? antagonist|agonist|long|short protocol"},
    {type, "stimulated-oi", "iui|letrozole|clomiphene cycle"},
    {type, "stimulated-oi", "ovulation induction"},
    {type, "natural", "natürlicher|natuerlicher|natürlichen|natuerlichen zyklus"},
    {type, "modified-natural", "modifizierter|modifizierten natürlicher|natürlichen zyklus"},
    {type, "medicated", "künstlicher|kuenstlicher|künstlichen|kuenstlichen zyklus"},
    {type, "stimulated-ivf", "antagonistenprotokoll"},
    {type, "natural", "doğal siklus"},
    {type, "modified-natural", "modifiye doğal siklus"},
    {type, "medicated", "yapay siklus"},
    {type, "stimulated-ivf", "antagonist protokolü|protokol"},
    {type, "natural", "ciclo natural"},
    {type, "modified-natural", "ciclo natural modificado"},
    {type, "medicated", "ciclo sustituido"},
    {type, "stimulated-ivf", "protocolo antagonista"},
    {type, "natural", "cycle naturel"},
    {type, "modified-natural", "cycle naturel modifié"},
    {type, "medicated", "cycle substitué"},
    {type, "stimulated-ivf", "protocole antagoniste"},
    // phase
    {phase, "menstrual", "menstrual phase"},
    {phase, "follicular", "follicular phase"},
    {phase, "luteal", "luteal phase"},
    {phase, "follicular", "follikelphase"},
    {phase, "luteal", "lutealphase"},
    {phase, "follicular", "foliküler faz"},
    {phase, "luteal", "luteal faz"},
    {phase, "follicular", "fase folicular"},
    {phase, "luteal", "fase lútea"},
    {phase, "follicular", "phase folliculaire"},
    {phase, "luteal", "phase lutéale"},
    // status and qualifiers
    {postmenopausal, "", "postmenopausal|postmenopausale|postmenopausalen"},
    {postmenopausal, "", "post menopausal"},
    {postmenopausal, "", "menopoz sonrası"},
    {postmenopausal, "", "posmenopáusica|postmenopáusica"},
    {postmenopausal, "", "ménopausée"},
    {qualifier, "mock", "mock cycle|transfer"},
    {qualifier, "donor-egg", "donor egg|eggs|oocyte|oocytes"},
    {qualifier, "irregular", "irregular menstrual? cycle|cycles|period|periods"},
    {qualifier, "amenorrhea", "amenorrhea|amenorrhoea"},
    {qualifier, "frozen-transfer", "frozen embryo? transfer"},
    {qualifier, "frozen-transfer", "fet"},
    {qualifier, "fresh-transfer", "fresh embryo? transfer"},
    {qualifier, "donor-egg", "eizellspende"},
    {qualifier, "irregular",
     "unregelmäßiger|unregelmaessiger|unregelmäßige|unregelmäßigen zyklus|zyklen"},
    {qualifier, "donor-egg", "yumurta donasyonu"},
    {qualifier, "irregular", "düzensiz siklus|adet"},
    {qualifier, "donor-egg", "ovodonación"},
    {qualifier, "irregular", "ciclo|ciclos irregular|irregulares"},
    {qualifier, "donor-egg", "don d ovocytes"},
    {qualifier, "irregular", "cycle|cycles irrégulier|irréguliers"},

    // C24: another cycle
    {void_clause, "", "last|previous|prior|next|following *? *? cycle|cycles|cd|month"},
    {void_clause, "", "previous|prior|next|following menstrual? period|periods|menses"},
    {void_clause, "", "letzter|letztem|letztes|nächster|nächsten|nächste|nächstem|naechster"},
    {void_clause, "", "letzten|letzte *? zyklus|zyklen|monat|zt|zyklustag"},
    {void_clause, "", "voriger|vorigen|vorheriger|vorherigen|naechsten"},
    {void_clause, "", "önceki|sonraki"},
    {void_clause, "", "anterior|anteriores|próximo|próxima"},
    {void_clause, "", "précédent|précédente|prochain|prochaine"},
    // C24: a plan or a repeat
    {void_clause, "", "repeat|repeats|recheck|schedule|scheduled|plan|plans|planned|planning"},
    {void_clause, "", "wiederholen|wiederholung|geplant|geplanter"},
    {void_clause, "", "tekrar|tekrarı|tekrarla|planlanan|planlandı"},
    {void_clause, "", "repetir|planificado|programar"},
    {void_clause, "", "refaire|prévu|prévue"},
    // C24: history
    {void_clause, "", "failed|stopped"},
    {void_clause, "", "history of"},
    {void_clause, "", "h o"},
    {void_clause, "", "abgesetzt|fehlgeschlagen|fehlgeschlagene|fehlgeschlagener|fehlgeschlagenen"},
    {void_clause, "", "başarısız|öyküsü|bırakıldı|kesildi"},
    {void_clause, "", "fallido|fallidos|fallida|antecedente|antecedentes|suspendido"},
    {void_clause, "", "échec|échecs|antécédent|antécédents|arrêté"},
    // C24: doubt
    {void_clause, "", "unclear|uncertain|approx|approximately|about|roughly|around|circa"},
    {void_clause, "", "unsure|possibly|probably|maybe"},
    {void_clause, "", "~"},
    {void_clause, "", "\\?"},
    {void_clause, "", "±"},
    {void_clause, "", "unklar|ca|etwa|ungefähr|vermutlich|unsicher"},
    {void_clause, "", "belirsiz|yaklaşık|tahmini|tahminen"},
    {void_clause, "", "dudoso|dudosa|aproximadamente|aprox"},
    {void_clause, "", "environ|incertain|incertaine"},
    // C24: a drug start
    {drug_start, "", "started|starting|start|begun|began"},
    {drug_start, "", "begonnen|gestartet|beginn"},
    {drug_start, "", "başlandı|başladı|başlanan"},
    {drug_start, "", "iniciado|iniciada|inició|inicio"},
    {drug_start, "", "commencé|commencée|débuté|débutée|début"},
    // C27 and C23: what histology and reference ranges say
    {void_day, "", "pattern|histologic|histological|histology|dating|dated|noyes|pod"},
    {void_day, "", "consistent|compatible|corresponding|corresponds with|to"},
    {void_day, "", "histologie|histologisch|histolojik|histológico|histologique"},
    {void_phase, "", "reference|range|ranges|ref|normal|pattern|histologic|histology|dating"},
    {void_phase, "", "support|defect|deficiency|insufficiency|consistent"},
    {void_phase, "", "referenz|referenzbereich|normwert|normwerte|unterstützung|insuffizienz"},
    {void_phase, "", "referans|desteği|yetmezliği"},
    {void_phase, "", "referencia|rango|soporte|apoyo|insuficiencia"},
    {void_phase, "", "référence|intervalle|soutien|insuffisance"},
    {negation, "", "no|not|non|never|without|denies"},
    {negation, "", "nicht|kein|keine|keinen|ohne"},
    {negation, "", "sin|pas|sans"},
};

// C29: "natural", "HRT", "IVF", "mock", "irregular" suffice. A drug or a cell is still none.
constexpr Phrase type_words[] = {
    {type, "natural", "natural|spontaneous|natürlich|natürlicher|doğal|naturel|naturelle"},
    {type, "modified-natural", "modified natural"},
    {type, "modified-natural", "modifizierter|modifiziert natürlicher|natürlich"},
    {type, "modified-natural", "modifiye doğal"},
    {type, "modified-natural", "natural modificado"},
    {type, "modified-natural", "naturel modifié"},
    {type, "medicated", "hrt|programmed|artificial|medicated|künstlich|künstlicher|yapay"},
    {type, "medicated", "sustituido|substitué"},
    {type, "stimulated-ivf", "ivf|icsi|fiv"},
    {type, "stimulated-ivf", "ivf icsi"},
    {type, "stimulated-ivf", "stimulated ivf"},
    {type, "stimulated-oi", "iui|letrozole|clomiphene"},
    {type, "stimulated-oi", "stimulated oi"},
    {qualifier, "mock", "mock"},
    {qualifier, "irregular", "irregular|unregelmäßig|düzensiz|irrégulier"},
    {qualifier, "frozen-transfer", "frozen"},
    {qualifier, "fresh-transfer", "fresh"},
    {postmenopausal, "", "postmenopause"},
    {void_clause, "", "natural killer"},
};

constexpr Phrase phase_words[] = {
    {phase, "menstrual", "menstrual|menstruation|menstruationsphase|menses"},
    {phase, "follicular", "follicular|follikulär|foliküler|folicular|folliculaire"},
    {phase, "periovulatory", "periovulatory|ovulatory|periovulatorisch"},
    {phase, "luteal", "luteal|lútea|lutéale"},
    {phase, "progesterone-exposed", "progesterone exposed"},
};

}  // namespace

std::span<const Phrase> cycle_phrases() {
  return phrases;
}
std::span<const Phrase> cycle_type_words() {
  return type_words;
}
std::span<const Phrase> cycle_phase_words() {
  return phase_words;
}

}  // namespace gateway::mapping
