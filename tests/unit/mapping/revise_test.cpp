#include "gateway/mapping/revise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/cycle_support.hpp"
#include "tests/unit/mapping/revise_support.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* morning = "2025-08-16T10:00:00-05:00";
const std::string no_value = R"("dataAbsentReason":{"text":"none"})";

StandingRow row(const std::string& sent, const std::string& status,
                const std::string& value = "12.9") {
  return {.sent = sent, .status = status, .value = R"("valueQuantity":{"value":)" + value + "}"};
}
StandingRow empty_row(const std::string& sent, const std::string& status) {
  return {.sent = sent, .status = status, .value = no_value, .value_empty = true};
}

TEST(Revise, WritesTheFirstVersionOfEverything) {
  Ledger ledger;
  const Revision revision = ledger.take({patient(""), observation({}), report({"a"})}, 100);
  ASSERT_EQ(revision.writes.size(), 3u);
  EXPECT_EQ(revision.writes[0].key.type, "Patient") << "in the order of the conversion";
  EXPECT_EQ(revision.writes[2].key.type, "DiagnosticReport");
  for (const RevisedWrite& write : revision.writes) {
    EXPECT_EQ(write.follows, 0);
    EXPECT_EQ(write.source_time, 100);
  }
  EXPECT_EQ(revision.writes[1].body, observation({}).body) << "the converted bytes";
  EXPECT_THAT(revision.issues, IsEmpty());
}

TEST(Revise, LeavesWhatIsEqualAlone) {
  Ledger ledger;
  ledger.take({patient(""), observation({}), report({"a"})}, 100);
  const Revision again = ledger.take({patient(""), observation({}), report({"a"})}, 200);
  EXPECT_THAT(again.writes, IsEmpty());
  EXPECT_EQ(again.unchanged.size(), 3u);
}

TEST(Revise, ACorrectionBecomesTheNextVersionOfTheSameResult) {  // T2, mistake 26
  Ledger ledger;
  ledger.take({observation(row("P", "preliminary", "11.9"))}, 100);
  const Revision revision = ledger.take({observation(row("C", "corrected", "12.9"))}, 200);
  ASSERT_EQ(revision.writes.size(), 1u);
  EXPECT_EQ(revision.writes[0].follows, 1);
  EXPECT_EQ(ledger.status() + ledger.value(), "corrected12.9");
}

TEST(Revise, ABlankFlagInACorrectionRemovesTheEarlierOne) {  // T3
  Ledger ledger;
  StandingRow flagged = row("F", "final");
  flagged.more = R"(,"interpretation":[{"text":"H"}],"referenceRange":[{"text":"5-12"}])";
  ledger.take({observation(flagged)}, 100);
  ledger.take({observation(row("C", "corrected"))}, 200);
  EXPECT_FALSE(ledger.at("Observation", "a").has("interpretation"));
  EXPECT_FALSE(ledger.at("Observation", "a").has("referenceRange"));
}

