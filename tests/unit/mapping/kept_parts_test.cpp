#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// What has no place where FHIR looks for it stands beside, as sent; and the account says so
// (V2FHIR.md §1.3 E5, §2.4, §3.9, §5.2).
namespace {

using rules::message;
using rules::obr;
using symptoms::extension;
using symptoms::only;
using symptoms::unmapped;
using tests::convert;

const std::string value = "OBX|1|ST|A^Alpha^L||v||||||F\n";

std::set<std::string> carried(const gateway::fhir::Json& resource) {
  std::set<std::string> all;
  for (const auto& one : resource["extension"].items())
    if (one["url"].text().ends_with("/v2-field")) all.insert(one["valueString"].text());
  return all;
}

/// "duplicate of OBR-2", "unmapped", "mapped" of the leaf at an address.
std::string fate(const tests::Converted& made, const std::string& at) {
  const auto leaves = made.message.leaves();
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    if (made.message.address(leaves[k]) != at) continue;
    const auto& fate = made.conversion.account.leaves[k];
    if (fate.fate == gateway::mapping::Fate::unmapped) return "unmapped";
    if (fate.fate == gateway::mapping::Fate::mapped) return "mapped";
    const std::string reason = gateway::mapping::to_text(fate.reason);
    return reason == "duplicate" ? reason + " of " + made.message.address(leaves[fate.of]) : reason;
  }
  return "absent";
}

TEST(KeptParts, E5WhatRepeatsInAFieldOfOneValueStandsAsSent) {
  const auto made =
      convert(message("OBR|1||F1~F2|X^Panel^L|||20250322\n"
                      "OBX|1|NM|A^Alpha^L||5|mg~g|||0.1~0.2||F|||20250322~20250323\n"));
  EXPECT_EQ(unmapped(made), "");
  EXPECT_EQ(carried(only(made, "Observation")),
            (std::set<std::string>{"OBX-6[2]: g", "OBX-9[2]: 0.2", "OBX-14[2]: 20250323"}));
  EXPECT_EQ(carried(only(made, "ServiceRequest")), (std::set<std::string>{"OBR-3[2]: F2"}));
  EXPECT_TRUE(tests::has_tag(only(made, "Observation"), "gateway-issue", "unexpected-structure"));
}

TEST(KeptParts, E5WhatIsOddAboutARepetitionIsSaidToo) {
  const auto odd = [](const std::string& probability) {
    return convert(
        message("OBR|1||F1|X^Panel^L|||20250322\n"
                "OBX|1|NM|A^Alpha^L||5|mg|||0.1" +
                probability + "||F\nIN1|1|a\\Q7\\b\x01\n"));
  };
  EXPECT_TRUE(odd("~x\\Q9\\y").has_issue("escape-unknown"));
  EXPECT_TRUE(odd("~x\x01y").has_issue("control-character"));
  EXPECT_FALSE(odd("~x").has_issue("escape-unknown")) << "of what nobody reads nothing is said";
  EXPECT_FALSE(odd("~x").has_issue("control-character"));
}

TEST(KeptParts, AStructuredNumberWithMorePartsThanItHasKeepsWhatWasSent) {
  const auto range = convert(message(obr + "OBX|1|SN|A^Alpha^L||^1^-^2^extra|mg/dL|||||F\n"));
  EXPECT_TRUE(only(range, "Observation").has("valueRange"));
  EXPECT_EQ(extension(only(range, "Observation"), "/original-text")["valueString"].text(),
            "^1^-^2^extra");
  EXPECT_TRUE(range.has_issue("unexpected-structure"));
  const auto text = convert(message(obr + "OBX|1|SN|A^Alpha^L||x^5^y^6^lost|mg/dL|||||F\n"));
  EXPECT_EQ(only(text, "Observation")["valueString"].text(), "x^5^y^6^lost");
}

TEST(KeptParts, ACodedCommentWithoutTextIsANote) {
  const auto made =
      convert(message(obr + value + "NTE|1|L||RE^Remark^HL70364|||||HEM^Haemolysed sample^L\n"));
  const auto& note = only(made, "Observation")["note"].items().at(0);
  EXPECT_EQ(note["text"].text(), "Haemolysed sample");
  EXPECT_EQ(tests::code_of(extension(note, "/note-code")["valueCodeableConcept"]), "HEM");
  EXPECT_EQ(unmapped(made), "");
}

