// Context rows and comments seen from outside: what an answer becomes, and what it says of the
// cycle.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using testing::ElementsAre;

const std::string result = "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n";

/// A message with one result and one context row.
tests::Converted said(const std::string& type, const std::string& code, const std::string& value,
                      const std::string& unit = "") {
  return tests::convert(message(obr + result + "OBX|2|" + type + "|" + code + "||" + value + "|" +
                                unit + "|||||F\n"));
}
const Json& nk(const tests::Converted& made) {
  return first(made, "8112-5");
}

const std::string day = "107139-8^Day^LN", lmp = "8665-2^LMP^LN", age = "18185-9^GA^LN",
                  surge = "LHPLUS^LH^L";

TEST(C2, ADayIsTheIntegerThatTheContextReads) {
  for (const auto& [type, value] : {std::pair{"NM", "12"},
                                    {"ST", "CD 12"},
                                    {"ST", "Zyklustag 12"},
                                    {"SN", "^12"},
                                    {"SN", "=^12"},
                                    {"NM", "12.0"},
                                    {"CWE", "12^Day 12^L"}}) {
    const auto made = said(type, day, value);
    EXPECT_EQ(first(made, "107139-8")["valueInteger"].text(), "12") << value;
    EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), "12") << value;
  }
  EXPECT_THAT(notes(first(said("ST", day, "CD 12"), "107139-8")), ElementsAre("CD 12"));
}

TEST(C2, AnAnswerThatIsNoNumberOfDaysStaysAsSent) {
  const std::array<std::array<const char*, 3>, 9> table{{{"ST", "approx 12", "approx 12"},
                                                         {"ST", "19-23", "19-23"},
                                                         {"SN", ">^12", ">12"},
                                                         {"SN", "<^12", "<12"},
                                                         {"SN", "^12^-^14", "12-14"},
                                                         {"SN", "^12^+", "12+"},
                                                         {"NM", "12.5", "12.5"},
                                                         {"NM", "12,5", "12,5"},
                                                         {"NM", "TNTC", "TNTC"}}};
  for (const auto& [type, value, text] : table) {
    const auto made = said(type, day, value, "d");
    EXPECT_EQ(first(made, "107139-8")["valueString"].text(), text) << value;
    EXPECT_EQ(tests::context(nk(made), "status", "valueCode"), "unknown") << value;
    EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown")) << value;
    for (const Json* concerned : {&nk(made), &first(made, "107139-8")})  // W1
      EXPECT_TRUE(has_tag(*concerned, "/gateway-issue", "cycle-text-ambiguous")) << value;
    EXPECT_EQ(made.conversion.account.unmapped(), 0U) << value;
  }
  const auto nobody = said("ST", day, "unknown");
  EXPECT_EQ(first(nobody, "107139-8")["valueString"].text(), "unknown");
  EXPECT_FALSE(nobody.has_issue("cycle-text-ambiguous"));
  const auto other = said("ST", surge, "P+5");
  EXPECT_EQ(first(other, "aoe-lh-plus")["valueString"].text(), "P+5")
      << "progesterone is no LH surge";
  EXPECT_EQ(tests::context(nk(other), "anchor", "valueCode"), "");
}

TEST(C2, ALengthOfCycleIsANumberOnlyWhereItIsOne) {
  const std::string length =
      "aoe-cycle-length^L^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
  for (const auto& [type, value, text] : std::array<std::array<const char*, 3>, 3>{
           {{"SN", ">^35", ">35"}, {"ST", "about 28", "about 28"}, {"ST", "28-30", "28-30"}}}) {
    const auto made = said(type, length, value);
    EXPECT_EQ(first(made, "aoe-cycle-length")["valueString"].text(), text) << "N6";
    EXPECT_TRUE(made.conversion.issues.empty()) << "it is never used to calculate";
  }
  EXPECT_EQ(first(said("ST", length, "28 days"), "aoe-cycle-length")["valueInteger"].text(), "28");
}

