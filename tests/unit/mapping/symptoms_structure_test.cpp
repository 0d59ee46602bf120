// What comparable converters lose or get wrong (V2FHIR.md §4), by number: groups, rows, people,
// identifiers. Values and times are in symptoms_values_test.cpp, bytes in
// tests/unit/hl7v2/symptoms_test.cpp, the queue that halts (31) in end_to_end/test_symptoms.py.
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

namespace {

using namespace rules;
using namespace symptoms;

TEST(Symptom01, ObxAfterSpmIsAResultWithThatSpecimen) {
  const auto made = tests::convert(message(obr + "SPM|1|S1^S2||BLDV^Blood^HL70487\n"
                                                 "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n"
                                                 "OBX|2|NM|8123-2^CD4^LN||40|%|||||F\n"));
  EXPECT_EQ(made.of_type("Observation").size(), 2u);
  EXPECT_EQ(only(made, "DiagnosticReport")["result"].items().size(), 2u);
  for (const char* code : {"8112-5", "8123-2"})
    EXPECT_EQ(first(made, code)["specimen"]["reference"].text(),
              reference_of(only(made, "Specimen")));
}

TEST(Symptom02, TextLinesAreAnObservationToo) {
  const auto made =
      tests::convert(message(obr + "OBX|1|TX|11529-5^Pathology^LN||first line||||||F\n"
                                   "OBX|2|TX|||second - line||||||F\n"
                                   "OBX|3|TX|||||||||F\n"
                                   "OBX|4|TX|||fourth line||||||F\n"));
  const Json& text = only(made, "Observation");
  EXPECT_EQ(text["valueString"].text(), "first line\nsecond - line\n\nfourth line");
  const Json& form = only(made, "DiagnosticReport")["presentedForm"].items().at(0);
  EXPECT_TRUE(form["contentType"].text().starts_with("text/plain"));
  EXPECT_TRUE(unmapped(made).empty()) << unmapped(made);
}

TEST(Symptom03, ASecondPatientResultAndASecondOrderAreNotIgnored) {
  const auto made =
      tests::convert(message("ORC|RE|P1|F1\n" + obr +
                             "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n"
                             "ORC|RE|P2|F2\nOBR|2|P2|F2|Y^Other^L|||20250322093000+0100\n"
                             "OBX|1|NM|8123-2^CD4^LN||2|%|||||F\n"
                             "PID|2||P2^^^CLINIC^MR||Roe^Ann\n"
                             "ORC|RE|P3|F3\nOBR|1|P3|F3|X^Panel^L|||20250322093000+0100\n"
                             "OBX|1|NM|8112-5^NK^LN||3|%|||||F\n"));
  EXPECT_EQ(made.of_type("Patient").size(), 2u);
  EXPECT_EQ(made.of_type("DiagnosticReport").size(), 3u);
  EXPECT_EQ(made.of_type("ServiceRequest").size(), 3u);
  const auto third = made.observations("8112-5");
  ASSERT_EQ(third.size(), 2u);
  EXPECT_EQ((*third[1])["subject"]["reference"].text(), reference_of(*made.of_type("Patient")[1]));
}

TEST(Symptom04, AnEmptyValueOrANoteWithADashCostsNothing) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN|||%|||||F\n"
                                                 "NTE|1|L|-\nNTE|2|L|repeat - see note -- thanks\n"
                                                 "OBX|2|NM|8123-2^CD4^LN||40|%|||||F\n"));
  EXPECT_EQ(code_of(first(made, "8112-5")["dataAbsentReason"]), "unknown");
  EXPECT_EQ(notes(first(made, "8112-5")),
            (std::vector<std::string>{"-", "repeat - see note -- thanks"}));
  EXPECT_EQ(first(made, "8123-2")["valueQuantity"]["value"].text(), "40");
}