TEST(Revise, KeepsTheContextThatTheUpdateDoesNotSpeakOf) {  // T3, samples 08 and 09
  Ledger ledger;
  StandingRow first = row("P", "preliminary", "11.9");
  first.said = Said(morning)
                   .row("cycle-day", "9", Source::z_segment)
                   .row("lmp", "20250808", Source::z_segment)
                   .row("cycle-type", "NAT", Source::z_segment, "natural")
                   .input;
  StandingRow second = row("C", "corrected", "12.9");
  second.said = Said(morning).row("cycle-day", "9").input;
  ledger.take({observation(first)}, 100);
  ledger.take({observation(second)}, 200);
  const auto context = read_context(ledger.at("Observation", "a"));
  ASSERT_TRUE(context);
  EXPECT_EQ(context->day, 9);
  EXPECT_EQ(context->source, "aoe-obx");
  EXPECT_EQ(context->anchor_date, "2025-08-08");
  EXPECT_EQ(context->cycle_type, "natural");
  const std::string body = ledger.at("Observation", "a").write();
  EXPECT_THAT(body, HasSubstr(R"(CodeSystem/cycle-anchor","code":"lmp")")) << "tags agree";
  const Revision again = ledger.take({observation(second)}, 300);
  EXPECT_THAT(again.writes, IsEmpty()) << "merged once more it equals what stands";
  EXPECT_EQ(again.unchanged.size(), 1u);
}

TEST(Revise, ReplacesTheMirrorTagsOfAChangedContext) {  // F5
  Ledger ledger;
  StandingRow first = row("P", "preliminary");
  first.said = Said(morning).row("lh-plus", "7").input;
  StandingRow second = row("F", "final");
  second.said = Said(morning).row("lh-plus", "0").row("cycle-day", "14").input;
  ledger.take({observation(first)}, 100);
  ledger.take({observation(second)}, 200);
  const std::string body = ledger.at("Observation", "a").write();
  EXPECT_THAT(body, HasSubstr("\"code\":\"cd-14\""));
  EXPECT_THAT(body, HasSubstr("\"code\":\"lh-plus-0\""));
  EXPECT_THAT(body, Not(HasSubstr("luteal")));
  EXPECT_THAT(body, Not(HasSubstr("lh-plus-7")));
}

TEST(Revise, WithdrawsAResultWithoutItsValue) {  // T5, mistake 27
  for (const char* sent : {"W", "D"}) {
    Ledger ledger;
    StandingRow first = row("F", "final");
    first.said = Said(morning).row("cycle-day", "9").input;
    ledger.take({observation(first), report({"a"})}, 100);
    StandingRow wrong = row(sent, "entered-in-error");
    wrong.said = first.said;
    wrong.more =
        R"(,"interpretation":[{"text":"H"}],"referenceRange":[{"text":"1-2"}],"component":[])";
    ledger.take({observation(wrong), report({}, "corrected")}, 200);
    const fhir::Json body = ledger.at("Observation", "a");
    EXPECT_EQ(body["status"].text(), "entered-in-error");
    for (const char* gone :
         {"valueQuantity", "component", "dataAbsentReason", "interpretation", "referenceRange"})
      EXPECT_FALSE(body.has(gone)) << gone;
    EXPECT_EQ(body["code"]["text"].text(), "NK");
    EXPECT_EQ(read_context(body), CycleContext{});
    EXPECT_EQ(body["meta"]["tag"].items().size(), 1u);
    EXPECT_EQ(ledger.results(), "") << "it leaves the report";
    EXPECT_EQ(ledger.at("DiagnosticReport", "d")["status"].text(), "corrected");
  }
}

TEST(Revise, AWithdrawalOfSomethingUnknownKeepsALateOriginalFromComingAlive) {  // T5, T8
  Ledger ledger;
  ledger.take({observation(row("W", "entered-in-error"))}, 200);
  EXPECT_EQ(ledger.status(), "entered-in-error");
  EXPECT_EQ(ledger.value(), "");
  const Revision late = ledger.take({observation(row("F", "final")), report({"a"})}, 100);
  EXPECT_EQ(ledger.status(), "entered-in-error");
  EXPECT_THAT(codes(late), ElementsAre("update-out-of-order Observation/a"));
  EXPECT_EQ(ledger.results(), "") << "a report lists no withdrawn result";
  const Revision preliminary = ledger.take({observation(row("P", "preliminary"))}, 300);
  EXPECT_THAT(codes(preliminary), ElementsAre("status-regression Observation/a"));
  ledger.take({observation(row("F", "final")), report({"a"})}, 400);
  EXPECT_EQ(ledger.status(), "final") << "the laboratory reissued";
  EXPECT_EQ(ledger.results(), "a ");
}

TEST(Revise, AnUpdateOfNothingMakesNoResult) {  // T6
  Ledger ledger;
  const std::string provenance =
      R"({"resourceType":"Provenance","id":"v","meta":{},"target":[{"reference":"Patient/p"},)"
      R"({"reference":"Observation/a"}]})";
  const Revision revision = ledger.take({patient(""),
                                         observation(empty_row("U", "final")),
                                         report({"a"}),
                                         {{"Provenance", "v"}, provenance, std::nullopt, {}}},
                                        100);
  EXPECT_THAT(codes(revision), ElementsAre("update-target-unknown Observation/a"));
  EXPECT_EQ(ledger.version("Observation", "a"), 0);
  EXPECT_EQ(ledger.results(), "");
  EXPECT_EQ(ledger.at("Provenance", "v")["target"].items().size(), 1u) << "no dangling reference";
}

TEST(Revise, AnUpdateWithoutRetransmissionMakesTheEarlierValueFinal) {  // T6
  Ledger ledger;
  StandingRow first = row("P", "preliminary", "11.90");
  first.more = R"(,"interpretation":[{"text":"N"}])";
  ledger.take({observation(first)}, 100);
  const Revision revision = ledger.take({observation(empty_row("U", "final"))}, 200);
  EXPECT_THAT(revision.issues, IsEmpty());
  EXPECT_EQ(ledger.status() + ledger.value(), "final11.90");
  EXPECT_TRUE(ledger.at("Observation", "a").has("interpretation"));
  EXPECT_FALSE(ledger.at("Observation", "a").has("dataAbsentReason"));
}

TEST(Revise, AnOlderMessageChangesNothingActive) {  // T7
  Ledger ledger;
  ledger.take(
      {patient(R"(,"gender":"female")"), observation(row("F", "final", "1")), report({"a"})}, 200);
  const Revision older =
      ledger.take({patient(R"(,"gender":"male")"), observation(row("F", "final", "2")),
                   report({"a"}, "partial")},
                  199);
  EXPECT_THAT(older.writes, IsEmpty());
  EXPECT_THAT(older.unchanged, IsEmpty());
  EXPECT_THAT(codes(older),
              ElementsAre("update-out-of-order Patient/p", "update-out-of-order Observation/a",
                          "update-out-of-order DiagnosticReport/d"));
  EXPECT_EQ(older.issues[0].severity, Severity::information);
  const Revision equal = ledger.take({observation(row("F", "final", "3"))}, 200);
  EXPECT_EQ(equal.writes.size(), 1u) << "equal times: order of arrival";
}

TEST(Revise, AnOlderMessageMayAddAResultNobodyHadSent) {  // T2, T7
  Ledger ledger;
  ledger.take({observation({}), report({"a"}, "final")}, 200);
  StandingRow other;
  other.id = "b";
  const Revision older = ledger.take({observation(other), report({"b"}, "partial")}, 100);
  EXPECT_EQ(ledger.results(), "a b ");
  EXPECT_EQ(ledger.at("DiagnosticReport", "d")["status"].text(), "final");
  ASSERT_EQ(older.writes.size(), 2u);
  EXPECT_EQ(older.writes[1].source_time, 200) << "it still counts as the newer report";
  EXPECT_EQ(older.writes[0].source_time, 100);
}

TEST(Revise, ATimeThatIsUnknownIsNotOlder) {
  Conversion conversion;
  conversion.resources = {observation(row("C", "corrected"))};
  Standing standing{1, false, observation(row("F", "final", "1")).body, false, std::nullopt};
  const auto lookup = [&](const fhir::ResourceKey&) { return &standing; };
  EXPECT_EQ(revise(conversion, lookup).writes.size(), 1u);
  standing.source_time = 500;
  EXPECT_EQ(revise(conversion, lookup).writes.size(), 1u);
}

TEST(Revise, StatusDoesNotGoBack) {  // T8
  const std::pair<const char*, const char*> settled[] = {{"F", "final"},
                                                         {"C", "corrected"},
                                                         {"A", "amended"},
                                                         {"X", "cancelled"},
                                                         {"W", "entered-in-error"}};
  const std::pair<const char*, const char*> earlier[] = {
      {"P", "preliminary"}, {"R", "preliminary"}, {"S", "preliminary"}, {"I", "registered"}};
  for (const auto& [sent, status] : settled)
    for (const auto& [back_sent, back] : earlier) {
      Ledger ledger;
      ledger.take({observation(row(sent, status, "1"))}, 100);
      const Revision revision = ledger.take({observation(row(back_sent, back, "2"))}, 200);
      EXPECT_THAT(revision.writes, IsEmpty()) << status << " " << back;
      EXPECT_THAT(codes(revision), ElementsAre("status-regression Observation/a"));
      EXPECT_EQ(ledger.status(), status);
    }
  Ledger forward;
  forward.take({observation(empty_row("I", "registered"))}, 100);
  forward.take({observation(row("P", "preliminary", "1"))}, 200);
  forward.take({observation(row("F", "final", "2"))}, 300);
  EXPECT_EQ(forward.status() + forward.value(), "final2");
  EXPECT_EQ(forward.version("Observation", "a"), 3);
}

TEST(Revise, AReportWhoseRowsAreAllRefusedStays) {  // T8
  Ledger ledger;
  ledger.take({observation(row("F", "final")), report({"a"}, "final")}, 100);
  const Revision revision =
      ledger.take({observation(row("P", "preliminary", "1")), report({"a"}, "preliminary")}, 200);
  EXPECT_THAT(revision.writes, IsEmpty());
  EXPECT_EQ(ledger.at("DiagnosticReport", "d")["status"].text(), "final");
}

TEST(Revise, ANullRemovesTheEarlierValue) {  // T10, mistake 28
  Ledger ledger;
  ledger.take({observation(row("F", "final"))}, 100);
  StandingRow null = empty_row("C", "corrected");
  null.value_empty = false;
  null.value_null = true;
  const Revision revision = ledger.take({observation(null)}, 200);
  EXPECT_EQ(ledger.value(), "");
  EXPECT_TRUE(ledger.at("Observation", "a").has("dataAbsentReason"));
  EXPECT_THAT(revision.issues, IsEmpty());
}

TEST(Revise, AnEmptyValueOnUpdateKeepsTheEarlierOne) {  // T12, mistake 28
  Ledger ledger;
  ledger.take({observation(row("F", "final", "5.10"))}, 100);
  const Revision revision = ledger.take({observation(empty_row("C", "corrected"))}, 200);
  EXPECT_EQ(ledger.status() + ledger.value(), "corrected5.10");
  EXPECT_FALSE(ledger.at("Observation", "a").has("dataAbsentReason"));
  EXPECT_THAT(codes(revision), ElementsAre("value-empty-on-update Observation/a"));
  EXPECT_EQ(revision.issues[0].severity, Severity::warning);
  EXPECT_THAT(ledger.at("Observation", "a").write(),
              HasSubstr(R"(CodeSystem/gateway-issue","code":"value-empty-on-update")"));
  ledger.take({observation(row("C", "corrected", "6"))}, 300);
  EXPECT_THAT(ledger.at("Observation", "a").write(), Not(HasSubstr("gateway-issue")))
      << "a tag whose reason is gone goes (F5)";
}

TEST(Revise, AnEmptyValueTakesTheValueAwayWhereTheStatusSaysSo) {  // T12, T4
  Ledger ledger;
  ledger.take({observation(row("F", "final", "5.10"))}, 100);
  const Revision revision = ledger.take({observation(empty_row("X", "cancelled"))}, 200);
  EXPECT_EQ(ledger.status() + ledger.value(), "cancelled");
  EXPECT_TRUE(ledger.at("Observation", "a").has("dataAbsentReason"));
  EXPECT_THAT(revision.issues, IsEmpty());
}

TEST(Revise, AnEmptyValueKeepsThePartsOfAPanel) {  // T12
  Ledger ledger;
  const auto component = [](const char* code, const char* value) {
    return R"({"code":{"text":")" + std::string(code) + "\"}," + value + "}";
  };
  StandingRow first = row("F", "final");
  first.value = R"("component":[)" + component("sys", R"("valueQuantity":{"value":138})") + "," +
                component("dia", R"("valueQuantity":{"value":88})") + "]";
  ledger.take({observation(first)}, 100);
  StandingRow second = first;
  second.sent = "C";
  second.status = "corrected";
  second.value_empty = true;
  second.value = R"("component":[)" + component("sys", R"("valueQuantity":{"value":140})") + "," +
                 component("dia", no_value.c_str()) + "]";
  ledger.take({observation(second)}, 200);
  const fhir::Json kept = ledger.at("Observation", "a");
  const auto& parts = kept["component"].items();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0]["valueQuantity"]["value"].text(), "140");
  EXPECT_EQ(parts[1]["valueQuantity"]["value"].text(), "88");
}