TEST(C13, AnAnchorSentAsADateIsADate) {
  for (const char* type : {"DT", "TS", "DTM", "ST"}) {
    const auto made = said(type, surge, "20250315");
    EXPECT_EQ(first(made, "aoe-lh-plus")["valueDateTime"].text(), "2025-03-15") << type;
    EXPECT_EQ(tests::context(nk(made), "offset", "valueInteger"), "7") << type;
    EXPECT_EQ(tests::context(nk(made), "anchorDate", "valueDate"), "2025-03-15") << type;
  }
}

TEST(C2, AnLmpKeepsItsPrecisionHoweverItIsWritten) {
  const std::array<std::array<const char*, 3>, 8> table{{{"DT", "20250302", "2025-03-02"},
                                                         {"TS", "20250302^D", "2025-03-02"},
                                                         {"ST", "2025-03-02", "2025-03-02"},
                                                         {"ST", "02.03.2025", "2025-03-02"},
                                                         {"ST", "13/03/2025", "2025-03-13"},
                                                         {"ST", "2025-03", "2025-03"},
                                                         {"DT", "202503", "2025-03"},
                                                         {"DT", "2025", "2025"}}};
  for (const auto& [type, value, date] : table) {
    const auto made = said(type, lmp, value);
    EXPECT_EQ(first(made, "8665-2")["valueDateTime"].text(), date) << value;
    const bool full = std::string_view(date).size() == 10;
    EXPECT_EQ(tests::context(nk(made), "anchorDate", "valueDate"), full ? date : "") << value;
    EXPECT_EQ(made.has_issue("lmp-imprecise"), !full) << value;
  }
  EXPECT_THAT(notes(first(said("ST", lmp, "02.03.2025"), "8665-2")), ElementsAre("02.03.2025"));
  EXPECT_EQ(first(said("ST", lmp, "02/03/2025"), "8665-2")["valueString"].text(), "02/03/2025");
}

TEST(C1, ADateThatIsSentAsACodedAnswerIsADate) {
  const std::array<std::array<const char*, 4>, 7> table{
      {{"CWE", "20250302", "2025-03-02", "21"},
       {"CWE", "20250302^2 March 2025^L", "2025-03-02", "21"},
       {"CE", "X1^02.03.2025^L", "2025-03-02", "21"},
       {"CWE", "^2025-03-02", "2025-03-02", "21"},
       {"CWE", "202503^March^L", "2025-03", ""},
       {"CWE", "20250302^03.03.2025^L", "", ""},
       {"CWE", "W2^two weeks ago^L", "", ""}}};
  for (const auto& [type, value, date, day_of_cycle] : table) {
    const auto made = said(type, lmp, value);
    const Json& survey = first(made, "8665-2");
    EXPECT_EQ(survey["valueDateTime"].text(), date) << value;
    EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), day_of_cycle) << value;
    const Json codes = survey.has("valueCodeableConcept")
                           ? survey["valueCodeableConcept"]
                           : extension_of(survey, "value-code")["valueCodeableConcept"];
    EXPECT_TRUE(codes.has("text") || codes.has("coding")) << "C2: the sent coding is kept";
    EXPECT_EQ(made.conversion.account.unmapped(), 0U) << value;
  }
  EXPECT_TRUE(said("CWE", lmp, "202503").has_issue("lmp-imprecise"));
  EXPECT_TRUE(said("CWE", lmp, "20250302^03.03.2025^L").has_issue("cycle-text-ambiguous"));
  EXPECT_EQ(
      tests::context(nk(said("CWE", surge, "20250315^15.03.2025^L")), "offset", "valueInteger"),
      "7");
}

