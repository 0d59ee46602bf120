#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"
#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// What FHIR R4 cannot say stays beside the value, and what it must not say is not said
// (V2FHIR.md §1.5, §3.2, §3.9).
namespace {

using rules::message;
using rules::obr;
using symptoms::extension;
using symptoms::only;
using symptoms::unmapped;
using tests::convert;

std::string row(const std::string& type, const std::string& value) {
  return "OBX|1|" + type + "|A^Alpha^L||" + value + "||||||F\n";
}
const gateway::fhir::Json& sent(const gateway::fhir::Json& of, const char* shadow) {
  return extension(of[shadow], "/v2-time")["valueString"];
}

TEST(LosslessValues, AnHourWithoutMinutesAndADateWithOffsetKeepWhatWasSent) {
  for (const char* said : {"2025032209", "2025032209+0100", "20250322+0100"}) {
    const auto made =
        convert(message("OBR|1||F1|X^Panel^L|||" + std::string(said) + "\n" + row("TS", said)));
    const auto& result = only(made, "Observation");
    for (const auto& [name, shadow] : {std::pair{"effectiveDateTime", "_effectiveDateTime"},
                                       {"valueDateTime", "_valueDateTime"}}) {
      EXPECT_EQ(result[name].text(), "2025-03-22") << said;
      EXPECT_EQ(sent(result, shadow).text(), said);
    }
  }
  const auto whole = convert(message(obr + row("TS", "202503220930+0100")));
  EXPECT_FALSE(only(whole, "Observation")["_valueDateTime"].is_object());
}

TEST(LosslessValues, AClockKeepsItsOffset) {
  const auto made = convert(message(obr + row("TM", "0730+0100")));
  EXPECT_EQ(only(made, "Observation")["valueTime"].text(), "07:30:00");
  EXPECT_EQ(sent(only(made, "Observation"), "_valueTime").text(), "0730+0100");
}

TEST(LosslessValues, WhatIsNoTimeOfDayIsNotReadAsOne) {
  for (const char* said : {"2024-02-29", "2024-03-01T08:15:00+0100", "0730-12-31", "1530-9999",
                           "1530+5", "0730.5", "073000.x"}) {
    const auto made = convert(message(obr + row("TM", said)));
    EXPECT_EQ(only(made, "Observation")["valueString"].text(), said);
    EXPECT_TRUE(made.has_issue("date-invalid")) << said;
  }
  const auto whole = convert(message(obr + row("TM", "073015.25Z")));
  EXPECT_EQ(only(whole, "Observation")["valueTime"].text(), "07:30:15.25");
  EXPECT_EQ(sent(only(whole, "Observation"), "_valueTime").text(), "073015.25Z");
}

TEST(LosslessValues, PartsOfAMinuteAreKeptAsSent) {
  const struct {
    const char *said, *day, *kept;
  } times[] = {{"202402291330.5+0100", "2024-02-29T13:30:00+01:00", "202402291330.5+0100"},
               {"20240229133015.1234567+0100", "2024-02-29T13:30:15.123456+01:00",
                "20240229133015.1234567+0100"},
               {"20240229133015.5+0100", "2024-02-29T13:30:15.5+01:00", ""}};
  for (const auto& [said, day, kept] : times) {
    const auto made = convert(message(obr + row("TS", said)));
    EXPECT_EQ(only(made, "Observation")["valueDateTime"].text(), day) << said;
    EXPECT_EQ(sent(only(made, "Observation"), "_valueDateTime").text(), kept) << said;
  }
}

TEST(LosslessValues, AnHourOfTheDayIsNoInvalidTimeAndGetsNoMinutes) {
  const auto made = convert(message(obr + row("TM", "07")));
  EXPECT_EQ(only(made, "Observation")["valueString"].text(), "07");
  EXPECT_FALSE(made.has_issue("date-invalid"));
  EXPECT_TRUE(convert(message(obr + row("TM", "24"))).has_issue("date-invalid"));
}

TEST(LosslessValues, T11TextThatIsBlankOnceDecodedIsNoValue) {
  for (const char* type : {"TX", "ST"}) {
    for (const char* said : {"\\.br\\", "\\.sp 3\\", "\\X0D\\", "\\H\\\\N\\", "  \\.br\\ ",
                             "\xC2\xA0", "\xE3\x80\x80"}) {
      const auto made = convert(message(obr + row(type, said)));
      const auto& result = only(made, "Observation");
      EXPECT_EQ(result["valueString"].text(), "") << said;
      EXPECT_EQ(tests::code_of(result["dataAbsentReason"]), "unknown") << said;
      EXPECT_EQ(unmapped(made), "") << said;
    }
  }
  const auto text = convert(message(obr + row("TX", "\\.br\\x")));
  EXPECT_EQ(only(text, "Observation")["valueString"].text(), "\nx");
}

TEST(LosslessValues, ACodeThatItsSystemCannotHoldIsTheSendersOwn) {
  const auto system = [](const char* said) {
    const auto made = convert(message(obr + row("CWE", said)));
    return only(made, "Observation")["valueCodeableConcept"]["coding"]
        .items()
        .at(0)["system"]
        .text();
  };
  EXPECT_EQ(system("8112-5^NK^LN"), "http://loinc.org");
  EXPECT_EQ(system("LA6576-8^Positive^LN"), "http://loinc.org");
  EXPECT_TRUE(system("8112-6^NK^LN").ends_with("-ln"));
  EXPECT_EQ(system("mg/dL^mg^UCUM"), "http://unitsofmeasure.org");
  EXPECT_TRUE(system("mgx/dL^mg^UCUM").ends_with("-ucum"));
}

TEST(LosslessValues, AFieldOfASiteSegmentThatItsProfileDoesNotNameIsUnmapped) {
  std::string text = message(obr + row("ST", "v") + "ZCY|1|12||||new|\nZCY|1|12||||new\n");
  text.replace(text.find("LABX|XF"), 7, "NORTHLIS|NORTHLAB");
  const auto made = convert(text);
  EXPECT_EQ(unmapped(made), "ZCY[1]-6 ZCY[2]-6 ");
  std::size_t said = 0;
  for (const auto& issue : made.conversion.issues) said += issue.code == "z-segment-unmapped";
  EXPECT_EQ(said, 1U);
}

TEST(LosslessValues, E4ATextThatItsSenderCutShortIsSaidFromVersion27On) {
  const auto made = [](const char* version, const char* said) {
    std::string text = message(obr + row("TX", said));
    text.replace(text.find("^~\\&"), 4, "^~\\&#");
    text.replace(text.find("2.5.1"), 5, version);
    return convert(text);
  };
  EXPECT_TRUE(
      tests::has_tag(only(made("2.7", "cut#"), "Observation"), "gateway-issue", "value-truncated"));
  EXPECT_EQ(only(made("2.7", "cut#"), "Observation")["valueString"].text(), "cut#");
  EXPECT_FALSE(made("2.5.1", "cut#").has_issue("value-truncated"));
  EXPECT_FALSE(made("2.7", "cut\\P\\").has_issue("value-truncated"));
  EXPECT_FALSE(convert(message(obr + row("TX", "cut#"))).has_issue("value-truncated"));
}

TEST(LosslessValues, AnOrcOfSeveralObrLendsNumbersOnlyWhereTheyHaveNone) {
  const auto made = convert(message("ORC|RE|PL1|FL1\nOBR|1||FL1|A^Panel^L\n" + row("ST", "v") +
                                    "OBR|2||FX|B^Panel^L\n" + row("ST", "v")));
  for (const char* type : {"ServiceRequest", "DiagnosticReport"}) {
    EXPECT_EQ(symptoms::values_of((*made.of_type(type).at(0))["identifier"]),
              (std::set<std::string>{"PL1", "FL1"}));
    EXPECT_EQ(symptoms::values_of((*made.of_type(type).at(1))["identifier"]),
              (std::set<std::string>{"PL1", "FX"}));
  }
}

TEST(LosslessValues, NumbersThatOrcAndObrDisagreeOnStandOnRequestAndReport) {
  const auto made = convert(message("ORC|RE|PLX|FX\nOBR|1|PL1|F1|A^Panel^L\n" + row("ST", "v")));
  for (const char* type : {"ServiceRequest", "DiagnosticReport"})
    EXPECT_EQ(symptoms::values_of(only(made, type)["identifier"]),
              (std::set<std::string>{"PL1", "PLX", "F1", "FX"}));
  EXPECT_TRUE(made.has_issue("order-number-conflict"));
}

TEST(LosslessValues, E5WhatRepeatsInAFieldOfOneValueIsSaid) {
  std::string text = message("OBR|1||F1|X^Panel^L\nOBX|1|ST|A^Alpha^L~B^Beta^L||v||||||F\n", "F~M");
  const auto made = convert(text);
  std::set<std::string> where;
  for (const auto& issue : made.conversion.issues)
    if (issue.code == "unexpected-structure") where.insert(issue.where);
  EXPECT_EQ(where, (std::set<std::string>{"PID-8[2]", "OBX-3[2].1"}));
}

TEST(LosslessValues, ATextThatNoStringMayHoldIsAttachedToTheReport) {
  const std::string line(300 * 1024, 'x');
  const auto check = [](const tests::Converted& made, std::size_t bytes) {
    const auto& result = only(made, "Observation");
    EXPECT_FALSE(result.has("valueString"));
    EXPECT_EQ(tests::code_of(result["dataAbsentReason"]), "as-text");
    const auto& forms = only(made, "DiagnosticReport")["presentedForm"].items();
    ASSERT_EQ(forms.size(), 1U);
    EXPECT_EQ(forms[0]["data"].text().size(), (bytes + 2) / 3 * 4);
    EXPECT_EQ(unmapped(made), "");
  };
  check(convert(message(obr + row("ST", line + line + line + line))), 4 * line.size());
  check(
      convert(message(obr + row("TX", line) + row("TX", line) + row("TX", line) + row("TX", line))),
      4 * line.size() + 3);
}

TEST(LosslessValues, ANoteThatNoStringMayHoldIsSeveral) {
  constexpr std::size_t longest = 1024 * 1024;
  const std::string line(700 * 1024, 'x'), letters = line + "\xC3\xA4" + line;
  for (const std::string& said : {line + "~" + line, letters}) {
    const auto made =
        convert(message(obr + row("ST", "v") + "NTE|1||" + said + "\n" + "NTE|2||b\n", "F"));
    const auto& notes = only(made, "Observation")["note"].items();
    ASSERT_EQ(notes.size(), 3U);
    std::string all = notes[0]["text"].text() + notes[1]["text"].text();
    EXPECT_LE(std::max(notes[0]["text"].text().size(), notes[1]["text"].text().size()), longest);
    EXPECT_EQ(all.size(), said.size());
    EXPECT_EQ(unmapped(made), "");
  }
}

TEST(LosslessValues, AnAnswerThatNoStringMayHoldIsAttachedToo) {
  const std::string text(1200 * 1024, 'x');
  const auto made = convert(message(obr +
                                    "OBX|1|TX|aoe-medication^m^https://immunogate.example/fhir"
                                    "/CodeSystem/repro-immuno-observation||" +
                                    text + "||||||F\n"));
  EXPECT_EQ(tests::code_of(only(made, "Observation")["dataAbsentReason"]), "as-text");
  EXPECT_EQ(only(made, "DiagnosticReport")["presentedForm"].items().size(), 1U);
  EXPECT_EQ(unmapped(made), "");
}

TEST(LosslessValues, ASecondAccessionNumberIsKeptAndTheSameOneIsADuplicate) {
  const std::string spm = "SPM|1|S1||SER^Serum^HL70487" + std::string(26, '|') + "ACC1\n";
  const auto made = convert(message(obr + spm + "SAC||ACC1|C1\nSAC||ACC2|C2\n" + row("ST", "v")));
  EXPECT_EQ(only(made, "Specimen")["accessionIdentifier"]["value"].text(), "ACC1");
  EXPECT_EQ(symptoms::values_of(only(made, "Specimen")["identifier"]),
            (std::set<std::string>{"S1", "ACC2"}));
  EXPECT_EQ(unmapped(made), "");
}

TEST(LosslessValues, ACodeThatTheTableOfItsFieldLacksIsTheSendersOwn) {
  const auto label = [](const char* code) {
    const auto made = convert(
        message("TXA|1|CN" + std::string(16, '|') + code + "\nOBX|1|TX|A^Alpha^L||v||||||F\n"));
    return only(made, "DocumentReference")["securityLabel"]
        .items()
        .at(0)["coding"]
        .items()
        .at(0)["system"]
        .text();
  };
  EXPECT_TRUE(label("R").ends_with("/v2-0272"));
  EXPECT_TRUE(label("Z9").ends_with("-hl70272"));
}

TEST(LosslessValues, ARowBeforeItsOrderThatWasNotAskedForOrNotAnsweredIsAccountedFor) {
  const auto made = convert(
      message("OBX|1|ST|A^Alpha^L||v||||||N\nOBX|2|ST|B^Beta^L||||||||O\n" + obr + row("ST", "v")));
  EXPECT_EQ(unmapped(made), "");
}

TEST(LosslessValues, AVacationHomeIsNoHome) {
  const auto made = convert(message(obr + row("ST", "v"), "F||||||555111^VHN^PH"));
  const auto& phone = only(made, "Patient")["telecom"].items().at(0);
  EXPECT_EQ(phone["value"].text(), "555111");
  EXPECT_FALSE(phone.has("use"));
}

}  // namespace
