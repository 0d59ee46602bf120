#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// DOMAIN.md rules of statuses, flags, numbers and worklists seen from outside, as in
// domain_rules_test.cpp.
namespace {

using namespace rules;

TEST(T4, ACancelledRowHasNoValueAndItsWordsInANote) {
  const auto made = tests::convert(message(obr + "OBX|1|SN|RTNF10^r^L||QNS|ratio||H|||X\n"
                                                 "NTE|1||tube broken\n"));
  const Json& result = first(made, "ratio-tnfa-il10");
  EXPECT_EQ(result["status"].text(), "cancelled");
  EXPECT_EQ(code_of(result["dataAbsentReason"]), "not-performed");
  EXPECT_FALSE(result.has("interpretation") || result.has("valueString"));
  EXPECT_EQ(notes(result), (std::vector<std::string>{"QNS", "tube broken"}));
}

TEST(T5, ADeletionByObx31IsOneToo) {
  const auto made = tests::convert(
      message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F" + std::string(20, '|') + "D\n"));
  EXPECT_EQ(first(made, "8112-5")["status"].text(), "entered-in-error");
  EXPECT_FALSE(first(made, "8112-5").has("valueQuantity"));
}

TEST(T9, OneOrderNumberUnderTwoPatientsMarksBoth) {
  std::string text = message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n");
  text +=
      "PID|2||P2^^^CLINIC^MR||Roe^Ann||19910101|F\n" + obr + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n";
  const auto made = tests::convert(text);
  const auto results = made.observations("8112-5");
  ASSERT_EQ(results.size(), 2u);
  EXPECT_NE((*results[0])["subject"]["reference"].text(),
            (*results[1])["subject"]["reference"].text());
  for (const Json* result : results)
    EXPECT_TRUE(has_tag(*result, "/gateway-issue", "patient-mismatch"));
  for (const auto* report : made.of_type("DiagnosticReport"))
    EXPECT_TRUE(has_tag(*report, "/gateway-issue", "patient-mismatch"));
}

TEST(T11, WhatAnEmptyValueMeansFollowsTheStatus) {  // T13
  const struct {
    const char *status, *reason;
  } rows[] = {{"I", "temp-unknown"},  {"P", "temp-unknown"}, {"R", "temp-unknown"},
              {"X", "not-performed"}, {"F", "unknown"},      {"C", "unknown"}};
  for (const auto& row : rows) {
    const auto made = tests::convert(
        message(obr + "OBX|1|NM|8112-5^NK^LN|||%|||||" + std::string(row.status) + "\n"));
    const Json& reason = first(made, "8112-5")["dataAbsentReason"];
    EXPECT_EQ(code_of(reason), row.reason) << row.status;
    EXPECT_EQ(reason["coding"].items().at(0)["system"].text(),
              "http://terminology.hl7.org/CodeSystem/data-absent-reason");
  }
}

TEST(N12, NothingIsConverted) {  // mistake 8
  const auto made =
      tests::convert(message(obr + "OBX|1|NM|26848-2^I^LN||3.30|ng/L|<5||||F\n"
                                   "OBX|2|NM|9728-7^NK^LN||0,312|10*9/L|0,09-0,60||||F\n"));
  EXPECT_EQ(first(made, "26848-2")["valueQuantity"]["code"].text(), "ng/L");
  EXPECT_EQ(first(made, "9728-7")["valueQuantity"]["value"].text(), "0.312");
  EXPECT_EQ(first(made, "9728-7")["referenceRange"].items().at(0)["low"]["value"].text(), "0.09");
}

TEST(I1, TheLaboratorysFlagIsCarriedAsSent) {
  const auto made = tests::convert(message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|5-12|A~HH|||F\n"
                                                 "OBX|2|NM|9728-7^NK^LN||1|/uL||QQ|||F\n"
                                                 "OBX|3|NM|20402-4^NK^LN||1|/uL||null|||F\n"));
  const auto& flags = first(made, "8112-5")["interpretation"].items();
  ASSERT_EQ(flags.size(), 2u);
  EXPECT_EQ(code_of(flags[0]), "A");  // never refined to H
  EXPECT_EQ(code_of(flags[1]), "HH");
  EXPECT_EQ(first(made, "9728-7")["interpretation"].items().at(0)["text"].text(), "QQ");
  EXPECT_TRUE(has_tag(first(made, "9728-7"), "/gateway-issue", "interpretation-unknown"));
  EXPECT_FALSE(first(made, "20402-4").has("interpretation"));
}

TEST(I2, AFlagStaysWithEveryStatusThatHasAValue) {
  for (const char* status : {"P", "F", "C"}) {
    const auto made = tests::convert(
        message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|5-12|H|||" + std::string(status) + "\n"));
    EXPECT_EQ(code_of(first(made, "8112-5")["interpretation"].items().at(0)), "H") << status;
  }
  for (const char* status : {"X", "W", "D"}) {
    const auto made = tests::convert(
        message(obr + "OBX|1|NM|8112-5^NK^LN||14|%|5-12|H|||" + std::string(status) + "\n"));
    EXPECT_FALSE(first(made, "8112-5").has("interpretation")) << status;
  }
}

TEST(W6, ALaterNoDoesNotCancelAnEarlierYes) {
  const auto made = tests::convert(message(obr + "OBX|1|ID|AOESOY^s^L||Y||||||F\n"
                                                 "OBR|2|P1|F2|X^P^L|||20250401\n"
                                                 "OBX|1|ID|AOESOY^s^L||N||||||F\n"));
  ASSERT_EQ(made.observations("aoe-soy-allergy").size(), 2u);
  const Json& yes = first(made, "aoe-soy-allergy");
  EXPECT_TRUE(has_tag(yes, "/safety", "soy-allergy-declared"));
  EXPECT_EQ(yes["effectiveDateTime"].text(), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(made.of_type("AllergyIntolerance").size(), 0u);
}

TEST(W7, WhatAnOrderWatchesComesFromTheCodeMapOfItsName) {
  auto files = tests::shipped_mappings();
  for (auto& file : files)
    if (file.path == "codes/samples.csv")
      file.text += "*,STEROIDPANEL,monitoring,steroid,,,,me,2025-01-01,\n";
  const auto compiled = gateway::mapping::compile(files);
  ASSERT_TRUE(compiled.catalogue);
  const auto made = tests::convert(message("OBR|1|P1|F1|STEROIDPANEL^Steroid check^L|||20250322\n"
                                           "OBX|1|NM|2823-3^K^LN||3.2|mmol/L|||||F\n"),
                                   compiled.catalogue.get());
  EXPECT_TRUE(has_tag(first(made, "2823-3"), "/monitoring", "steroid"));
  const Json& report = *made.of_type("DiagnosticReport").at(0);
  EXPECT_TRUE(has_tag(report, "/monitoring", "steroid"));
  EXPECT_EQ(code_of(report["code"]), "STEROIDPANEL");
}

}  // namespace
