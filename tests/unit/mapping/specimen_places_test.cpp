#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"
#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// Whose specimen an SPM is, wherever a laboratory puts it (V2FHIR.md §2.1–2.3, S17, S18), and that
// no specimen or visit ever changes its patient.
namespace {

using rules::message;
using rules::sample;
using symptoms::only;
using symptoms::reference_of;
using symptoms::unmapped;
using tests::convert;
using tests::Converted;

const std::string tissue = "SPM|1|S1||TISS^Tissue^HL70487||||2739003^Endometrium^SCT\n";
const std::string serum = "SPM|2|S2||SER^Serum^HL70487\n";
const std::string nk = "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n";
const std::string lipid = "OBX|1|NM|2571-8^TG^LN||120|mg/dL|||||F\n";
const std::string other_patient = "PID|2||P2^^^CLINIC^MR||Roe^Ann||19900101|F\n";

std::string obr(const std::string& number) {
  return "OBR|1||" + number + "|" + number + "^Panel^L|||20250322093000+0100\n";
}
std::string row(const std::string& code, const std::string& specimen) {
  return "OBX|1|ST|" + code + "^Row^L||v||||||F" + std::string(22, '|') + specimen + "\n";
}
std::string of_type(std::string text, const std::string& type) {
  text.replace(text.find("ORU^R01"), 7, type);
  return text;
}
/// "Specimen/…" of the n-th result; its display or number where it is none of the bundle's.
std::string specimen_of(const Converted& made, std::size_t result) {
  const auto& of = (*made.of_type("Observation").at(result))["specimen"];
  return of["reference"].text() + of["identifier"]["value"].text();
}
std::string nth(const Converted& made, std::string_view type, std::size_t n) {
  return reference_of(*made.of_type(type).at(n));
}

TEST(SpecimenPlaces, AnSpmBeforeItsOrderIsThatOrdersInEveryStructure) {
  for (const char* type : {"ORU^R01", "ORU^R30", "OUL^R21", "OUL^R22", "OUL^R24", "MDM^T02"}) {
    for (const std::string& text :
         {tissue + obr("F1") + nk, tissue + "ORC|RE||F1\n" + obr("F1") + nk,
          "PV1|1|O\n" + tissue + "ORC|RE||F1\n" + obr("F1") + nk,
          "ORC|RE||F1\n" + tissue + obr("F1") + nk}) {
      const auto made = convert(of_type(message(text), type));
      ASSERT_EQ(made.of_type("Observation").size(), 1U) << type << text;
      EXPECT_EQ(sample(*made.of_type("Observation").front()), "endometrium") << type << text;
      EXPECT_TRUE(made.has_issue("code-specimen-conflict")) << type << text;
      EXPECT_EQ(specimen_of(made, 0), nth(made, "Specimen", 0)) << type << text;
      EXPECT_EQ(unmapped(made).find("SPM"), std::string::npos) << type << text;
    }
  }
}

TEST(SpecimenPlaces, ASecondPatientsSpmBeforeItsOrderIsThatPatients) {
  const auto made = convert(message(obr("F1") + lipid + other_patient + tissue + obr("F2") + nk));
  EXPECT_EQ(specimen_of(made, 0), "");
  EXPECT_EQ(specimen_of(made, 1), nth(made, "Specimen", 0));
  EXPECT_EQ(only(made, "Specimen")["subject"]["reference"].text(), nth(made, "Patient", 1));
}

TEST(SpecimenPlaces, WhereSpmStandBeforeTheirOrdersEachOrderHasTheOneBeforeIt) {
  const auto made = convert(message(tissue + "ORC|RE||F1\n" + obr("F1") + nk + serum +
                                    "ORC|RE||F2\n" + obr("F2") + lipid));
  EXPECT_EQ(specimen_of(made, 0), nth(made, "Specimen", 0));
  EXPECT_EQ(specimen_of(made, 1), nth(made, "Specimen", 1));
}

TEST(SpecimenPlaces, WhereSpmStandBehindTheirOrdersEachOrderHasTheOneBehindIt) {
  const auto made = convert(message("ORC|RE||F1\n" + obr("F1") + nk + tissue + "ORC|RE||F2\n" +
                                    obr("F2") + lipid + serum));
  EXPECT_EQ(specimen_of(made, 0), nth(made, "Specimen", 0));
  EXPECT_EQ(specimen_of(made, 1), nth(made, "Specimen", 1));
}

TEST(SpecimenPlaces, WhereNobodyCanTellNoneIsLinkedAndAllIsSaid) {
  for (const std::string& text : {tissue + obr("F1") + lipid + obr("F2") + lipid + serum,
                                  tissue + obr("F1") + serum + lipid + obr("F2") + lipid}) {
    const auto made = convert(message(text));
    ASSERT_EQ(made.of_type("Specimen").size(), 2U);
    for (const auto* observation : made.of_type("Observation")) {
      EXPECT_FALSE((*observation)["specimen"].is_object());
      EXPECT_TRUE(tests::has_tag(*observation, "gateway-issue", "specimen-association-ambiguous"));
    }
    EXPECT_EQ(unmapped(made), "");
  }
}

TEST(SpecimenPlaces, WithOneOrderAloneAllAreIts) {
  const auto made = convert(message(tissue + obr("F1") + lipid + serum));
  EXPECT_EQ(specimen_of(made, 0), nth(made, "Specimen", 1));  // the only one that fits (S18)
}

TEST(SpecimenPlaces, ARowBetweenALeadingSpmAndItsOrderIsTheSpecimens) {
  const auto made =
      convert(message(serum + "OBX|1|NM|107139-8^Day^LN||20||||||F\n" + obr("F1") + lipid));
  const auto& day = rules::first(made, "107139-8");
  EXPECT_EQ(day["category"].items()[0]["coding"].items()[0]["code"].text(), "survey");
  EXPECT_EQ(day["specimen"]["reference"].text(), nth(made, "Specimen", 0));
}

TEST(SpecimenPlaces, S18Obx33NamesTheSpecimenOfWhicheverOrder) {
  const std::string first = obr("F1") + "SPM|1|S1^FS1||SER^Serum^HL70487\n";
  for (const std::string& text :
       {first + obr("F2") + row("A", "S1^FS1"), obr("F2") + row("A", "^FS1") + first}) {
    const auto made = convert(message(text));
    EXPECT_EQ(specimen_of(made, 0), reference_of(only(made, "Specimen")));
    EXPECT_EQ(sample(only(made, "Observation")), "serum");
    EXPECT_FALSE(made.has_issue("specimen-association-ambiguous"));
  }
}

TEST(SpecimenPlaces, S18ASpecimenThatTheMessageDoesNotHoldIsNoOther) {
  const auto made = convert(message(obr("F1") + tissue + row("A", "S9^FS9")));
  EXPECT_EQ(specimen_of(made, 0), "FS9");
  EXPECT_EQ(sample(only(made, "Observation")), "unknown");
  EXPECT_TRUE(made.has_issue("specimen-association-ambiguous"));
  EXPECT_EQ(unmapped(made), "");
}

TEST(SpecimenPlaces, T9ANumberThatTwoPatientsShareIsTwoSpecimensAndTwoVisits) {
  const std::string visit = "PV1|1|O" + std::string(17, '|') + "V1\n";
  const std::string rest = obr("F1") + "SPM|1|1||SER^Serum^HL70487\n" + lipid;
  const std::string first = visit + rest, second = other_patient + visit + rest;
  const auto both = convert(message(first + second)), one = convert(message(first));
  for (const char* type : {"Specimen", "Encounter"}) {
    ASSERT_EQ(both.of_type(type).size(), 2U);
    for (std::size_t n = 0; n < 2; ++n)
      EXPECT_EQ((*both.of_type(type)[n])["subject"]["reference"].text(), nth(both, "Patient", n));
    EXPECT_EQ(nth(one, type, 0), nth(both, type, 0));  // whatever message it comes with
  }
}

TEST(SpecimenPlaces, ANumberThatOnlyRepeatsTheSetIdIsOfItsOrderAlone) {
  const auto one = [](const char* order, const std::string& number, const char* type) {
    return convert(message(obr(order) + "SPM|1|" + number + "||" + type + "\n" + lipid));
  };
  const auto id = [](const tests::Converted& made) { return nth(made, "Specimen", 0); };
  const std::string blood_serum = "SER^Serum^HL70487", biopsy = "TISS^Biopsy^HL70487";
  for (const char* number : {"1", "^1"}) {
    EXPECT_NE(id(one("F1", number, blood_serum.c_str())), id(one("F2", number, biopsy.c_str())));
    EXPECT_EQ(id(one("F1", number, blood_serum.c_str())), id(one("F1", number, biopsy.c_str())))
        << "a type that is corrected is the same specimen's";
  }
  EXPECT_EQ(id(one("F1", "S1", blood_serum.c_str())), id(one("F2", "S1", blood_serum.c_str())))
      << "one tube of two orders";
}

TEST(SpecimenPlaces, WhatAControlGaveIsFiledUnderNobody) {
  const std::string control = "OBR|1||F1|P^Panel^L|||20250322||||||||SER&Serum&HL70070^^^^^^Q\n";
  const std::string visit = "PV1|1|O" + std::string(17, '|') + "V1\n";
  for (const std::string& text :
       {control + lipid, obr("F1") + "SPM|1|S1||SER^Serum^HL70487|||||||Q\n" + lipid}) {
    const auto made = convert(message(visit + text));
    EXPECT_TRUE(made.has_issue("specimen-not-patient"));
    for (const char* type : {"Observation", "DiagnosticReport", "ServiceRequest", "Specimen"}) {
      EXPECT_EQ(only(made, type)["subject"]["reference"].text(), "") << type;
      EXPECT_FALSE(only(made, type)["encounter"].is_object()) << type;
    }
  }
}

TEST(SpecimenPlaces, AControlBesideThePatientsSpecimenIsNoneOfTheReportsResults) {
  const auto made = convert(message(obr("F1") + "SPM|1|S1||SER^Serum^HL70487|||||||P\n" + lipid +
                                    "SPM|2|S2||SER^Serum^HL70487|||||||Q\n" +
                                    "OBX|2|NM|2093-3^Chol^LN||180|mg/dL|||||F\n"));
  ASSERT_EQ(only(made, "DiagnosticReport")["result"].items().size(), 1U);
  EXPECT_EQ(only(made, "DiagnosticReport")["result"].items()[0]["reference"].text(),
            reference_of(rules::first(made, "2571-8")));
  EXPECT_FALSE(rules::first(made, "2093-3")["subject"].is_object());
}

TEST(SpecimenPlaces, ResultsOfASpecimenWithoutAnyObrGetAnOrderMadeUp) {
  for (const char* type : {"OUL^R22", "OUL^R23"}) {
    const auto made = convert(of_type(message(serum + lipid), type));
    EXPECT_EQ(specimen_of(made, 0), nth(made, "Specimen", 0));
    EXPECT_EQ(only(made, "DiagnosticReport")["result"].items().size(), 1U);
    EXPECT_TRUE(made.has_issue("structure-assumed"));
  }
}

}  // namespace