TEST(Revise, KeepsWhoPerformedItThoughTheUpdateLeavesItOut) {  // V2FHIR §1.5
  Ledger ledger;
  StandingRow first = row("P", "preliminary");
  first.more = R"(,"performer":[{"display":"lab"}],"note":[{"text":"old"}])";
  ledger.take({observation(first)}, 100);
  ledger.take({observation(row("F", "final"))}, 200);
  EXPECT_TRUE(ledger.at("Observation", "a").has("performer"));
  EXPECT_FALSE(ledger.at("Observation", "a").has("note")) << "recalculated (T3)";
}

TEST(Revise, ContextRowsHaveNoContextOfTheirOwn) {
  Ledger ledger;
  StandingRow day = row("F", "final", "9");
  day.is_context = true;
  ledger.take({observation(day)}, 100);
  day.status = "corrected";
  day.value = R"("valueInteger":10)";
  ledger.take({observation(day)}, 200);
  const fhir::Json body = ledger.at("Observation", "a");
  EXPECT_EQ(body["valueInteger"].text(), "10");
  EXPECT_FALSE(body.has("valueQuantity"));
  EXPECT_FALSE(body.has("extension"));
}

TEST(Revise, AReportListsEveryActiveResultOfItsOrder) {  // T2
  Ledger ledger;
  const auto result = [](const char* id, const char* sent = "F", const char* status = "final") {
    StandingRow one = row(sent, status);
    one.id = id;
    return observation(one);
  };
  ledger.take({result("b"), result("a"), report({"b", "a"}, "partial")}, 100);
  ledger.take({result("c"), result("a", "C", "corrected"), report({"c", "a"}, "final")}, 200);
  EXPECT_EQ(ledger.results(), "b a c ") << "first seen first, rows not resent stay";
  ledger.take({result("a", "W", "entered-in-error"), report({}, "corrected")}, 300);
  EXPECT_EQ(ledger.results(), "b c ");
  ledger.take({result("a", "F", "final"), report({"a"}, "corrected")}, 400);
  EXPECT_EQ(ledger.results(), "b c a ");
  EXPECT_TRUE(ledger.right_versions());
}