TEST(KeptParts, ANoteThatSaysNothingIsNone) {
  const auto made = convert(message(obr + value + "NTE|1|L|\"\"|RE^Remark^HL70364|77^Doc\n"));
  EXPECT_FALSE(only(made, "Observation").has("note"));
  EXPECT_EQ(fate(made, "NTE-2"), "blank");
  EXPECT_EQ(fate(made, "NTE-4.1"), "blank") << "an empty note is skipped whole (V2FHIR.md §2.4)";
  EXPECT_EQ(fate(made, "NTE-3"), "null");
  EXPECT_EQ(fate(made, "NTE-5.1"), "unmapped") << "its author is not blank, and lands nowhere";
}

TEST(KeptParts, ARowThatWasNotToBeAnsweredIsANoteWithAllItSays) {
  const auto made =
      convert(message(obr + value + "OBX|2|ST|A2^^L|1||mg|1-2|H|||O|||20240102||T^Tech\n" +
                      "OBX|3|ST|^^^B1^Beta^L||||||||O\n"));
  EXPECT_EQ(unmapped(made), "");
  const auto& report = only(made, "DiagnosticReport");
  std::vector<std::string> notes;
  for (const auto& one : report["extension"].items())
    if (one["url"].text().ends_with("DiagnosticReport.note"))
      notes.push_back(one["valueAnnotation"]["text"].text());
  EXPECT_EQ(notes, (std::vector<std::string>{"A2", "Beta"}));
  EXPECT_TRUE(carried(report).contains("OBX[2]-6: mg"));
  EXPECT_TRUE(carried(report).contains("OBX[2]-16.2: Tech"));
}

TEST(KeptParts, AStatusOfADocumentThatFhirHasNoWordForStandsBeside) {
  const auto made = convert(message("TXA|1|PN|TX|||||||||D1|||||ZQ^q77^q78\n" +
                                    std::string("OBX|1|TX|A^Alpha^L||v||||||F\n")));
  const auto& document = only(made, "DocumentReference");
  EXPECT_EQ(document["docStatus"].text(), "preliminary");
  EXPECT_EQ(extension(document["_docStatus"], "/original-status")["valueCode"].text(),
            "ZQ^q77^q78");
}

TEST(KeptParts, AMediaTypeStandsOrKeepsTheSendersWords) {
  const auto form = [](const std::string& said) {
    const auto made = convert(message(obr + "OBX|1|ED|A^Alpha^L||" + said + "||||||F\n"));
    EXPECT_EQ(unmapped(made), "") << said;
    return only(made, "DiagnosticReport")["presentedForm"].items().at(0);
  };
  const auto words = [](const gateway::fhir::Json& one) {
    return extension(one, "/attachment-media")["valueString"].text();
  };
  const auto type = [&](const std::string& said) { return form(said)["contentType"].text(); };
  EXPECT_EQ(type("^application^msword^Base64^0M8R4KGxGuEAAAAA"), "application/msword");
  EXPECT_EQ(type("^AU^WAV^Base64^UklGRiQAAABXQVZF"), "audio/wav");
  EXPECT_EQ(type("^multipart^x-hl7-cda-level-one^A^MIME"), "multipart/x-hl7-cda-level-one");
  EXPECT_EQ(type("^^application/msword^Base64^0M8R4KGxGuEAAAAA"), "application/msword");
  EXPECT_EQ(words(form("^AP^PDF^Base64^JVBERi0xLjQK")), "");
  const auto unknown = form("^q1^q2^q3^text");
  EXPECT_EQ(unknown["contentType"].text(), "application/octet-stream");
  EXPECT_EQ(words(unknown), "q1^q2^q3");
  EXPECT_EQ(words(form("^TEXT^html^Base64^JVBERi0xLjQK")), "TEXT^html") << "its bytes are a PDF";
  EXPECT_EQ(words(form("^IM^PDF^Base64^JVBERi0xLjQK")), "IM^PDF");
}

TEST(KeptParts, ADuplicateNamesALeafThatSaysTheSameAndIsMapped) {
  const auto made = convert(message("ORC|RE|PL1|F1\nOBR|1|PL1|F1|X^Panel^L|||20250322\n" + value));
  EXPECT_EQ(fate(made, "ORC-2"), "duplicate of OBR-2");
  EXPECT_EQ(fate(made, "ORC-3"), "duplicate of OBR-3");
}

