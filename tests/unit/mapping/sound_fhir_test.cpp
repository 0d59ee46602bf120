#include "tests/support/sound_fhir.hpp"

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// Whatever a sender writes, what comes out is FHIR R4 (V2FHIR.md §3.9, invariants that bite).
namespace {

using rules::message;
using rules::obr;
using symptoms::only;
using symptoms::unmapped;
using tests::convert;

std::string faults(const tests::Converted& made) {
  std::string all;
  for (const auto& resource : made.resources)
    if (const std::string fault = tests::fault_of(resource); !fault.empty())
      all += resource["resourceType"].text() + "." + fault + " ";
  return all;
}

TEST(SoundFhir, AComponentOfSeveralAnswersBearsTheCodeOfItsObservation) {
  const std::string answers = "||P^Pos^L~N^Neg^L||||||F\n";
  const std::string second = "OBX|2|ST|B^Beta^L||v||||||F\n";
  for (const char* code : {"", "^^^", "^^L", "^Words", "A^Alpha^L"}) {
    const auto made = convert(message(obr + "OBX|1|CWE|" + code + answers + second));
    EXPECT_EQ(faults(made), "") << code;
    const auto& observation = *made.of_type("Observation").at(0);
    ASSERT_EQ(observation["component"].items().size(), 2U) << code;
    for (const auto& part : observation["component"].items())
      EXPECT_EQ(part["code"], observation["code"]) << code;
  }
  const auto alone = convert(message(obr + "OBX|1|CWE|" + answers));
  EXPECT_EQ(tests::code_of(only(alone, "Observation")["component"].items().at(1)["code"]), "X")
      << "what was ordered names its only row";
}

TEST(SoundFhir, S11AComponentOfSeveralAnswersBearsNoCodeThatWasWithheldFromItsObservation) {
  const auto made = convert(message(obr + "OBX|1|CWE|8112-5^NK^LN||P^Pos^L~N^Neg^L||||||F\n" +
                                    "SPM|1|S1||TISS^Tissue^HL70487||||UTER^Uterus^L\n"));
  const auto& observation = only(made, "Observation");
  EXPECT_NE(tests::code_of(observation["code"]), "8112-5");
  for (const auto& part : observation["component"].items())
    for (const auto& coding : part["code"]["coding"].items())
      EXPECT_NE(coding["code"].text(), "8112-5");
}

TEST(SoundFhir, ACodingSystemThatIsNoUriIsTheSendersOwn) {
  const auto system = [](const std::string& said) {
    const auto made = convert(message(obr + "OBX|1|CWE|A^Alpha^" + said + "||P^Pos^L||||||F\n"));
    EXPECT_EQ(faults(made), "") << said;
    EXPECT_EQ(unmapped(made), "") << said;
    return only(made, "Observation")["code"]["coding"].items().at(0)["system"].text();
  };
  for (const char* said : {"http://lab.example/code list", "http://x y", "urn:oid:1.2&x",
                           "urn:oid:1.02.3", "http://lab.example/<list>",
                           "http://l\xC3\xA4"
                           "b.example",
                           "urn:uuid:12", "1.2.03.4"})
    EXPECT_TRUE(system(said).starts_with("https://immunogate.example/fhir/CodeSystem/sender-"))
        << said << " " << system(said);
  EXPECT_EQ(system("http://lab.example/list"), "http://lab.example/list");
  EXPECT_EQ(system("urn:oid:1.2.3"), "urn:oid:1.2.3");
  EXPECT_EQ(system("1.2.3.4"), "urn:oid:1.2.3.4");
}

TEST(SoundFhir, AnAuthorityThatIsNoUriBelongsToItsSender) {
  for (const char* said : {"A&http://x y&URI", "A&urn:oid:1.02&ISO", "A&1.02.3&ISO"}) {
    std::string text = message(obr + "OBX|1|ST|A^Alpha^L||v||||||F\n");
    text.replace(text.find("CLINIC"), 6, said);
    EXPECT_EQ(faults(convert(text)), "") << said;
  }
}

TEST(SoundFhir, APointerIsAUrlOrKeepsItsText) {
  const auto form = [](const std::string& said) {
    const auto made = convert(message(obr + "OBX|1|RP|A^Alpha^L||" + said + "||||||F\n"));
    EXPECT_EQ(faults(made), "") << said;
    EXPECT_EQ(unmapped(made), "") << said;
    return only(made, "DiagnosticReport")["presentedForm"].items().at(0);
  };
  EXPECT_EQ(form("http://pacs.example/my report.pdf^P^AP^PDF")["url"].text(),
            "http://pacs.example/my%20report.pdf");
  EXPECT_EQ(form("http://x/a%20b%zz")["url"].text(), "http://x/a%20b%25zz");
  EXPECT_EQ(form("file:///M:/a b.pdf")["url"].text(), "file:///M:/a%20b.pdf");
  for (const char* said : {"1 Main St", "C:/reports/a.pdf", "reports/1.pdf"}) {
    EXPECT_FALSE(form(said).has("url")) << said;
    EXPECT_EQ(symptoms::extension(form(said), "/attachment-pointer")["valueString"].text(), said);
  }
}

}  // namespace
