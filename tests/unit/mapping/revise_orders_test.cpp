#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/unit/mapping/cycle_support.hpp"
#include "tests/unit/mapping/revise_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ConvertedResource order_report(const std::vector<std::string>& results, ReportFacts facts,
                               const std::string& status = "final", const std::string& more = "") {
  auto resource = report(results, status, more);
  resource.report = std::move(facts);
  return resource;
}

StandingRow with_value(const std::string& id, const std::string& status) {
  StandingRow of;
  of.id = id;
  of.status = status;
  of.value = R"("valueString":"x")";
  return of;
}

TEST(T7, AnOrderCountsFromItsOwnTimeAndNotFromTheLatestOfItsMessage) {
  Ledger ledger;
  auto first = observation(with_value("a", "final"));
  first.source_time = SourceTime{200, 201};
  ledger.take({first}, 800);
  auto correction = observation(with_value("a", "corrected"));
  correction.source_time = SourceTime{400, 401};
  ledger.take({correction}, 400);
  EXPECT_EQ(ledger.status(), "corrected");
}

TEST(T7, WhatIsSaidAgainLaterStandsAgainstWhatWasSaidBetween) {
  Ledger ledger;
  const auto at = [](std::int64_t time, const char* status, const char* text) {
    StandingRow row = with_value("a", status);
    row.value = R"("valueString":")" + std::string(text) + "\"";
    auto made = observation(row);
    made.source_time = SourceTime{time, time + 1};
    return made;
  };
  ledger.take({at(100, "final", "5")}, 0);
  const Revision again = ledger.take({at(300, "final", "5")}, 0);
  EXPECT_THAT(again.writes, IsEmpty()) << "equal content makes no version";
  EXPECT_EQ(ledger.version("Observation", "a"), 1);
  EXPECT_THAT(codes(ledger.take({at(200, "corrected", "6")}, 0)),
              ElementsAre("update-out-of-order Observation/a"));
  EXPECT_EQ(ledger.status(), "final");
  ledger.take({at(250, "final", "5")}, 0);  // an older repetition moves nothing back
  EXPECT_THAT(codes(ledger.take({at(260, "corrected", "6")}, 0)),
              ElementsAre("update-out-of-order Observation/a"));
  EXPECT_THAT(codes(ledger.take({at(400, "corrected", "6")}, 0)), IsEmpty());
  EXPECT_EQ(ledger.status(), "corrected");
}

TEST(T7, ATimeThatMayBeTheSameIsNotOlderAndWhatFollowsCountsFromTheLater) {
  Ledger ledger;
  ledger.take({observation(with_value("a", "final"))}, 500);
  auto day = observation(with_value("a", "corrected"));
  day.source_time = SourceTime{0, 1000};
  EXPECT_EQ(ledger.take({day}, 0).writes.at(0).source_time, 500);
  EXPECT_EQ(ledger.status(), "corrected");
}

TEST(ReportStatus, AnEmptyObr25TakesTheStatusOfEveryResultWhicheverMessageItCameIn) {
  Ledger ledger;
  const ReportFacts facts{.at = "OBR", .status_from_results = true};
  ledger.take({observation(with_value("a", "preliminary")), observation(with_value("b", "final")),
               order_report({"a", "b"}, facts, "preliminary")},
              1);
  ledger.take({observation(with_value("b", "final")), order_report({"b"}, facts)}, 2);
  EXPECT_EQ(ledger.at("DiagnosticReport", "d")["status"].text(), "preliminary");
  ledger.take({observation(with_value("a", "final")), order_report({"a"}, facts)}, 3);
  EXPECT_EQ(ledger.at("DiagnosticReport", "d")["status"].text(), "final");
}

TEST(W1, ARegressionIsOneIssueWithItsPlace) {
  Ledger ledger;
  ledger.take({observation(with_value("a", "final")), order_report({"a"}, {.at = "OBR"})}, 1);
  auto again = observation(with_value("a", "preliminary"));
  again.result->at = "OBX[3]";
  const auto revision = ledger.take({again, order_report({"a"}, {.at = "OBR"}, "preliminary")}, 2);
  ASSERT_EQ(revision.issues.size(), 1u);
  EXPECT_EQ(revision.issues[0].code, "status-regression");
  EXPECT_EQ(revision.issues[0].where, "OBX[3]-11");
}

TEST(W5, ADeclarationWhoseRowIsNotSentAgainStaysOnTheReport) {
  Ledger ledger;
  auto declared = order_report({}, {.at = "OBR", .withdrawn = {"egg-allergy-declared"}});
  const std::string system = fhir::canonical::code_system("safety");
  declared.body.replace(
      declared.body.find("\"meta\":{}"), 9,
      R"("meta":{"tag":[{"system":")" + system + R"(","code":"egg-allergy-declared"}]})");
  ledger.take({declared}, 1);
  ledger.take({order_report({}, {.at = "OBR"}, "corrected")}, 2);
  EXPECT_EQ(ledger.at("DiagnosticReport", "d")["meta"]["tag"].items().size(), 1u);
  ledger.take({order_report({}, {.at = "OBR", .withdrawn = {"egg-allergy-declared"}})}, 3);
  EXPECT_THAT(ledger.at("DiagnosticReport", "d")["meta"]["tag"].items(), IsEmpty());
}

TEST(CycleMerge, WhatIsTakenBackIsGoneAndWhatWasDerivedFromItToo) {
  CycleContext stands;
  stands.status = "known";
  stands.day = 21;
  stands.anchor = "lmp";
  stands.anchor_date = "2025-03-02";
  stands.cycle_type = "natural";
  stands.source = "derived-lmp";
  stands.confidence = "derived";
  stands.evidence = {"Observation/lmp", "Observation/type"};
  ContextInput newest = Said("").input;
  newest.retracted = {{"lmp", "Observation/lmp"}};
  const auto after = merged({stands, {}, {}}, newest).context;
  EXPECT_FALSE(after.day);
  EXPECT_EQ(after.anchor, "");
  EXPECT_EQ(after.cycle_type, "natural");
  EXPECT_THAT(after.evidence, ElementsAre("Observation/type"));
}

TEST(CycleMerge, ADerivedDayMovesWithTheCollectionThatWasCorrected) {
  CycleContext stands;
  stands.status = "known";
  stands.day = 21;
  stands.anchor = "lmp";
  stands.anchor_date = "2025-03-02";
  stands.source = "derived-lmp";
  stands.confidence = "derived";
  const auto day = [](const char* text) { return base::parse_fhir_time(text); };
  ContextInput newest = Said("").input;
  newest.collected = day("2025-03-25");
  EXPECT_EQ(merged({stands, day("2025-03-22"), {}}, newest).context.day, 24);
  stands.source = "aoe-obx";
  EXPECT_EQ(merged({stands, day("2025-03-22"), {}}, newest).context.day, 21) << "it was stated";
}

}  // namespace
}  // namespace gateway::mapping
