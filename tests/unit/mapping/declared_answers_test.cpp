// W5, W6: how people write yes and no, and a declaration that comes late.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string nk = "OBX|2|NM|8112-5^NK^LN||14|%|||||F\n";
const char* const tag = "egg-allergy-declared";

std::string egg(const std::string& answer, const std::string& type = "CWE",
                const std::string& status = "F") {
  return "OBX|1|" + type + "|AOEEGG^Egg^L||" + answer + "||||||" + status + "\n";
}

auto answered(const std::string& answer, const std::string& type) {
  return tests::convert(message(obr + egg(answer, type)));
}

TEST(W5, AYesIsReadWhateverItsCaseAccentsAndLanguage) {
  for (const char* yes : {"y", "Y", "yes", "YES", "evet", "EVET", "ja", "JA", "oui", "OUI", "si",
                          "Sí", "SÍ", " Yes ", "Yes.", "Yes!"})
    for (const char* type : {"ST", "CWE", "ID"}) {
      const auto made = answered(yes, type);
      EXPECT_TRUE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << type << yes;
      EXPECT_TRUE(has_tag(*made.of_type("DiagnosticReport").front(), "/safety", tag)) << yes;
      EXPECT_FALSE(made.has_issue("code-unmapped")) << type << yes;
    }
}

TEST(W5, ANoIsReadWhateverItsCaseAccentsAndLanguage) {
  for (const char* no : {"n", "no", "NO", "nein", "NEIN", "hayır", "HAYIR", "hayir", "non", "No."})
    for (const char* type : {"ST", "CWE"}) {
      const auto made = answered(no, type);
      EXPECT_FALSE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << no;
      EXPECT_FALSE(made.has_issue("code-unmapped")) << type << no;
    }
}

TEST(W5, StandardCodesOfYesAndNoAnswer) {
  for (const char* yes : {"373066001^Yes^SCT", "LA33-6^Yes^LN", "Y^Yes^HL70136", "Y^Yes^HL70532",
                          "91930004^Allergy to eggs^SCT", "213020009^^SCT", "Y^Ja^99LAB",
                          "Ja^^99LAB", "X^x^99LAB^Y^Yes^HL70532"}) {
    const auto made = answered(yes, "CWE");
    const Json& survey = first(made, "aoe-egg-allergy");
    EXPECT_TRUE(has_tag(survey, "/safety", tag)) << yes;
    EXPECT_EQ(code_of(survey["valueCodeableConcept"]), "Y") << yes;
  }
  for (const char* no : {"373067005^No^SCT", "LA32-8^No^LN", "N^No^HL70136", "N^No^HL70532"}) {
    const auto made = answered(no, "CWE");
    EXPECT_FALSE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << no;
    EXPECT_FALSE(made.has_issue("code-unmapped")) << no;
    EXPECT_EQ(code_of(first(made, "aoe-egg-allergy")["valueCodeableConcept"]), "N") << no;
  }
}

TEST(W5, AYesInTheWordsOfAnUnmappedCodeDeclaresAndWantsItsRow) {
  for (const char* yes : {"J^Ja^99LAB", "1^Yes^L", "E^EVET^99X", "7^Yes - anaphylaxis^L"}) {
    const auto made = answered(yes, "CWE");
    EXPECT_TRUE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << yes;
    EXPECT_TRUE(made.has_issue("code-unmapped")) << yes;
  }
  for (const char* other : {"1^No^L", "N^Yes^HL70136", "1^Yes?^L", "1^not yes^L"})
    EXPECT_FALSE(has_tag(first(answered(other, "CWE"), "aoe-egg-allergy"), "/safety", tag))
        << other;
  for (const char* nobody : {"UNK^^HL70532", "ASKU^asked but unknown^HL70532"})
    EXPECT_FALSE(answered(nobody, "CWE").has_issue("code-unmapped")) << nobody;
}

TEST(W5, ACodeOfTheAllergyItselfIsAYes) {
  for (const auto& [question, code, declared] :
       {std::array{"AOESOY", "782594005", "soy-allergy-declared"},
        std::array{"aoe-iga-deficiency", "190979003", "iga-deficiency-declared"}}) {
    const std::string system =
        std::string(question).starts_with("aoe")
            ? "https://immunogate.example/fhir/CodeSystem/repro-immuno-observation"
            : "L";
    const auto made = tests::convert(
        message(obr + "OBX|1|CWE|" + question + "^q^" + system + "||" + code + "^^SCT||||||F\n"));
    EXPECT_TRUE(has_tag(*made.of_type("DiagnosticReport").at(0), "/safety", declared)) << code;
  }
}

TEST(W5, AYesThatIsExplainedBehindASignIsAYes) {
  for (const char* yes : {"Yes - anaphylaxis", "ja, Urtikaria", "Oui (oedème)", "EVET: kurdeşen",
                          "Yes – mild", "y; hives"}) {
    const auto made = answered(yes, "ST");
    EXPECT_TRUE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << yes;
    EXPECT_EQ(first(made, "aoe-egg-allergy")["valueString"].text(), yes);
  }
}