TEST(C10, APrecisionThatTheSenderNamesIsThatOfTheDate) {  // TS.2
  for (const auto& [value, date, cycle_day] :
       std::array<std::array<const char*, 3>, 3>{{{"20250302^D", "2025-03-02", "21"},
                                                  {"20250302^L", "2025-03", ""},
                                                  {"20250302^Y", "2025", ""}}}) {
    const auto made = said("TS", lmp, value);
    EXPECT_EQ(first(made, "8665-2")["valueDateTime"].text(), date) << value;
    EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), cycle_day) << value;
    EXPECT_EQ(made.has_issue("lmp-imprecise"), *cycle_day == 0) << value;
    EXPECT_EQ(made.conversion.account.unmapped(), 0U) << value;
  }
}

TEST(W1, ADateThatIsNoneMarksEveryResultInItsScope) {
  for (const auto& [type, value] : {std::pair{"DT", "20250230"},
                                    {"ST", "yesterday"},
                                    {"NM", "12"},
                                    {"CWE", "W2^two weeks ago^L"},
                                    {"SN", ">^60"}}) {
    const auto made = said(type, lmp, value);
    for (const Json* concerned : {&nk(made), &first(made, "8665-2")})
      EXPECT_TRUE(has_tag(*concerned, "/gateway-issue", "date-invalid")) << value;
    EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown"));
    EXPECT_EQ(made.conversion.account.unmapped(), 0U) << value;
  }
  const auto many = tests::convert(
      message(obr + result + "OBX|2|DT|" + lmp + "||20250230||||||F\n" +
              "OBX|3|NM|9728-7^NK^LN||298|/uL|||||F\n" + "OBR|2|P2|F2|Y^Panel^L|||20250322\n" +
              "OBX|1|NM|8124-0^CD3^LN||70|%|||||F\n"));
  EXPECT_TRUE(has_tag(first(many, "9728-7"), "/gateway-issue", "date-invalid"));
  EXPECT_FALSE(has_tag(first(many, "8124-0"), "/gateway-issue", "date-invalid")) << "C3";
  EXPECT_FALSE(said("ST", lmp, "unknown").has_issue("date-invalid"));
  EXPECT_FALSE(said("ST", lmp, "QNS").has_issue("date-invalid"));
}

TEST(C2, AValueThatIsNotWhatItsCodeAsksForIsKept) {
  const std::string edd = "11778-8^EDD^LN", pregnant = "82810-3^P^LN", weight = "3141-9^W^LN",
                    height = "8302-2^H^LN";
  for (const std::string& code : {day, lmp, age, edd, pregnant, surge, weight, height})
    for (const auto& [type, value] : {std::pair{"ST", "as last time"},
                                      {"NM", "as last time"},
                                      {"TX", "as last time"},
                                      {"CWE", "R^as last time^L"},
                                      {"SN", ">^60"},
                                      {"SN", "^60^-^62"},
                                      {"NM", "62~63"},
                                      {"DT", "20250302"},
                                      {"DT", "20250230"},
                                      {"DR", "20250302^20250304"},
                                      {"NR", "60^62"},
                                      {"TM", "1030"}}) {
      const auto made = said(type, code, value);
      EXPECT_EQ(made.conversion.account.unmapped(), 0U) << code << " " << type << " " << value;
    }
  EXPECT_THAT(notes(first(said("DT", weight, "20250302"), "3141-9")), ElementsAre("20250302"))
      << "R4 wants a quantity of a vital sign";
}

TEST(C2, GestationIsReadFromEveryFormThatTellsWeeksFromDays) {
  for (const auto& [type, value] : {std::pair{"ST", "9w3d"},
                                    {"ST", "9w+3d"},
                                    {"ST", "9 w + 3 d"},
                                    {"SN", "^9^+^3"},
                                    {"ST", "9 3/7"}}) {
    const auto made = said(type, age, value);
    EXPECT_EQ(first(made, "18185-9")["valueQuantity"]["value"].text(), "66") << value;
    EXPECT_TRUE(has_tag(nk(made), "/gestation", "ga-9w3d")) << value;
  }
}