TEST(KeptParts, WhatSaysSomethingElseIsNoDuplicate) {
  const auto made = convert(
      message("OBR|1||F1|X^Panel^L\nOBX|1|CWE|A^A^LN^^^^^^^^^^^2.16.840.1.113883.6.96||P^Pos^SCT^^^"
              "^^^^^^^^1.2.3.4||||||F||||99D^Other Lab^L|||||||||Perf Lab^^^^^^^^^98D\n"
              "TCD|OTHER^Another test^L\n",
              "F|||1 St^^T^S^Z^US^H^^D1|D2|(555)123 ask for Bob^PRN^PH^^1^555^9999999"));
  for (const char* at : {"PID-12", "PID-13.1", "OBX-3.14", "OBX-5.14", "TCD-1.1"})
    EXPECT_EQ(fate(made, at), "unmapped") << at;
  EXPECT_EQ(fate(made, "OBX-15.1"), "mapped");
  const auto dead = convert(message(obr + value, "F||||||||||||||||||||||20250101|N"));
  EXPECT_EQ(fate(dead, "PID-30"), "unmapped") << "it denies the day of death";
}

TEST(KeptParts, NullAndBlanksAreSetAsideWhereverTheyStand) {
  const auto made = convert(
      message("OBR|1||F1|X^Panel^L|||20250322|\"\"||\"\"|||||\"\"|\"\"| \n" + value + "QQQ|\"\"\n",
              "F||\"\"||||||||||||\"\""));
  EXPECT_EQ(unmapped(made), "");
  EXPECT_EQ(fate(made, "PID-10"), "null");
  EXPECT_EQ(fate(made, "OBR-17"), "blank");
  EXPECT_EQ(fate(made, "QQQ-1"), "null");
}

TEST(KeptParts, ASecondAddressOfOneOrderingFacilityIsKept) {
  const auto order = [](const char* number, const char* town, const char* phone) {
    return std::string("ORC|RE||") + number + "|||||||||9^Doc|||||||||Org A^^^^^^^^^OA|1 St^^" +
           town + "|" + phone + "^WPN\nOBR|1||" + number + "|X^Panel^L|||20250322\n" + value;
  };
  const auto made = convert(message(order("F1", "Town", "555111") + order("F2", "Else", "555222") +
                                    order("F3", "Else", "555222")));
  EXPECT_EQ(unmapped(made), "");
  std::string towns;
  for (const auto* organization : made.of_type("Organization")) {
    for (const auto& address : (*organization)["address"].items()) towns += address["city"].text();
    for (const auto& one : (*organization)["extension"].items())
      towns += " " + one["valueAddress"]["city"].text() + one["valueContactPoint"]["value"].text();
  }
  EXPECT_NE(towns.find("Town"), towns.npos);
  EXPECT_NE(towns.find(" Else"), towns.npos) << towns;
  EXPECT_EQ(towns.find("Else"), towns.rfind("Else")) << "once";
}

TEST(KeptParts, ADegreeAndAScriptOfANameAreKept) {
  const auto made = convert(
      message(obr + "OBX|1|XCN|A^Alpha^L||77^Doe^Jane^^^^MD||||||F\n"
                    "OBX|2|XPN|B^Beta^L||Yamada^Taro^^^^^L^I~Yamada^Taro^^^^^L^X||||||F\n"));
  EXPECT_EQ(unmapped(made), "");
  const auto& person = *made.observations("A").at(0);
  EXPECT_EQ(extension(person, "/value-name")["valueHumanName"]["suffix"].items().at(0).text(),
            "MD");
  const auto& named = *made.observations("B").at(0);
  EXPECT_EQ(extension(extension(named, "/value-name")["valueHumanName"],
                      "/iso21090-EN-representation")["valueCode"]
                .text(),
            "IDE");
}

TEST(KeptParts, AnotherTimeOfReceiptThanTheSpecimensIsKeptAndTheSameIsADuplicate) {
  const auto made = [](const char* of_spm) {
    return convert(message("OBR|1||F1|X^Panel^L|||20250322|||||||20250322120000+0100\n" + value +
                           "SPM|1|S1||SER" + std::string(14, '|') + of_spm + "\n"));
  };
  EXPECT_EQ(fate(made("20250322120000+0100"), "OBR-14"), "duplicate of SPM-18");
  const auto other = made("20250323");
  EXPECT_EQ(extension(only(other, "ServiceRequest"), "/specimen-received")["valueDateTime"].text(),
            "2025-03-22T12:00:00+01:00");
}

