#include <set>

#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"

// What belongs to what (V2FHIR.md §2): one walk, nothing lost because of its place.
namespace {

using tests::code_of;
using tests::convert;

const std::string msh =
    "MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|20250324101500-0500||ORU^R01^ORU_R01|T1|P|2.5.1\n";
const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n";
const std::string obr = "OBR|1|O1|F1|QNK^Panel^L|||20250322093000-0500||||||||||||||||||F\n";

std::string nk(const std::string& value, const std::string& sub_id = "") {
  return "OBX|1|NM|8112-5^NK^LN|" + sub_id + "|" + value + "|%|||||F\n";
}

/// Where an issue was found; "" if it was not.
std::string place_of(const tests::Converted& converted, std::string_view code) {
  for (const auto& issue : converted.conversion.issues)
    if (issue.code == code) return issue.where;
  return "";
}

TEST(Structure, AMessageWithoutPidIsMalformed) {
  const auto refused = tests::try_convert(msh + obr + nk("14.2"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, gateway::base::ErrorKind::malformed);
  EXPECT_EQ(refused.error().where, "PID");
}

TEST(Structure, AMessageWithPidAloneIsMalformed) {
  const auto refused = tests::try_convert(msh + pid);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "OBR");
}

TEST(Structure, ResultsWithoutAnyObrGetAnOrderMadeUp) {
  const auto converted = convert(msh + pid + nk("14.2"));
  EXPECT_EQ(converted.observations("8112-5").size(), 1U);
  EXPECT_EQ(converted.of_type("DiagnosticReport").size(), 1U);
  EXPECT_TRUE(converted.has_issue("structure-assumed"));
}

TEST(Structure, AMadeUpOrderHasTheSpecimenThatStandsBeforeItsResults) {
  const auto converted = convert(msh + pid + "SPM|1|S1||BLDV^Blood^HL70487\n" + nk("14.2") +
                                 "TXA|1|CN|TX|20250322||||||||D1\n" + nk("15.1"));
  ASSERT_EQ(converted.observations("8112-5").size(), 2U);
  ASSERT_EQ(converted.of_type("Specimen").size(), 1U);
  EXPECT_EQ((*converted.observations("8112-5").front())["specimen"]["reference"].text(),
            "Specimen/" + (*converted.of_type("Specimen").front())["id"].text());
}

TEST(Structure, AnObxBehindSpmIsAResultWithThatSpecimen) {
  const auto converted = convert(msh + pid + obr + "SPM|1|S1||BLDV^Blood^HL70487\n" + nk("14.2"));
  ASSERT_EQ(converted.observations("8112-5").size(), 1U);
  const auto& observation = *converted.observations("8112-5").front();
  EXPECT_EQ(observation["category"].items()[0]["coding"].items()[0]["code"].text(), "laboratory");
  EXPECT_EQ(observation["specimen"]["reference"].text(),
            "Specimen/" + (*converted.of_type("Specimen").front())["id"].text());
  EXPECT_EQ((*converted.of_type("DiagnosticReport").front())["result"].items().size(), 1U);
}

TEST(Structure, AContextObxBehindSpmIsTheSpecimens) {
  const auto converted = convert(msh + pid + obr + nk("14.2") +
                                 "SPM|1|S1||BLDV^Blood^HL70487\n"
                                 "OBX|2|NM|107139-8^Day^LN||20||||||F\n");
  const auto& survey = *converted.observations("107139-8").front();
  EXPECT_EQ(code_of(survey["category"].items()[0]), "survey");
  EXPECT_TRUE(survey.has("specimen"));
  EXPECT_EQ(tests::context(*converted.observations("8112-5").front(), "day", "valueInteger"), "20");
}

TEST(Structure, AnObxBeforeTheFirstObrIsThePatients) {
  const auto converted =
      convert(msh + pid + "OBX|1|NM|107139-8^Day^LN||12||||||F\n" + obr + nk("1"));
  EXPECT_EQ(tests::context(*converted.observations("8112-5").front(), "source", "valueCode"),
            "patient-obx");
  EXPECT_EQ((*converted.of_type("DiagnosticReport").front())["result"].items().size(), 1U);
}

TEST(Structure, AnOrcBehindItsObrBelongsToIt) {
  const auto converted = convert(msh + pid + "OBR|1||F1|QNK^Panel^L\nORC|RE|O1|F1\n" + nk("1") +
                                 "OBR|2||F2|UA^Urine^L\nORC|RE|O2|F2\n" + nk("2"));
  EXPECT_EQ(converted.of_type("ServiceRequest").size(), 2U);
  const auto& first = *converted.of_type("ServiceRequest").front();
  EXPECT_EQ(first["identifier"].items().size(), 2U);
  EXPECT_EQ(first["identifier"].items()[0]["value"].text(), "O1");
}

TEST(Structure, OneOrcLendsItsNumberToTheObrThatFollow) {
  const auto converted = convert(msh + pid + "ORC|RE|O1|F1\nOBR|1|||QNK^Panel^L\n" + nk("1") +
                                 "OBR|2|||UA^Urine^L\n" + nk("2"));
  ASSERT_EQ(converted.of_type("DiagnosticReport").size(), 2U);
  for (const auto* report : converted.of_type("DiagnosticReport"))
    EXPECT_EQ((*report)["identifier"].items().back()["value"].text(), "F1");
  std::set<std::string> ids;
  for (const auto& resource : converted.conversion.resources) ids.insert(resource.key.reference());
  EXPECT_EQ(ids.size(), converted.conversion.resources.size());
}

TEST(Structure, SeveralPatientsKeepTheirOwnOrders) {
  const auto converted =
      convert(msh + pid + obr + nk("1") + "PID|1||P2^^^CLINIC^MR||Roe^Ann\n" + obr + nk("2"));
  EXPECT_EQ(converted.of_type("Patient").size(), 2U);
  EXPECT_EQ(converted.conversion.patients.size(), 2U);
  const auto results = converted.observations("8112-5");
  ASSERT_EQ(results.size(), 2U);
  EXPECT_NE((*results[0])["subject"]["reference"].text(),
            (*results[1])["subject"]["reference"].text());
}

TEST(Structure, ARepeatedPidOfOnePersonContinuesIt) {
  const auto converted =
      convert(msh + pid + obr + nk("1") + pid + "OBR|2|O2|F2|UA^Urine^L\n" + nk("2"));
  EXPECT_EQ(converted.of_type("Patient").size(), 1U);
  EXPECT_EQ(converted.of_type("DiagnosticReport").size(), 2U);
}

TEST(Structure, ARepeatedPidFillsWhatTheFirstLeftEmpty) {
  const auto converted = convert(msh + pid + obr + nk("1") +
                                 "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F|||1 Main^^Town||555\n"
                                 "OBR|2|O2|F2|UA^Urine^L\n" +
                                 nk("2"));
  const auto& patient = *converted.of_type("Patient").front();
  EXPECT_EQ(patient["address"].items().at(0)["city"].text(), "Town");
  EXPECT_EQ(patient["telecom"].items().at(0)["value"].text(), "555");
  EXPECT_FALSE(converted.has_issue("patient-repeated"));
  EXPECT_EQ(converted.conversion.account.unmapped(), 0U);
}

TEST(Structure, ARepeatedPidThatDiffersIsSaidAndTheFirstOneCounts) {
  const std::string other = "PID|1||P1^^^CLINIC^MR||Roe^Jane||19900101|F\n";
  const std::string stranger = "PID|2||P2^^^CLINIC^MR||Poe^Ann\n";
  for (const std::string& between :
       {std::string(), stranger + "OBR|9|O9|F9|UA^Urine^L\n" + nk("9")}) {
    const auto converted =
        convert(msh + pid + obr + nk("1") + between + other + "OBR|2|O2|F2|UA^Urine^L\n" + nk("2"));
    EXPECT_EQ((*converted.of_type("Patient").front())["name"].items().at(0)["family"].text(),
              "Doe");
    EXPECT_TRUE(tests::has_tag(*converted.of_type("Patient").front(), "/gateway-issue",
                               "patient-repeated"));
    EXPECT_EQ(place_of(converted, "patient-repeated"), between.empty() ? "PID[2]-5" : "PID[3]-5");
  }
}

// V2FHIR.md §2.1: each part of a message in parts is mapped alone, and identity makes them one.
TEST(Structure, PartsOfAMessageAreOneOrderWithoutBeingJoined) {
  const auto before = convert(msh + pid + obr + nk("1") + "DSC|GO-ON|F\n");
  const auto after =
      convert(msh + pid + "ADD|the rest of a text\n" + obr + "OBX|2|NM|8123-2^CD4^LN||2|%|||||F\n");
  EXPECT_EQ((*before.of_type("DiagnosticReport").front())["id"].text(),
            (*after.of_type("DiagnosticReport").front())["id"].text());
  EXPECT_FALSE(before.has_issue("continuation-unjoined"));
  ASSERT_TRUE(after.has_issue("continuation-unjoined"));
  EXPECT_EQ(place_of(after, "continuation-unjoined"), "ADD");
  EXPECT_EQ(after.conversion.account.unmapped(), 1U);  // what ADD says
}

TEST(Structure, ANoteBehindTxaIsTheDocuments) {
  const auto converted = convert(
      "MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|20250324101500-0500||MDM^T02|T1|P|2.5.1\n" + pid +
      obr + nk("1") + "NTE|1||of the result\nTXA|1|PN||||||||||D1\nNTE|1||of the document\n");
  EXPECT_EQ((*converted.of_type("DocumentReference").front())["description"].text(),
            "of the document");
  EXPECT_EQ(converted.observations("8112-5").front()->find("note")->items().size(), 1U);
}

TEST(Structure, NotesGoToWhatTheyFollow) {
  const auto converted =
      convert(msh + pid + "NTE|1||of the patient\nORC|RE|O1|F1\nNTE|1||of the request\n" + obr +
              "NTE|1||of the report\n" + nk("1") + "NTE|1||of the result\nNTE|2||second\n" +
              "SPM|1|S1||BLDV^Blood^HL70487\nNTE|1||of the specimen\n");
  const auto note = [](const gateway::fhir::Json& resource, std::size_t k) {
    return resource["note"].items().at(k)["text"].text();
  };
  const auto extension = [](const gateway::fhir::Json& resource) {
    for (const auto& one : resource["extension"].items())
      if (one.has("valueAnnotation")) return one["valueAnnotation"]["text"].text();
    return std::string();
  };
  EXPECT_EQ(extension(*converted.of_type("Patient").front()), "of the patient");
  EXPECT_EQ(note(*converted.of_type("ServiceRequest").front(), 0), "of the request");
  EXPECT_EQ(extension(*converted.of_type("DiagnosticReport").front()), "of the report");
  EXPECT_EQ(note(*converted.observations("8112-5").front(), 0), "of the result");
  EXPECT_EQ(note(*converted.observations("8112-5").front(), 1), "second");
  EXPECT_EQ(note(*converted.of_type("Specimen").front(), 0), "of the specimen");
}

TEST(Structure, SpecimenBeforeItsOrdersServesThemAll) {
  const std::string oul = "MSH|^~\\&|NORTHLIS|NORTHLAB|||20250324||OUL^R22^OUL_R22|T2|P|2.5.1\n";
  const auto converted =
      convert(oul + pid + "SPM|1|S1||BLDV^Blood^HL70487\n" +
              "OBX|1|NM|107139-8^Day^LN||9||||||F\n" + "OBR|1||F1|QNK^Panel^L\nORC|RE|O1|F1\n" +
              nk("1") + "OBR|2||F2|UA^Other^L\nORC|RE|O2|F2\n" + nk("2"));
  EXPECT_EQ(converted.of_type("Specimen").size(), 1U);
  ASSERT_EQ(converted.observations("8112-5").size(), 2U);
  for (const auto* result : converted.observations("8112-5")) {
    EXPECT_TRUE(result->has("specimen"));
    EXPECT_EQ(tests::context(*result, "day", "valueInteger"), "9");
  }
}

TEST(Structure, AnUnknownSegmentEndsNoGroupAndStaysUnmapped) {
  const auto converted = convert(msh + pid + obr + "ZXX|1|secret\nXYZ|a\n" + nk("1"));
  EXPECT_EQ(converted.observations("8112-5").size(), 1U);
  EXPECT_TRUE(converted.has_issue("z-segment-unmapped"));
  EXPECT_TRUE(converted.has_issue("segment-unknown"));
  EXPECT_GE(converted.conversion.account.unmapped(), 3U);
}

TEST(Structure, AnyDelimitersGiveTheSameResources) {
  std::string other = msh + pid + obr + nk("14.2");
  for (char& c : other) {
    if (c == '|')
      c = '#';
    else if (c == '^')
      c = '@';
  }
  const auto plain = convert(msh + pid + obr + nk("14.2")), changed = convert(other);
  ASSERT_EQ(plain.resources.size(), changed.resources.size());
  EXPECT_EQ(plain.observations("8112-5").front()->write(),
            changed.observations("8112-5").front()->write());
}

TEST(Structure, AnAlarmIsToldByTheCategoryOfItsReport) {
  std::string alarm = msh;
  alarm.replace(alarm.find("ORU^R01^ORU_R01"), 15, "ORU^R40^ORU_R40");
  const auto categories = [](const tests::Converted& converted) {
    return converted.of_type("DiagnosticReport").front()->find("category")->items();
  };
  const auto converted = convert(alarm + pid + obr + nk("1"));
  ASSERT_EQ(categories(converted).size(), 2U);
  EXPECT_EQ(categories(converted)[1]["text"].text(), "alarm");
  EXPECT_EQ(categories(convert(msh + pid + obr + nk("1"))).size(), 1U);
}

const std::string document =
    "OBX|1|ED|DOC^Doc^L||^AP^PDF^Base64^JVBERi0xLjQK||||||F\nTXA|1|CN|AP|20250322||||||||D1\n";

TEST(Structure, ADocumentWithinAnOrderIsTheOrdersAndAnAnswerBeforeItThePatients) {
  const auto converted = convert(msh + pid + "OBX|1|NM|H1^Height^L||170|cm|||||F\n" +
                                 "ORC|RE|O1|F1\n" + document + obr + nk("1"));
  EXPECT_EQ(code_of((*converted.observations("H1").at(0))["category"].items().at(0)), "survey");
  ASSERT_EQ(converted.of_type("ServiceRequest").size(), 1U);
  const auto& report = *converted.of_type("DiagnosticReport").front();
  EXPECT_EQ(report["presentedForm"].items().size(), 1U);
  EXPECT_EQ(report["result"].items().size(), 1U);
  EXPECT_EQ(converted.of_type("DocumentReference").size(), 1U);
}

TEST(Structure, WhatStandsBeforeTheOnlyPidIsItsPatients) {
  const auto converted = convert(msh + "ORC|RE|O1|F1\n" + obr + nk("1") + pid + "NTE|1||hers\n");
  ASSERT_EQ(converted.of_type("Patient").size(), 1U);
  const auto& result = *converted.observations("8112-5").at(0);
  EXPECT_EQ(result["subject"]["reference"].text(),
            "Patient/" + (*converted.of_type("Patient").front())["id"].text());
  EXPECT_TRUE(converted.has_issue("segment-out-of-place"));
  EXPECT_FALSE(converted.has_issue("patient-repeated"));
  EXPECT_EQ(converted.conversion.account.unmapped(), 0U);
}

TEST(Structure, WhatStandsBeforeTheFirstOfSeveralPidIsNobodys) {
  const auto converted =
      convert(msh + obr + nk("1") + pid + "PID|2||P2^^^CLINIC^MR||Roe^Mary\n" + obr + nk("2"));
  EXPECT_EQ(converted.observations("8112-5").size(), 1U);
  EXPECT_EQ(place_of(converted, "segment-out-of-place"), "OBR[1]");
  EXPECT_EQ((*converted.observations("8112-5").at(0))["valueQuantity"]["value"].text(), "2");
}

TEST(Structure, TheEndOfALineWithinATextIsANewLine) {
  const auto converted = convert(msh + pid + obr + "OBX|1|TX|T1^Text^L||one\ntwo||||||F\n");
  EXPECT_EQ((*converted.observations("T1").at(0))["valueString"].text(), "one\ntwo");
}

}  // namespace