TEST(C14, TwoAnswersInOneFieldAreTwoOfOneRank) {
  const auto made = said("NM", day, "12~13");
  EXPECT_TRUE(has_tag(nk(made), "/gateway-issue", "cycle-day-conflict"));
  EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown"));
  EXPECT_EQ(first(made, "107139-8")["valueString"].text(), "12; 13");
  EXPECT_EQ(tests::context(nk(said("NM", day, "12~12")), "day", "valueInteger"), "12");
}

TEST(C3, SharingGoesByTheDayOfTheMaterial) {
  const auto profile = tests::catalogue_with_sender("\"share_context_same_day\": true");
  const auto share = [&](const std::string& rest) {
    std::string text = message(rest);
    text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
    return tests::convert(text, profile.get());
  };
  const std::string blood = "SPM|1|||BLDV^V^HL70487|||||||||||||";
  const auto orders =
      share("OBR|1|P1|F1|X^P^L\nOBX|1|NM|LHPLUS^LH^L||7||||||F\n" +
            std::string("OBX|2|NM|9728-7^NK^LN||298|/uL|||||F\n") + blood +
            "20250322090000+0100\nOBR|2|P2|F2|X^P^L\n" + result + blood + "20250322100000+0100\n");
  EXPECT_EQ(tests::context(nk(orders), "source", "valueCode"), "shared-same-day")
      << "SPM-17 is the day where OBR-7 says none";
  const auto group = [&](const char* second) {
    return share(
        "OBR|1|P1|F1|X^P^L|||20250322\nSPM|1|||BLDV^V^HL70487|||||||||||||20250322\n" +
        std::string("OBX|1|NM|LHPLUS^LH^L||7||||||F\nSPM|2|||BLDV^V^HL70487|||||||||||||") +
        second + "\n" + result);
  };
  EXPECT_EQ(tests::context(nk(group("20250322")), "anchor", "valueCode"), "lh-surge")
      << "two collections of one order";
  EXPECT_EQ(tests::context(nk(group("20250323")), "anchor", "valueCode"), "");
}

TEST(C3, AZSegmentOfAnotherOrderOfTheDayIsSharedToo) {
  const auto profile = tests::catalogue_with_sender(
      R"("share_context_same_day": true, "z_fields": {"ZCY-1": "set-id", "ZCY-2": "cycle-day"})");
  const auto share = [&](const std::string& of_second) {
    std::string text =
        message("OBR|1|P1|F1|X^P^L|||20250322\nOBX|1|NM|9728-7^NK^LN||298|/uL|||||F\n" +
                std::string("ZCY|1|12\nOBR|2|P2|F2|X^P^L|||20250322\n") + result + of_second);
    text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
    return tests::convert(text, profile.get());
  };
  const auto made = share("");
  EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), "12");
  EXPECT_EQ(tests::context(nk(made), "source", "valueCode"), "shared-same-day");
  EXPECT_EQ(tests::context(first(made, "9728-7"), "source", "valueCode"), "z-segment");
  EXPECT_EQ(made.conversion.account.unmapped(), 0U);
  const auto own = share("ZCY|1|13\n");
  EXPECT_EQ(tests::context(nk(own), "day", "valueInteger"), "13") << "its own goes first";
}

TEST(C7, AZSegmentThatNobodyReadsMarksEveryResultInItsScope) {  // W1
  const auto made = tests::convert(message(obr + result + "ZCY|1|12|20250302\n" +
                                           "OBR|2|P2|F2|Y^Panel^L|||20250322\n" +
                                           "OBX|1|NM|9728-7^NK^LN||298|/uL|||||F\n"));
  EXPECT_TRUE(has_tag(nk(made), "/gateway-issue", "z-segment-unmapped"));
  EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown"));
  EXPECT_FALSE(has_tag(first(made, "9728-7"), "/gateway-issue", "z-segment-unmapped"));
}