TEST(Revise, ASharedResourceKeepsWhatTheNewerDoesNotSayAndLosesWhatItDeletes) {
  Ledger ledger;
  ledger.take({patient(R"(,"gender":"female","birthDate":"1989-04","deceasedBoolean":false)")},
              100);
  ledger.take({patient(R"(,"gender":"other")")}, 200);
  fhir::Json now = ledger.at("Patient", "p");
  EXPECT_EQ(now["gender"].text(), "other");
  EXPECT_EQ(now["birthDate"].text(), "1989-04");
  ConvertedResource deletes = patient(R"(,"gender":"other","deceasedDateTime":"2025")");
  deletes.deleted_elements = {"birthDate"};
  ledger.take({deletes}, 300);
  now = ledger.at("Patient", "p");
  EXPECT_FALSE(now.has("birthDate")) << "\"\" deletes";
  EXPECT_FALSE(now.has("deceasedBoolean")) << "one element in two types is none";
  EXPECT_TRUE(now.has("deceasedDateTime"));
  EXPECT_EQ(ledger.version("Patient", "p"), 3);
  const Revision again = ledger.take({patient(R"(,"deceasedDateTime":"2025")")}, 400);
  EXPECT_THAT(again.writes, IsEmpty()) << "merged it equals what stands, whatever the order";
  EXPECT_EQ(again.unchanged.size(), 1u);
}

