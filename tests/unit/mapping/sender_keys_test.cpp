// What a sender's profile changes in the reading of its messages (mappings/REFERENCE.md, keys of a
// sender). Keys about cycles, times and units are tested with their rules.
#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

namespace {

using namespace rules;
using namespace symptoms;

/// A message of LAB|CITY, read by a profile with these keys.
tests::Converted said_by(const std::string& keys, const std::string& rest,
                         const std::string& pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n") {
  const auto catalogue = tests::catalogue_with_sender(keys);
  EXPECT_NE(catalogue, nullptr) << keys;
  return tests::convert(
      "MSH|^~\\&|LAB|CITY|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n" + pid + rest,
      catalogue.get());
}

const std::string result = "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";

TEST(SenderKeys, SexWordsAreReadAsTheirCodeWhateverTheirCase) {
  const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|FEMALE\n";
  const auto made = said_by(R"("sex_words": {"Female": "F"})", obr + result, pid);
  EXPECT_EQ(only(made, "Patient")["gender"].text(), "female");
  EXPECT_FALSE(made.has_issue("sex-unknown"));
  EXPECT_EQ(only(said_by("", obr + result, pid), "Patient")["gender"].text(), "unknown");
}

TEST(SenderKeys, WordsForNoResultAreTheSendersOwn) {  // N9
  const std::string row = "OBX|1|NM|8112-5^NK^LN||HEMOLYSED|%|||||F\n";
  const auto made = said_by(R"("no_result_words": ["hemolysed"])", obr + row);
  EXPECT_EQ(code_of(first(made, "8112-5")["dataAbsentReason"]), "not-performed");
  EXPECT_EQ(notes(first(made, "8112-5")), (std::vector<std::string>{"HEMOLYSED"}));
  EXPECT_FALSE(made.has_issue("nm-invalid"));
  EXPECT_TRUE(said_by("", obr + row).has_issue("nm-invalid"));
}

TEST(SenderKeys, SecurityLabelsOfTheMessageStandOnAllWhereTheProfileSaysSo) {  // V2FHIR.md §3.3
  const auto labelled = [](const std::string& keys, const char* type) {
    const auto catalogue = tests::catalogue_with_sender(keys);
    const auto made = tests::convert(
        "MSH|^~\\&|LAB|CITY|GW|H|20250322120000+0100|R^Restricted^L|ORU^R01|C1|P|2.5.1\n"
        "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n" +
            obr + result,
        catalogue.get());
    return only(made, type)["meta"]["security"].items().size();
  };
  for (const char* type : {"Patient", "Observation", "DiagnosticReport"}) {
    EXPECT_EQ(labelled("", type), 0U) << type;
    EXPECT_EQ(labelled(R"("label_all": true)", type), 1U) << type;
  }
  EXPECT_EQ(labelled("", "MessageHeader"), 1U);
}

TEST(SenderKeys, FurtherGivenNamesAreSplitOnlyWhereTheProfileSaysSo) {
  const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane^Ann Lee\n";
  const auto given = [&](const std::string& keys) {
    std::vector<std::string> names;
    const auto made = said_by(keys, obr + result, pid);
    for (const Json& one : only(made, "Patient")["name"].items().at(0)["given"].items())
      names.push_back(one.text());
    return names;
  };
  EXPECT_EQ(given(R"("split_given_names": true)"),
            (std::vector<std::string>{"Jane", "Ann", "Lee"}));
  EXPECT_EQ(given(""), (std::vector<std::string>{"Jane", "Ann Lee"}));
}

TEST(SenderKeys, FreeFieldsOfAnOrderMayHoldItsAccessionNumber) {
  const auto made =
      said_by(R"("accession_fields": ["OBR-20"])",
              "OBR|1|P1|F1|X^P^L|||20250322093000+0100|||||||||||X18||ACC7\n" + result);
  const Json& last = only(made, "ServiceRequest")["identifier"].items().back();
  EXPECT_EQ(last["value"].text(), "ACC7");
  EXPECT_EQ(code_of(last["type"]), "ACSN");
  EXPECT_EQ(extension(only(made, "ServiceRequest"), "/placer-field-1")["valueString"].text(),
            "X18");
  EXPECT_FALSE(extension(only(made, "ServiceRequest"), "/filler-field-1").has("valueString"));
}

TEST(SenderKeys, FieldsWithoutAHomeAreCarriedAlongAndCountedApart) {
  const auto made = said_by(
      R"("carry": ["AL1-3", "OBX-22", "ZXY-2"])",
      "AL1|1||EGG^Egg^L\n" + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F|||||||||||INT\nZXY|1|more\n");
  EXPECT_EQ(extension(only(made, "Patient"), "/v2-field")["valueString"].text(), "AL1-3.1: EGG");
  const auto& fields = first(made, "8112-5")["extension"].items();
  EXPECT_EQ(fields.back()["valueString"].text(), "ZXY-2: more");
  EXPECT_EQ(fields[fields.size() - 2]["valueString"].text(), "OBX-22: INT");
  EXPECT_EQ(made.conversion.account.carried(), 5U);
  EXPECT_TRUE(made.of_type("AllergyIntolerance").empty());
}

TEST(SenderKeys, RaceAndEthnicityFollowTheRealm) {
  const std::string pid =
      "PID|1||P1^^^CLINIC^MR||Doe^Jane||||^^|2106-3^White^HL70005~1006-6^Abenaki^CDCREC|"
      "|||||||||||2186-5^Not Hispanic^CDCREC\n";
  const auto made = said_by(R"("realm": "us")", obr + result, pid);
  const Json& race = extension(only(made, "Patient"), "us-core-race");
  ASSERT_EQ(race["extension"].items().size(), 3u);
  EXPECT_EQ(race["extension"].items()[0]["url"].text(), "ombCategory");
  EXPECT_EQ(race["extension"].items()[0]["valueCoding"]["code"].text(), "2106-3");
  EXPECT_EQ(race["extension"].items()[1]["url"].text(), "detailed");
  EXPECT_EQ(race["extension"].items()[2]["valueString"].text(), "White, Abenaki");
  EXPECT_EQ(extension(only(made, "Patient"), "us-core-ethnicity")["extension"].items().size(), 2u);
  EXPECT_FALSE(extension(only(made, "Patient"), "/race").has("url"));
  EXPECT_TRUE(extension(only(said_by("", obr + result, pid), "Patient"), "/race").has("url"));
}

/// "ombCategory 2106-3, text White" of an extension of US Core.
std::string parts_of(const Json& extension) {
  std::string all;
  for (const Json& part : extension["extension"].items())
    all += (all.empty() ? "" : ", ") + part["url"].text() + " " +
           part["valueCoding"]["code"].text() + part["valueString"].text();
  return all;
}

TEST(SenderKeys, UsCoreHasOneEthnicityRacesOfItsListAndDetailsOfItsSet) {
  const std::string pid =
      "PID|1||P1^^^CLINIC^MR||Doe^Jane||||^^|2106-3^White^HL70005~2131-1^Other^HL70005~"
      "2106-3^White^CDCREC~2135-2^Hispanic^CDCREC||||||||||||2135-2^Hispanic^CDCREC~"
      "2186-5^Not^CDCREC~2148-5^Mexican^CDCREC\n";
  const auto made = said_by(R"("realm": "us")", obr + result, pid);
  const Json& patient = only(made, "Patient");
  EXPECT_EQ(parts_of(extension(patient, "us-core-race")),
            "ombCategory 2106-3, detailed 2131-1, text White, Other, White, Hispanic");
  EXPECT_EQ(parts_of(extension(patient, "us-core-ethnicity")),
            "ombCategory 2135-2, detailed 2148-5, text Hispanic, Not, Mexican");
  // An ethnicity among the races is none of US Core's races: it stands in ours.
  EXPECT_EQ(code_of(extension(patient, "/race")["valueCodeableConcept"]), "2135-2");
}

TEST(SenderKeys, ACodeOfTheLaboratorysOwnStaysBesideUsCoresExtension) {
  const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||||^^|2106-3^White^HL70005^W^Weiss^L\n";
  const auto made = said_by(R"("realm": "us")", obr + result, pid);
  EXPECT_EQ(only(made, "Patient")["extension"].items().size(), 2U);
  EXPECT_EQ(made.conversion.account.unmapped(), 0U);
}

TEST(SenderKeys, UsCoreFindsALaboratoryReportWhateverItsSection) {
  const auto categories = [&](const std::string& keys, const std::string& section) {
    const auto made = said_by(keys, "OBR|1|P1|F1|X^P^L|||20250322093000+0100|||||||||||||||||" +
                                        section + "|F\n" + result);
    std::string all;
    for (const Json& one : only(made, "DiagnosticReport")["category"].items())
      all += code_of(one) + " ";
    return all;
  };
  EXPECT_EQ(categories(R"("realm": "us")", "MB"), "MB LAB ");
  EXPECT_EQ(categories(R"("realm": "us")", "LAB"), "LAB ");
  EXPECT_EQ(categories(R"("realm": "us")", ""), "LAB ");
  EXPECT_EQ(categories("", "MB"), "MB ");
}

TEST(SenderKeys, TheOffsetOfMsh7HoldsForTheMessageWhereTheProfileSaysSo) {
  const std::string order = "OBR|1|P1|F1|X^P^L|||20250322093000\n" + result;
  const auto effective = [&](const std::string& keys) {
    const auto made = said_by(keys, order);
    return first(made, "8112-5")["effectiveDateTime"].text();
  };
  EXPECT_EQ(effective(R"("msh7_offset": "default")"), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(effective(""), "2025-03-22");
  EXPECT_EQ(effective(R"("msh7_offset": "default", "time_zone": "America/New_York")"),
            "2025-03-22T09:30:00-04:00");  // the zone knows better
}

TEST(SenderKeys, RowsOfTextStayApartWhereTheProfileSaysSo) {
  const std::string lines =
      obr + "OBX|1|TX|Q1^Text^L||one||||||F\nOBX|2|TX|Q1^Text^L||two||||||F\n";
  EXPECT_EQ(said_by(R"("text_lines": "separate")", lines).of_type("Observation").size(), 2u);
  EXPECT_EQ(said_by("", lines).of_type("Observation").size(), 1u);
}

TEST(SenderKeys, TheTypeThatNamesThePatientFollowsTheProfilesOrder) {
  const std::string pid = "PID|1||A1^^^X^PI~B2^^^Y^SB~C3^^^Z^VS||Doe^Jane\n";
  const auto key = [&](const std::string& keys) {
    return said_by(keys, obr + result, pid).conversion.patient.value;
  };
  const auto alone = [&](const std::string& identifier) {
    return said_by("", obr + result, "PID|1||" + identifier + "||Doe^Jane\n")
        .conversion.patient.value;
  };
  EXPECT_EQ(key(""), alone("A1^^^X^PI"));
  EXPECT_EQ(key(R"("identifier_types": ["VS", "SB"])"), alone("C3^^^Z^VS"));
}

TEST(SenderKeys, WordsThatSayNothingReadAsEmpty) {
  const auto made = said_by(R"("empty_words": ["N/A"])",
                            obr + "OBX|1|ST|Q1^Text^L||N/A||||||F\nNTE|1|N/A|kept\n");
  EXPECT_FALSE(first(made, "Q1").has("valueString"));
  EXPECT_EQ(code_of(first(made, "Q1")["dataAbsentReason"]), "unknown");
  EXPECT_EQ(
      first(said_by("", obr + "OBX|1|ST|Q1^Text^L||N/A||||||F\n"), "Q1")["valueString"].text(),
      "N/A");
  EXPECT_EQ(made.conversion.account.unmapped(), 0U);
}

TEST(SenderKeys, ASeriesIsSampledDataWhereUnitAndIntervalAreKnown) {
  const std::string keys = R"("sample_interval_ms": {"ECG": 2.50})";
  const auto made = said_by(keys, obr +
                                      "OBX|1|NA|ECG^Trace^L||01.50^^-2^3.0|mg|||||F\n"
                                      "OBX|2|MA|ECG^Trace^L||1^2~3^4|mg|||||F\n"
                                      "OBX|3|NA|ECG^Trace^L||1^high^2|mg|||||F\n"
                                      "OBX|4|NA|ECG^Trace^L||1^2||||||F\n");
  const auto rows = made.observations("ECG");
  const Json& single = (*rows[0])["valueSampledData"];
  EXPECT_EQ(single["data"].text(), "1.50 E -2 3.0");
  EXPECT_EQ(single["period"].text(), "2.50");
  EXPECT_EQ(single["dimensions"].text(), "1");
  EXPECT_EQ(single["origin"]["value"].text(), "0");
  EXPECT_EQ(single["origin"]["code"].text(), "mg");
  EXPECT_EQ((*rows[1])["valueSampledData"]["data"].text(), "1 2 3 4");
  EXPECT_EQ((*rows[1])["valueSampledData"]["dimensions"].text(), "2");
  EXPECT_EQ((*rows[2])["valueString"].text(), "1^high^2");  // no number: as it was sent
  EXPECT_EQ((*rows[3])["valueString"].text(), "1^2");       // of what?
  EXPECT_EQ((*said_by("", obr + "OBX|1|MA|ECG^Trace^L||1^2~3^4|mg|||||F\n")
                  .observations("ECG")[0])["valueString"]
                .text(),
            "1^2\n3^4");
}

TEST(SenderKeys, ARowOfAnArrayIsAChannelAndRowsOfSeveralLengthsStayText) {
  const auto made = said_by(R"("sample_interval_ms": {"ECG": 2.5})",
                            obr +
                                "OBX|1|NA|ECG^Trace^L||1^2^3~4^^6|mg|||||F\n"
                                "OBX|2|NA|ECG^Trace^L||1^2^^3~4|mg|||||F\n");
  const auto rows = made.observations("ECG");
  EXPECT_EQ((*rows[0])["valueSampledData"]["dimensions"].text(), "2");
  EXPECT_EQ((*rows[0])["valueSampledData"]["data"].text(), "1 4 2 E 3 6");
  EXPECT_EQ((*rows[1])["valueString"].text(), "1^2^^3\n4");
}

TEST(SenderKeys, WithoutPidNothingIsFiledUnlessTheSenderIsPatientLess) {
  const std::string visit = "PV1|1|O|LAB^1\nNTE|1||of the room\n";
  const std::string control = visit + obr + result + "NTE|1||low\nSPM|1|S1||BLD^Blood^HL70487\n";
  const auto catalogue = tests::catalogue_with_sender("");
  const std::string msh = "MSH|^~\\&|LAB|CITY|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n";
  const auto refused = tests::try_convert(msh + control, catalogue.get());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "PID");
  EXPECT_NE(refused.error().remedy.find("patient_less"), std::string::npos);

  const auto made = said_by(R"("patient_less": true)", control, "");
  EXPECT_TRUE(made.of_type("Patient").empty());
  EXPECT_EQ(made.conversion.patient.value, "LAB");  // filed under the sender
  for (const char* type : {"Observation", "DiagnosticReport", "Specimen"})
    EXPECT_FALSE(only(made, type).has("subject")) << type;
  EXPECT_EQ(only(made, "ServiceRequest")["subject"]["extension"].items().at(0)["valueCode"].text(),
            "not-applicable");
  EXPECT_EQ(only(made, "Observation")["valueQuantity"]["value"].text(), "1");
  EXPECT_FALSE(
      only(made, "DiagnosticReport").has("meta") &&
      only(made, "DiagnosticReport")["meta"].has("profile"));  // `lab-report` has a subject
}

TEST(SenderKeys, APatientLessSenderMaySendPatientsAsWell) {
  const auto made = said_by(R"("patient_less": true)", obr + result);
  EXPECT_EQ(only(made, "Observation")["subject"]["reference"].text(),
            "Patient/" + made.conversion.patient.value);
}

TEST(SenderKeys, ResultsOfNobodyKeepTheirIdsWhenTheyAreSentAgain) {
  const auto id = [&](const std::string& value) {
    const auto made = said_by(R"("patient_less": true)",
                              obr + "OBX|1|NM|8112-5^NK^LN||" + value + "|%|||||F\n", "");
    return only(made, "Observation")["id"].text();
  };
  EXPECT_EQ(id("1"), id("2"));
}

}  // namespace