TEST(Symptom05, ANoteAfterPidIsNoConditionAndItsAuthorIsNoMeta) {
  const std::string note = "NTE|1|L|of the patient||71^Note^Nan\n";
  const auto made = tests::convert(message(note + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n"));
  EXPECT_TRUE(made.of_type("Condition").empty());
  const Json& said = extension(only(made, "Patient"), "/note")["valueAnnotation"];
  EXPECT_EQ(said["text"].text(), "of the patient");
  const Json& author = only(made, "Practitioner");
  EXPECT_EQ(said["authorReference"]["reference"].text(), reference_of(author));
  EXPECT_EQ(author["identifier"].items().at(0)["value"].text(), "71");
  ASSERT_EQ(author["meta"].members().size(), 1u);  // where it came from, and nothing of the note
  EXPECT_TRUE(author["meta"].has("source"));
}

TEST(Symptom07, AReportHasAStatusAndItsSpecimenIsLinked) {
  for (const std::string& sent : {std::string("||||||||BLDV"), std::string("")}) {
    const auto made =
        tests::convert(message("OBR|1|P1|F1|X^Panel^L|||20250322093000+0100" + sent +
                               "\nOBX|1|NM|8112-5^NK^LN||1|%|||||F\n" +
                               (sent.empty() ? "SPM|1|S1||BLDV^Blood^HL70487\n" : "")));
    const Json& report = only(made, "DiagnosticReport");
    EXPECT_EQ(report["status"].text(), "final");  // OBR-25 is empty: as its results
    const std::string specimen = reference_of(only(made, "Specimen"));
    EXPECT_EQ(report["specimen"].items().at(0)["reference"].text(), specimen);
    EXPECT_EQ(first(made, "8112-5")["specimen"]["reference"].text(), specimen);
  }
}

TEST(Symptom12, NoFieldOfARowIsLostOnTheWay) {
  const auto made = tests::convert(message(
      obr +
      "OBX|1|NM|8112-5^NK^LN^NKX^Our^L|2.1|14.2|%^per "
      "cent^UCUM|5-12|H^High^HL70078|0.9|A|F|20240101"
      "|AC|20250322110000+0100|05D1^Bench^CLIA|51^Obs^Oda|M1^Flow^L|D1^DA|20250322113000+0100|S1^"
      "Site^L"
      "|INST1^IA||Perf Lab^^^^^CLIA&2.16.840.1.113883.4.7&ISO^XX^^^05D2|5 Lab Rd^^Town|53^Dir^Dag"
      "|B^Blocked^HL70909|AP^Analysis^HL70914|LP^Local^L|RSLT|QCR|U\n"
      "OBX|2|XAD|Q1^Home^L||1 Main St^Apt 2^Town^ST^12345^DEU||||||F\n"));
  EXPECT_TRUE(unmapped(made).empty()) << unmapped(made);
  EXPECT_EQ(first(made, "8112-5")["valueQuantity"]["unit"].text(), "per cent");
  const Json& address = extension(first(made, "Q1"), "/value-address")["valueAddress"];
  EXPECT_EQ(address["city"].text(), "Town");
  EXPECT_EQ(address["country"].text(), "DEU");
}

TEST(Symptom13, PartsOfObx4AreKeptAndObx16To29AreNotMuddled) {
  const auto made = tests::convert(
      message(obr +
              "OBX|1|NM|8112-5^NK^LN|A^2^1^x7|1|%|||||F|||||51^Obs^Oda|||||||Perf Lab^^^^^^^^^05D2"
              "|5 Lab Rd^^Town|53^Dir^Dag||||RSLT\n"));
  const Json& result = first(made, "8112-5");
  const Json& parts = extension(result, "/v2-subid");
  EXPECT_EQ(extension(parts, "group")["valueString"].text(), "2");
  EXPECT_EQ(extension(parts, "sequence")["valueString"].text(), "1");
  EXPECT_EQ(parts["extension"].items().back()["valueString"].text(), "x7");
  EXPECT_EQ(result["category"].items().at(0)["coding"].items().at(1)["code"].text(), "RSLT");
  std::vector<std::string> performers;
  for (const Json& performer : result["performer"].items())
    performers.push_back(
        performer["reference"].text().substr(0, performer["reference"].text().find('/')) + " " +
        extension(performer, "/performer-function")["valueCode"].text());
  EXPECT_EQ(performers,
            (std::vector<std::string>{"Organization ", "Practitioner responsibleObserver",
                                      "PractitionerRole "}));
  const Json& laboratory = *made.of_type("Organization").back();
  EXPECT_EQ(laboratory["name"].text(), "Perf Lab");
  EXPECT_EQ(laboratory["address"].items().at(0)["city"].text(), "Town");
  EXPECT_EQ(only(made, "PractitionerRole")["code"].items().at(0)["text"].text(), "MDIR");
}

TEST(Symptom17, IdentifiersAreVerbatim) {
  const auto made = tests::convert(
      "MSH|^~\\&|LABX|Lab^05D0000001^CLIA|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n"
      "PID|1||00123456^^^CLINIC^MR~987-65~-7^^^CLINIC^PI||Doe^Jane\n" +
      obr +
      "OBX|1|NM|8112-5^NK^LN||1|%|||||F||||||||||||Lab^^^^^CLIA&2.16.840.1.113883.4.7&ISO^XX^^^"
      "05D0642827\n"
      "OBX|2|NM|8123-2^CD4^LN||1|%|||||F||||||||||||Old Lab^^10D0876999^^^CLIA\n");
  EXPECT_EQ(values_of(only(made, "Patient")["identifier"]),
            (std::set<std::string>{"00123456", "987-65", "-7"}));
  std::set<std::string> laboratories;
  for (const Json* one : made.of_type("Organization"))
    laboratories.merge(values_of((*one)["identifier"]));
  EXPECT_EQ(laboratories, (std::set<std::string>{"05D0000001", "05D0642827", "10D0876999"}));
}

TEST(Symptom19, RepetitionsAreListsAndSuffixesStay) {
  const auto made = tests::convert(
      message("PV1|1|I|||||||12^Con^One^^Jr~13^Con^Two^^III^Dr||||||||||V1^^^VISITS^VN\n"
              "OBR|1|P1|F1|X^P^L|||20250322093000+0100||||||||||||||||||F||||||D1^Why^L~D2^More^L~"
              "D3^Yet^L\n"
              "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n"));
  const auto people = made.of_type("Practitioner");
  ASSERT_EQ(people.size(), 2u);
  EXPECT_EQ((*people[0])["name"].items().at(0)["suffix"].items().at(0).text(), "Jr");
  EXPECT_EQ((*people[1])["name"].items().at(0)["suffix"].items().at(0).text(), "III");
  EXPECT_EQ(only(made, "Encounter")["participant"].items().size(), 2u);
  EXPECT_EQ(only(made, "ServiceRequest")["reasonCode"].items().size(), 3u);
  const auto two = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n"
      "PID|1||P1^^^CLINIC^MR~P2^^^OTHER^PI||Doe^Jane||||||||5551~5552^PRN^CP~^NET^Internet^a@b."
      "example\n" +
      obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n");
  EXPECT_EQ(only(two, "Patient")["identifier"].items().size(), 2u);
  EXPECT_EQ(values_of(only(two, "Patient")["telecom"]),
            (std::set<std::string>{"5551", "5552", "a@b.example"}));
}

TEST(Symptom21, WithdrawnFieldsAndThosePastTheVersionAreRead) {
  const auto made = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|C1|P|2.3\n"
      "PID|1|EXT9|P1^^^CLINIC^MR|OLD7|Doe^Jane|||||||||||||||||||||||||||||||||||^PRN^PH^^^^5559\n"
      "ORC|RE|P1|F1||||^^^^^S\n"
      "OBR|1|P1|F1|X^P^L|||20250322093000+0100||||||||||||||||||F||^^^^^A\n"
      "OBX|1|NM|8112-5^NK^LN||1|%|||||F||||||||||||Perf Lab^^^^^^^^^05D2||||||RSLT\n");
  EXPECT_EQ(values_of(only(made, "Patient")["identifier"]),
            (std::set<std::string>{"P1", "EXT9", "OLD7"}));
  EXPECT_EQ(values_of(only(made, "Patient")["telecom"]), (std::set<std::string>{"5559"}));
  EXPECT_EQ(only(made, "ServiceRequest")["priority"].text(), "asap");
  EXPECT_EQ(first(made, "8112-5")["category"].items().at(0)["coding"].items().at(1)["code"].text(),
            "RSLT");
  EXPECT_EQ(made.of_type("Organization").size(), 2u);  // MSH-4 and OBX-23
  EXPECT_TRUE(unmapped(made).empty()) << unmapped(made);
}

TEST(Symptom24, PatientAndSpecimenObxAreObservationsAsWell) {
  const auto made = tests::convert(message(
      "OBX|1|NM|Q1^Weight asked^L||60|kg|||||F\nOBX|2|ST|Q2^Allergy^L||none||||||F\n" + obr +
      "OBX|1|NM|8112-5^NK^LN||1|%|||||F\nOBX|2|NM|8123-2^CD4^LN||2|%|||||F\n"
      "SPM|1|S1||BLDV^Blood^HL70487\n"
      "OBX|3|ST|Q3^Haemolysis^L||none||||||F||||||||||||||||||SCI\n"
      "OBX|4|NM|Q4^Temperature at arrival^L||4|Cel|||||F\n"
      "OBX|5|NM|Q5^More^L||5|%|||||F\n"));
  EXPECT_EQ(made.of_type("Observation").size(), 7u);
  EXPECT_EQ(only(made, "DiagnosticReport")["result"].items().size(), 4u);  // context is none (R9)
}

TEST(Symptom25, EveryObxOfALongMessageIsAnObservation) {
  std::string rows;
  int count = 0;
  for (int order = 1; order <= 20; ++order) {
    const std::string number = std::to_string(order);
    rows += "OBR|" + number + "|P" + number + "|F" + number + "|X^P^L|||20250322093000+0100\n";
    for (int row = 1; row <= (order <= 15 ? 8 : 7); ++row, ++count)
      rows +=
          "OBX|" + std::to_string(row) + "|NM|Q" + std::to_string(row) + "^Question^L||1|%|||||F\n";
  }
  ASSERT_EQ(count, 155);
  const auto made = tests::convert(message(rows));
  EXPECT_EQ(made.of_type("Observation").size(), 155u);
  EXPECT_EQ(made.of_type("DiagnosticReport").size(), 20u);
  const auto& account = made.conversion.account;
  EXPECT_EQ(account.mapped() + account.set_aside() + account.unmapped(),
            made.message.leaves().size());
}

TEST(Symptom27, AResendOrACorrectionMeetsTheSameIds) {
  const auto sent = [](const char* control, const char* value, const char* status) {
    return tests::convert("MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|" +
                          std::string(control) + "|P|2.5.1\nPID|1||P1^^^CLINIC^MR||Doe^Jane\n" +
                          obr + "OBX|1|NM|8112-5^NK^LN||" + value + "|%|||||" + status + "\n");
  };
  const auto before = sent("C1", "14.2", "F"), again = sent("C1", "14.2", "F"),
             corrected = sent("C2", "15.0", "C");
  ASSERT_EQ(before.resources.size(), again.resources.size());
  for (std::size_t k = 0; k < before.resources.size(); ++k)
    EXPECT_EQ(before.conversion.resources[k].body, again.conversion.resources[k].body);
  for (const char* type : {"Patient", "ServiceRequest", "DiagnosticReport", "Observation"})
    EXPECT_EQ(only(before, type)["id"].text(), only(corrected, type)["id"].text()) << type;
}

TEST(Symptom30, EveryObxAndEveryOrderOfAGroupIsSeenAlsoInOulR22) {
  const auto made = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||OUL^R22^OUL_R22|C1|P|2.5.1\n"
      "PID|1||P1^^^CLINIC^MR||Doe^Jane\n"
      "SPM|1|S1||BLDV^Blood^HL70487\nOBX|1|ST|Q0^Haemolysis^L||none||||||F\nSAC|||C1\n"
      "OBR|1|P1|F1|X^P^L|||20250322093000+0100\nORC|RE|P1|F1\n"
      "OBX|1|NM|8112-5^NK^LN||1|%|||||F\nOBX|2|NM|8123-2^CD4^LN||2|%|||||F\n"
      "OBR|2|P2|F2|Y^P^L|||20250322093000+0100\nORC|RE|P2|F2\n"
      "OBX|1|NM|Q1^One^L||1|%|||||F\nOBX|2|NM|Q2^Two^L||2|%|||||F\n"
      "SPM|2|S2||SER^Serum^HL70487\n"
      "OBR|3|P3|F3|Z^P^L|||20250322093000+0100\nORC|RE|P3|F3\n"
      "OBX|1|NM|Q3^Three^L||3|%|||||F\n");
  EXPECT_EQ(made.of_type("DiagnosticReport").size(), 3u);
  EXPECT_EQ(made.of_type("Observation").size(), 6u);
  EXPECT_EQ(made.of_type("Specimen").size(), 2u);
  EXPECT_EQ(first(made, "Q0")["category"].items().at(0)["text"].text(), "AOE");
  EXPECT_EQ(first(made, "Q3")["specimen"]["reference"].text(),
            reference_of(*made.of_type("Specimen")[1]));
}

}  // namespace