TEST(Revise, WritesOnWhereAResourceWasDeleted) {
  Ledger ledger;
  ledger.take({observation({})}, 100);
  ledger.remove({"Observation", "a"});
  const Revision revision = ledger.take({observation({})}, 200);
  ASSERT_EQ(revision.writes.size(), 1u);
  EXPECT_EQ(revision.writes[0].follows, 2);
  EXPECT_THAT(codes(ledger.take({observation(empty_row("U", "final"))}, 300)), IsEmpty());
  ledger.remove({"Observation", "a"});
  EXPECT_THAT(codes(ledger.take({observation(empty_row("U", "final"))}, 300)),
              ElementsAre("update-target-unknown Observation/a"));
}

TEST(Revise, TakesTheNewestAsItIsWhereWhatStandsIsUnreadable) {
  Conversion conversion;
  conversion.source_time = SourceTime{10, 11};
  conversion.resources = {observation(row("F", "final")), report({"a"}), patient("")};
  Standing standing{4, false, "{\"resourceType\":", false, 5};
  const Revision revision = revise(conversion, [&](const fhir::ResourceKey&) { return &standing; });
  ASSERT_EQ(revision.writes.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(revision.writes[i].body, conversion.resources[i].body);
    EXPECT_EQ(revision.writes[i].follows, 4);
  }
}

TEST(Revise, DigitsSurviveALaidOverVersion) {
  Ledger ledger;
  StandingRow first = row("F", "final", "5.10");
  first.said = Said(morning).row("lmp", "20250808").input;
  ledger.take({observation(first)}, 100);
  ledger.take({observation(row("C", "corrected", "8.100"))}, 200);
  EXPECT_EQ(ledger.value(), "8.100");
  EXPECT_TRUE(ledger.at("Observation", "a")
                  .write()
                  .starts_with(R"({"resourceType":"Observation","id":"a","meta":{)"));
}

}  // namespace
}  // namespace gateway::mapping