TEST(KeptParts, ACodeThatATableLacksIsTheSendersOwnInTheHeaderToo) {
  std::string text = message(obr + value + "NTE|1|A|note\n");
  text.replace(text.find("ORU^R01|C1|P"), 12, "ORU^Z01|C1|TEST^T");
  const auto made = convert(text);
  const auto& header = only(made, "MessageHeader");
  EXPECT_EQ(header["eventCoding"]["code"].text(), "Z01");
  EXPECT_TRUE(header["eventCoding"]["system"].text().ends_with("-hl70003"));
  EXPECT_TRUE(tests::has_tag(header, "-hl70103", "TEST"));
  const auto& kind = extension(only(made, "Observation")["note"].items().at(0), "/note-type");
  EXPECT_TRUE(
      kind["valueCodeableConcept"]["coding"].items().at(0)["system"].text().ends_with("-hl70105"));
}

TEST(KeptParts, ATimeThatIsCutToItsPrecisionHasNothingButATimeBehindIt) {
  const auto made = convert(message(obr + "OBX|1|TS|A^Alpha^L||20240101&q^D||||||F\n"));
  EXPECT_EQ(only(made, "Observation")["valueString"].text(), "20240101&q");
}

TEST(KeptParts, ASecondTypeAndASecondStatusStandBeside) {
  const auto made = convert(message(obr + "OBX|1|NM~ST|A^Alpha^L||5|mg|||||P~W\n"));
  const auto& result = only(made, "Observation");
  EXPECT_EQ(result["status"].text(), "preliminary");
  EXPECT_EQ(carried(result), (std::set<std::string>{"OBX-11[2]: W", "OBX-2[2]: ST"}));
  EXPECT_TRUE(tests::has_tag(result, "gateway-issue", "unexpected-structure"));
}

TEST(KeptParts, OneValueBesideEmptyRepetitionsIsThatValue) {
  const auto value_of = [](const std::string& type, const std::string& said) {
    const auto made =
        convert(message(obr + "OBX|1|" + type + "|A^Alpha^L||" + said + "|mg|||||F\n"));
    EXPECT_FALSE(made.has_issue("value-repeated")) << said;
    return only(made, "Observation");
  };
  EXPECT_EQ(value_of("NM", "~5")["valueQuantity"]["value"].text(), "5");
  EXPECT_EQ(value_of("NM", "\"\"~5~")["valueQuantity"]["value"].text(), "5");
  EXPECT_EQ(value_of("SN", "~<^5")["valueQuantity"]["comparator"].text(), "<");
  EXPECT_EQ(value_of("NR", "~1^5")["valueRange"]["high"]["value"].text(), "5");
  EXPECT_EQ(value_of("DT", "~20250322")["valueDateTime"].text(), "2025-03-22");
  EXPECT_EQ(value_of("DR", "~20250322^20250323")["valuePeriod"]["end"].text(), "2025-03-23");
  EXPECT_EQ(value_of("TM", "~0730")["valueTime"].text(), "07:30:00");
  EXPECT_EQ(value_of("ST", "~x~")["valueString"].text(), "x");
  EXPECT_EQ(value_of("XTN", "~^^^a@b.c")["valueString"].text(), "a@b.c");
  EXPECT_EQ(value_of("TX", "~x")["valueString"].text(), "\nx") << "a line";
  const auto two = convert(message(obr + "OBX|1|NM|A^Alpha^L||1~~2|mg|||||F\n"));
  EXPECT_EQ(only(two, "Observation")["valueString"].text(), "1; 2");
  EXPECT_TRUE(two.has_issue("value-repeated"));
}

TEST(KeptParts, L2OfAWithdrawnAnswerNeitherFlagNorRangeIsCalledMapped) {
  for (const char* status : {"W", "D"}) {
    const auto made =
        convert(message("OBX|1|NM|A^Alpha^L||5|mg|1-9|H|||" + std::string(status) + "\n" + obr));
    EXPECT_EQ(fate(made, "OBX-7"), "unmapped") << status;
    EXPECT_EQ(fate(made, "OBX-8"), "unmapped") << status;
  }
}

}  // namespace
