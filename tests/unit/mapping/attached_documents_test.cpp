// What is attached to a report, as documents (V2FHIR.md §3.1, §3.9; DOMAIN.md F9, T5).
#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

namespace {

using namespace rules;
using namespace symptoms;

const std::string pdf = "^AP^PDF^Base64^JVBERi0xLjQK", other_pdf = "^AP^PDF^Base64^JVBERi0xLjUK";
const std::string txa = "TXA|1|PN||||||||||DOC1|||||AU||AV\n";

std::string row(const char* code, const std::string& value, const char* status = "F") {
  return "OBX|1|ED|" + std::string(code) + "^Report^L||" + value + "||||||" + status + "\n";
}

const Json& attachment(const Json& document, std::size_t k = 0) {
  return document["content"].items().at(k)["attachment"];
}

TEST(Documents, EveryPdfIsADocumentOfItsReport) {
  const auto made = tests::convert(message(obr + row("A", pdf) + row("B", other_pdf)));
  const auto documents = made.of_type("DocumentReference");
  const auto files = made.of_type("Binary");
  ASSERT_EQ(documents.size(), 2u);
  ASSERT_EQ(files.size(), 2u);
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_EQ((*documents[k])["status"].text(), "current");
    EXPECT_EQ((*documents[k])["docStatus"].text(), "final");
    EXPECT_EQ(code_of((*documents[k])["type"]), k == 0 ? "A" : "B");
    EXPECT_EQ(attachment(*documents[k])["url"].text(), reference_of(*files[k]));
    EXPECT_EQ(attachment(*documents[k])["contentType"].text(), "application/pdf");
    EXPECT_EQ((*documents[k])["context"]["related"].items().at(0)["reference"].text(),
              reference_of(only(made, "DiagnosticReport")));
  }
  EXPECT_EQ(only(made, "DiagnosticReport")["presentedForm"].items().size(), 2u);  // F9
}

TEST(Documents, APdfThatIsSentAgainAloneIsStillItself) {
  const auto both = tests::convert(message(obr + row("A", pdf) + row("B", pdf)));
  const auto second = tests::convert(message(obr + row("B", other_pdf)));
  EXPECT_EQ((*both.of_type("Binary")[1])["id"].text(), only(second, "Binary")["id"].text());
}

TEST(Documents, TheDocumentThatTxaTellsOfHasItsFiles) {
  const auto made = tests::convert(message(txa + row("A", pdf) + row("B", other_pdf)));
  const Json& document = only(made, "DocumentReference");
  EXPECT_EQ(document["masterIdentifier"]["value"].text(), "DOC1");
  ASSERT_EQ(document["content"].items().size(), 2u);
  EXPECT_EQ(attachment(document, 1)["url"].text(), reference_of(*made.of_type("Binary")[1]));
}

TEST(Documents, TwoOfOneNumberInOneMessageAreBothKept) {
  const std::string text = "OBX|1|TX|A^Report^L||text||||||F\n";
  const auto made = tests::convert(message(txa + text + txa + text));
  const auto documents = made.of_type("DocumentReference");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_NE((*documents[0])["id"].text(), (*documents[1])["id"].text());
  const auto first = tests::convert(message(txa + text));
  EXPECT_EQ((*documents[0])["id"].text(), only(first, "DocumentReference")["id"].text());
}

TEST(Documents, OneWithoutANumberIsNotTheOneWhoseNumberIsLikeItsPlace) {
  const auto made = tests::convert("MSH|~^\nTXA||||||||||||1\nPID\nTXA\n");
  const auto documents = made.of_type("DocumentReference");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_NE((*documents[0])["id"].text(), (*documents[1])["id"].text());
}

TEST(Documents, OneThatStandsBeforeItsObrIsThatReports) {
  const std::string result = "OBX|1|ST|B^Beta^L||v||||||F\n", spm = "SPM|1|S1||SER^Serum^HL70487\n";
  const std::string pointer = "OBX|1|RP|A^Report^L||http://x.example/1^^application^pdf||||||F\n";
  for (const std::string& document : {row("A", pdf), pointer}) {
    for (const std::string& before : {std::string(), spm}) {
      for (const char* type : {"ORU^R01", "OUL^R22", "OUL^R23"}) {
        std::string text =
            message(before + document + "NTE|1||why\n" + "ORC|RE||F1\n" + obr + result);
        text.replace(text.find("ORU^R01"), 7, type);
        const auto made = tests::convert(text);
        EXPECT_EQ(only(made, "DiagnosticReport")["presentedForm"].items().size(), 1u) << text;
        EXPECT_EQ(unmapped(made), "") << text;
      }
    }
  }
}