TEST(W5, AnAnswerThatNobodyCanReadIsUnmappedAndNeverSilent) {
  for (const char* answer : {"No idea", "no - but hives as a child", "anaphylaxis", "yes?", "+"})
    for (const char* type : {"ST", "TX"}) {
      const auto made = answered(answer, type);
      EXPECT_TRUE(made.has_issue("code-unmapped")) << answer;
      EXPECT_TRUE(has_tag(first(made, "aoe-egg-allergy"), "/gateway-issue", "code-unmapped"));
      EXPECT_FALSE(has_tag(first(made, "aoe-egg-allergy"), "/safety", tag)) << answer;
    }
  for (const char* answer : {"294847001^x^SCT", "MAYBE^maybe^L", "1^Yes^L", "^hives^L"})
    EXPECT_TRUE(answered(answer, "CWE").has_issue("code-unmapped")) << answer;
  for (const char* answer : {"unknown", "n/a", "", "\"\""})
    EXPECT_FALSE(answered(answer, "ST").has_issue("code-unmapped")) << answer;
}

/// Messages of one order, and when each was sent.
struct Order {
  gateway::mapping::Ledger ledger;
  std::string survey_id, report_id;
  gateway::mapping::Revision last;

  Order& take(const std::string& rows, int time) {
    std::string text = message(rows);  // sent at 10:00 and `time`, as mmss
    text.replace(text.find("|20250322120000"), 15, "|20250322" + std::to_string(100000 + time));
    const auto made = tests::convert(text);
    for (const Json* survey : made.observations("aoe-egg-allergy"))
      survey_id = (*survey)["id"].text();
    report_id = (*made.of_type("DiagnosticReport").front())["id"].text();
    last = ledger.take(made.conversion.resources, time);
    return *this;
  }
  Json survey() const { return ledger.at("Observation", survey_id); }
  Json report() const { return ledger.at("DiagnosticReport", report_id); }
  bool is_declared() const {
    EXPECT_EQ(has_tag(survey(), "/safety", tag), has_tag(report(), "/safety", tag));
    return has_tag(report(), "/safety", tag);
  }
  std::string answer() const { return code_of(survey()["valueCodeableConcept"]); }
};
const std::string yes = "Y^Yes^HL70136", no = "N^No^HL70136";

TEST(W5, AnOlderMessageThatComesLateTagsTheReportToo) {
  for (const std::string& rows : {obr + egg(yes) + nk, egg(yes) + obr + nk,
                                  obr + egg(yes) + "OBX|3|NM|9728-7^NK^LN||300|/uL\n"}) {
    Order order;
    order.take(obr + nk, 1000).take(rows, 500);
    EXPECT_TRUE(order.is_declared()) << rows;
  }
}

TEST(W6, AnOlderYesThatComesLateIsSeenBesideTheNo) {
  Order order;
  order.take(obr + egg(no) + nk, 1000).take(obr + egg(yes) + nk, 500);
  EXPECT_EQ(order.answer(), "N") << "T7: what stands keeps its value";
  EXPECT_TRUE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), ElementsAre("answered before: Yes"));
  ASSERT_EQ(order.survey()["note"].items().size(), 1u);
  EXPECT_EQ(order.survey()["note"].items()[0]["time"].text(), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(order.ledger.version("Observation", order.survey_id), 2);
  order.take(obr + egg(yes) + nk, 400);
  EXPECT_EQ(order.ledger.version("Observation", order.survey_id), 2) << "once";
  order.take(obr + egg(no) + nk, 700);
  EXPECT_TRUE(order.is_declared()) << "an older no says nothing";
}

TEST(W6, APreliminaryYesAfterAFinalNoIsSeenBesideIt) {
  Order order;
  order.take(obr + egg(no) + nk, 500).take(obr + egg(yes, "CWE", "P"), 1000);
  EXPECT_EQ(order.answer(), "N") << "T8";
  EXPECT_EQ(order.survey()["status"].text(), "final");
  EXPECT_EQ(order.report()["status"].text(), "final");
  EXPECT_TRUE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), ElementsAre("answered as preliminary: Yes"));
  order.take(obr + egg(no) + nk, 1500);
  EXPECT_TRUE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), ElementsAre("answered as preliminary: Yes"));
}

TEST(W6, ALateYesOfARowThatWasTakenBackStaysGone) {
  for (const char* status : {"W", "D", "X"}) {
    Order order;
    order.take(obr + egg("", "CWE", status) + nk, 1000).take(obr + egg(yes) + nk, 500);
    EXPECT_FALSE(order.is_declared()) << status;
    EXPECT_THAT(notes(order.survey()), IsEmpty()) << status;
  }
}

TEST(W6, ALateYesOfARowThatWasNulledStaysGoneAndAnEmptyRowTakesNothingBack) {
  Order nulled;
  nulled.take(obr + egg("\"\"") + nk, 1000).take(obr + egg(yes) + nk, 500);
  EXPECT_FALSE(nulled.is_declared()) << "T10";
  EXPECT_THAT(notes(nulled.survey()), IsEmpty());
  Order empty;
  empty.take(obr + egg("") + nk, 1000).take(obr + egg(yes) + nk, 500);
  EXPECT_TRUE(empty.is_declared());
  EXPECT_EQ(tests::code_of(empty.survey()["valueCodeableConcept"]), "Y") << "T12";
  EXPECT_THAT(notes(empty.survey()), IsEmpty());
}

TEST(T8, APreliminaryYesAfterItsRowWasTakenBackTagsNoReport) {
  for (const char* status : {"W", "X"})
    for (const std::string& results : {nk, std::string("OBX|2|NM|8112-5^NK^LN||15|%|||||C\n")}) {
      Order order;
      order.take(obr + egg(yes) + nk, 500).take(obr + egg(yes, "CWE", status) + nk, 700);
      ASSERT_FALSE(order.is_declared());
      order.take(obr + egg(yes, "CWE", "P") + results, 1000);
      EXPECT_FALSE(order.is_declared()) << status;
    }
}

}  // namespace