TEST(C7, WhatAZSegmentSaysAndNoContextRestsOnTravelsWithTheReport) {
  struct Case {
    const char* fields;
    std::vector<std::string> carried;
  };
  const Case table[] = {
      {"1|9|20250314|NAT|28", {"ZCY-5: 28"}},
      {"1|12.5|00000000|XYZ|28", {"ZCY-2: 12.5", "ZCY-3: 00000000", "ZCY-4: XYZ", "ZCY-5: 28"}},
      {"1|99|20250401|HRT", {"ZCY-2: 99", "ZCY-3: 20250401"}}};
  for (const auto& [fields, carried] : table) {
    std::string text = message(obr + result + "ZCY|" + fields + "\n");
    text.replace(text.find("LABX|XF"), 7, "NORTHLIS|NORTHLAB");
    const auto made = tests::convert(text);
    std::vector<std::string> found;
    for (const Json& extension : (*made.of_type("DiagnosticReport").at(0))["extension"].items())
      if (extension["url"].text().ends_with("/v2-field"))
        found.push_back(extension["valueString"].text());
    EXPECT_EQ(found, carried) << fields;
    EXPECT_EQ(made.conversion.account.carried(), carried.size());
    EXPECT_EQ(made.conversion.account.unmapped(), 0U);
  }
}

TEST(C14, TwoAnswersInAFieldOfAZSegmentAreTwoOfOneRank) {
  std::string text = message(obr + result + "ZCY|1|9~15||NAT\n");
  text.replace(text.find("LABX|XF"), 7, "NORTHLIS|NORTHLAB");
  const auto made = tests::convert(text);
  EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), "");
  EXPECT_TRUE(has_tag(nk(made), "/gateway-issue", "cycle-day-conflict"));
}

TEST(R10, ACommentWithItsWordsAloneIsThoseWords) {
  const auto made = tests::convert(message("OBR|1|P1|F1|X^Panel^L|||20250322" +
                                           std::string(32, '|') + "^CD 12~^fasting\n" + result));
  std::vector<std::string> texts;
  for (const Json& extension : made.of_type("DiagnosticReport").at(0)->find("extension")->items())
    if (extension["url"].text().ends_with("extension-DiagnosticReport.note"))
      texts.push_back(extension["valueAnnotation"]["text"].text());
  EXPECT_THAT(texts, ElementsAre("CD 12", "fasting"));
  EXPECT_EQ(tests::context(nk(made), "source", "valueCode"), "text-obr39");
  EXPECT_EQ(tests::context(nk(made), "day", "valueInteger"), "12")
      << "a separator of repetitions is no doubt";
  EXPECT_EQ(made.conversion.account.unmapped(), 0U);
}

TEST(C24, ATildeBeforeAnAnswerIsADoubtThatNobodyEscaped) {
  for (const auto& [code, value] : {std::pair{day, "~21"}, {lmp, "~2025-03-02"}}) {
    const auto made = said("ST", code, value);
    EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown")) << value;
    EXPECT_EQ(made.conversion.account.unmapped(), 0U) << value;
  }
  EXPECT_TRUE(has_tag(nk(said("ST", day, "~21")), "/gateway-issue", "cycle-text-ambiguous"));
}

TEST(C24, ATildeThatNobodyEscapedIsADoubtWhereTheFieldDoesNotRepeat) {
  const auto made = tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322||||||~CD 12\n" + result));
  EXPECT_TRUE(has_tag(nk(made), "/cycle-day", "unknown"));
  const auto note =
      tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322\nNTE|1||~CD 12\n" + result));
  EXPECT_TRUE(has_tag(nk(note), "/cycle-day", "unknown"));
  const auto plain =
      tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322\nNTE|1||CD 12~HRT\n" + result));
  EXPECT_TRUE(has_tag(nk(plain), "/cycle-day", "cd-12"));
  for (const char* text : {"CD ~21", "natural cycle, CD~21", "seen today~CD ~21"}) {
    const auto parted = tests::convert(
        message("OBR|1|P1|F1|X^P^L|||20250322\nNTE|1||" + std::string(text) + "\n" + result));
    EXPECT_TRUE(has_tag(nk(parted), "/gateway-issue", "cycle-text-ambiguous")) << text;
    EXPECT_TRUE(has_tag(nk(parted), "/cycle-day", "unknown")) << text;
  }
  const auto lines =
      tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322\nNTE|1||CD 12~2 tubes\n" + result));
  EXPECT_TRUE(has_tag(nk(lines), "/cycle-day", "cd-12"));
}