TEST(Documents, BytesThatAreNotWhatTheirTypeSaysAreAttachedAsBytesAlone) {
  const auto form = [](const tests::Converted& made) -> const Json& {
    return only(made, "DiagnosticReport")["presentedForm"].items().at(0);
  };
  const auto other = tests::convert(message(obr + row("A", "^AP^PDF^Base64^aGVsbG8gd29ybGQ=")));
  EXPECT_EQ(form(other)["contentType"].text(), "application/octet-stream");
  EXPECT_EQ(form(other)["data"].text(), "aGVsbG8gd29ybGQ=");
  EXPECT_TRUE(has_tag(only(other, "DiagnosticReport"), "gateway-issue", "attachment-invalid"));
  const auto unnamed = tests::convert(message(obr + row("A", "^AP^PDF^^JVBERi0xLjQK")));
  EXPECT_EQ(form(unnamed)["contentType"].text(), "application/pdf");
  EXPECT_EQ(form(unnamed)["data"].text(), "JVBERi0xLjQK");
  EXPECT_TRUE(unnamed.has_issue("attachment-invalid"));
  EXPECT_FALSE(tests::convert(message(obr + row("A", pdf))).has_issue("attachment-invalid"));
}

TEST(Documents, WhateverNoObrHasIsADocument) {
  const std::string html = "^TEXT^html^A^<p>hi</p>";
  const auto alone = tests::convert(message(row("A", html)));
  EXPECT_EQ(attachment(only(alone, "DocumentReference"))["contentType"].text(), "text/html");
  EXPECT_EQ(only(alone, "Binary")["data"].text(), "PHA+aGk8L3A+");
  const auto of_report = tests::convert(message(obr + row("A", html)));
  EXPECT_TRUE(of_report.of_type("DocumentReference").empty());
}

TEST(Documents, ARowThatIsTakenBackTakesItsDocumentBack) {
  const auto before = tests::convert(message(obr + row("A", pdf)));
  for (const std::string& repeats : {pdf, std::string()}) {
    const auto after = tests::convert(message(obr + row("A", repeats, "W")));
    const Json& document = only(after, "DocumentReference");
    EXPECT_EQ(document["id"].text(), only(before, "DocumentReference")["id"].text());
    EXPECT_EQ(document["status"].text(), "entered-in-error");
    EXPECT_FALSE(attachment(document).has("url"));
    EXPECT_FALSE(only(after, "DiagnosticReport").has("presentedForm"));
  }
}

// V2FHIR.md §1.2–§1.4, §2.1, §2.3: what was tolerated is said.
TEST(Documents, BytesOfARowThatIsTakenBackAreAccountedFor) {
  const auto unmapped = [](const char* status) {
    const auto made = tests::convert(message(obr + row("A", pdf, status)));
    return made.conversion.account.unmapped();
  };
  EXPECT_EQ(unmapped("X"), unmapped("F"));
  EXPECT_EQ(unmapped("W"), unmapped("F"));
}

TEST(Oddities, OfTextAndVersionAreSaid) {
  const auto odd = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|C1|P|2.999\n"
      "PID|1||P1^^^CLINIC^MR||Doe^Jane\n" +
      obr +
      "OBX|1|ST|Q1^Path^L||C:\\temp||||||F\nOBX|2|ST|Q2^Bell^L||a\x07"
      "b||||||F\n"
      "OBX|3|ST|Q3^Parts^L||one^two||||||F\n");
  for (const char* code :
       {"version-assumed", "escape-unknown", "control-character", "unexpected-structure"})
    EXPECT_TRUE(odd.has_issue(code)) << code;
  EXPECT_EQ(first(odd, "Q1")["valueString"].text(), "C:\\temp");
  EXPECT_EQ(first(odd, "Q2")["valueString"].text(), "ab");
  EXPECT_EQ(first(odd, "Q3")["valueString"].text(), "one^two");
  const auto plain = tests::convert(message(obr + "OBX|1|ST|Q1^Path^L||a\\T\\b||||||F\n"));
  for (const char* code :
       {"version-assumed", "escape-unknown", "control-character", "unexpected-structure"})
    EXPECT_FALSE(plain.has_issue(code)) << code;
}

TEST(Oddities, ARowBehindSpmInR24MayBeTheSpecimens) {
  const std::string head =
      "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||OUL^R24|C1|P|2.5.1\n"
      "PID|1||P1^^^CLINIC^MR||Doe^Jane\n" +
      obr + "ORC|RE|P1|F1\nSPM|1|S1||BLDV^Blood^HL70487\n";
  const std::string rows = "OBX|1|NM|8112-5^NK^LN||1|%|||||F\nOBX|2|NM|8123-2^CD4^LN||1|%|||||F\n";
  const auto open = tests::convert(head + rows);
  EXPECT_EQ(std::count_if(open.conversion.issues.begin(), open.conversion.issues.end(),
                          [](const auto& issue) { return issue.code == "segment-ambiguous"; }),
            1);
  EXPECT_EQ(only(open, "DiagnosticReport")["result"].items().size(), 2u);
  EXPECT_FALSE(tests::convert(head + "SAC|||C1\n" + rows).has_issue("segment-ambiguous"));
}

}  // namespace