TEST(C3, ATextOfAnotherOrderOfTheDayIsSharedBehindTheOrdersOwn) {
  const auto profile = tests::catalogue_with_sender("\"share_context_same_day\": true");
  const auto second = [&](const std::string& first_obr13, const std::string& first_row,
                          const std::string& own_obr13, const char* own_day = "20250322") {
    const auto obr = [](const std::string& k, const std::string& taken, const std::string& obr13) {
      return "OBR|" + k + "|P" + k + "|F" + k + "|X^P^L|||" + taken + "||||||" + obr13 + "\n";
    };
    std::string text =
        message(obr("1", "20250322", first_obr13) + "OBX|1|NM|9728-7^N^LN||298|/uL|||||F\n" +
                first_row + obr("2", own_day, own_obr13) + result);
    text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
    return nk(tests::convert(text, profile.get()));
  };
  const std::string row = "OBX|2|NM|107139-8^D^LN||12||||||F\n";
  const auto shared = second("CD 12, natural cycle", "", "");
  EXPECT_EQ(tests::context(shared, "day", "valueInteger"), "12");
  EXPECT_EQ(tests::context(shared, "source", "valueCode"), "shared-same-day");
  EXPECT_EQ(tests::context(shared, "confidence", "valueCode"), "parsed-text");
  EXPECT_EQ(tests::context(shared, "cycleType", "valueCode"), "natural");
  EXPECT_EQ(tests::context(shared, "evidence", "valueString"), "OBR[1]-13: CD 12, natural cycle");
  for (const auto& own : {second("CD 12", "", "CD 15"), second("", row, "CD 15")}) {
    EXPECT_EQ(tests::context(own, "day", "valueInteger"), "15");
    EXPECT_EQ(tests::context(own, "source", "valueCode"), "text-obr13");
  }
  EXPECT_EQ(tests::context(second("CD 14", row, ""), "day", "valueInteger"), "12") << "rows first";
  EXPECT_EQ(tests::context(second("CD 12", "", "", "20250323"), "day", "valueInteger"), "");
}

TEST(C19, AnAgeWithoutUnitHasThatOfItsCodeWhereTheCodeNamesOne) {
  const auto told = [](const std::string& row) {
    return tests::convert(message("OBR|1|P1|F1|X^P^L|||20250322\n" + result + row));
  };
  const auto quantity = [](const tests::Converted& made, const char* code) {
    const auto& value = first(made, code)["valueQuantity"];
    return value["value"].text() + " " + value["code"].text();
  };
  const auto days =
      told("OBX|2|NM|aoe-gestational-age^a^" +
           gateway::fhir::canonical::code_system("repro-immuno-observation") + "||66||||||F\n");
  EXPECT_EQ(quantity(days, "aoe-gestational-age"), "66 d");
  EXPECT_TRUE(has_tag(nk(days), "/gestation", "ga-9w3d"));
  const auto weeks = told("OBX|2|NM|49051-6^a^LN||9||||||F\n");
  EXPECT_EQ(quantity(weeks, "49051-6"), "9 wk");
  EXPECT_TRUE(has_tag(nk(weeks), "/gestation", "ga-9w"));
  EXPECT_FALSE(weeks.has_issue("unit-missing"));
  EXPECT_FALSE(weeks.has_issue("cycle-text-ambiguous"));
  const auto said = told("OBX|2|NM|49051-6^a^LN||66|d|||||F\n");
  EXPECT_EQ(quantity(said, "49051-6"), "66 d") << "what the row says goes before its code";
  const auto open = told("OBX|2|NM|18185-9^a^LN||9||||||F\n");
  EXPECT_TRUE(open.has_issue("unit-missing")) << "the code says neither days nor weeks";
}

}  // namespace
