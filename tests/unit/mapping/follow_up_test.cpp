// The site's follow-up list: what becomes of an entry as results come and are corrected (W3, §3.7).
#include "gateway/mapping/follow_up.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/site_rule_words.hpp"

#include "tests/support/site_rules.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

/// A result as it stands.
struct Result {
  std::string id = "oabcdefghij1", value = "14.2", status = "final", cycle = "unknown",
              code = "8112-5", collected = "2025-10-03T08:30:00+02:00", unit = "%",
              system = "http://loinc.org", subject = R"("subject":{"reference":"Patient/p1"},)",
              answer;
  std::string body() const {
    if (!answer.empty())
      return R"({"resourceType":"Observation","id":")" + id + R"(","status":")" + status + "\"," +
             subject + R"("effectiveDateTime":")" + collected +
             R"(","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA26683-5"},)"
             R"({"system":"http://snomed.info/sct","code":")" +
             answer + R"("}]}})";
    const std::string base = "https://immunogate.example/fhir/";
    return R"({"resourceType":"Observation","id":")" + id + R"(","meta":{},"extension":[{"url":")" +
           base +
           R"(StructureDefinition/cycle-context","extension":[{"url":"status","valueCode":")" +
           cycle + R"("}]},{"url":")" + base +
           R"(StructureDefinition/sample-type","valueCodeableConcept":{"coding":[{"code":)"
           R"("peripheral-blood"}]}}],"status":")" +
           status + R"(","code":{"coding":[{"system":")" + system + R"(","code":")" + code +
           R"("}]},)" + subject + R"("effectiveDateTime":")" + collected +
           R"(","valueQuantity":{"value":)" + value +
           R"(,"system":"http://unitsofmeasure.org","code":")" + unit + R"("}})";
  }
};
Result ratio(const std::string& collected, const std::string& cycle = "pregnant",
             const std::string& id = "oabcdefghij1") {
  Result result;
  result.code = "ratio-tnfa-il10";
  result.system = "https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
  result.unit = "{ratio}";
  result.collected = collected;
  result.cycle = cycle;
  result.id = id;
  return result;
}

/// The list of a site, as messages come one after another.
class SiteList {
 public:
  explicit SiteList(std::shared_ptr<const Catalogue> catalogue)
      : catalogue_(std::move(catalogue)) {}
  void now(std::shared_ptr<const Catalogue> catalogue) { catalogue_ = std::move(catalogue); }

  /// How many entries the results of one message write.
  std::size_t take(const std::vector<Result>& results,
                   const std::string& received = "2025-10-06T15:00:00.000Z") {
    std::vector<std::string> bodies;
    for (const Result& result : results) bodies.push_back(result.body());
    std::vector<StandingResult> standing;
    for (std::size_t i = 0; i < results.size(); ++i)
      standing.push_back({{"Observation", results[i].id}, bodies[i]});
    auto writes = follow_ups(
        *catalogue_, standing,
        [&](const fhir::ResourceKey& key) -> const Standing* {
          const auto found = entries_.find(key);
          return found == entries_.end() ? nullptr : &found->second;
        },
        received);
    for (auto& write : writes) {
      EXPECT_EQ(write.follows, entries_[write.key].version);
      EXPECT_EQ(write.site, "Clinic A");
      entries_[write.key] = {write.follows + 1, false, write.body, false, std::nullopt};
    }
    return writes.size();
  }
  /// The only entry there is.
  Json entry() const {
    EXPECT_THAT(entries_, SizeIs(1));
    return entries_.empty() ? Json() : *fhir::parse_json(entries_.begin()->second.body);
  }
  std::string status() const { return entry()["status"].text(); }
  std::string due() const { return entry()["restriction"]["period"]["end"].text(); }
  std::string focus() const { return entry()["focus"]["reference"].text(); }
  std::size_t size() const { return entries_.size(); }
  void set(const std::string& element, const std::string& word) {
    auto& standing = entries_.begin()->second;
    auto task = *fhir::parse_json(standing.body);
    task.set(element, Json::string(word));
    standing = {standing.version + 1, false, task.write(), false, std::nullopt};
  }

 private:
  std::shared_ptr<const Catalogue> catalogue_;
  std::map<fhir::ResourceKey, Standing> entries_;
};

std::shared_ptr<const Catalogue> with_nk(const std::string& keys) {
  return tests::compiled_with_rules(
             {{"blood-nk-percent", tests::rule_with("blood-nk-percent", keys)}})
      .catalogue;
}

TEST(W3, AnEntryIsATaskLabelledAsTheSitesOwnRule) {
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  EXPECT_EQ(list.take({Result{}}), 1u);
  const Json task = list.entry();
  EXPECT_EQ(task["resourceType"].text(), "Task");
  EXPECT_EQ(task["meta"]["profile"].items().at(0).text(),
            "https://immunogate.example/fhir/StructureDefinition/follow-up-task");
  EXPECT_EQ(task["status"].text(), "requested");
  EXPECT_EQ(task["intent"].text(), "proposal");
  EXPECT_EQ(task["code"]["coding"].items().at(0)["code"].text(), "site-follow-up");
  EXPECT_EQ(task["focus"]["reference"].text(), "Observation/oabcdefghij1");
  EXPECT_EQ(task["for"]["reference"].text(), "Patient/p1");
  EXPECT_EQ(task["requester"]["display"].text(), "Clinic A");
  EXPECT_EQ(task["authoredOn"].text(), "2025-10-06T15:00:00.000Z");
  EXPECT_EQ(
      task["description"].text(),
      "Site convention of Clinic A, not a laboratory finding: NK cells above 12 % of cells in "
      "blood: look at the result again (blood-nk-percent, version 1, Dr. Example, 2026-11-28)");
  EXPECT_EQ(task["groupIdentifier"]["value"].text(), "blood-nk-percent");
  std::vector<std::string> said;
  for (const Json& input : task["input"].items()) said.push_back(input["valueString"].text());
  EXPECT_THAT(said, testing::ElementsAre("blood-nk-percent", "1", "Dr. Example", "2026-11-28"));
  EXPECT_THAT(task["note"].items().at(0)["text"].text(), HasSubstr("no agreed cut-off"));
}

TEST(W3, AResultThatDoesNotMeetTheRuleHasNoEntry) {
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  for (const char* value : {"12", "9.4"}) {
    Result result;
    result.value = value;
    EXPECT_EQ(list.take({result}), 0u) << value;
  }
  EXPECT_EQ(list.size(), 0u);
}

TEST(W3, ACorrectionCancelsTheEntryAndAnotherAsksAgain) {
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  Result result;
  list.take({result});
  EXPECT_EQ(list.take({result}), 0u) << "nothing new is said";
  result.status = "corrected";
  result.value = "15";
  EXPECT_EQ(list.take({result}), 0u) << "it still meets the rule, and the entry repeats no value";
  result.value = "11.9";
  EXPECT_EQ(list.take({result}), 1u);
  EXPECT_EQ(list.status(), "cancelled");
  EXPECT_THAT(list.entry()["statusReason"]["text"].text(), HasSubstr("does not meet"));
  EXPECT_EQ(list.take({result}), 0u);
  result.value = "12.5";
  EXPECT_EQ(list.take({result}, "2025-10-09T00:00:00.000Z"), 1u);
  EXPECT_EQ(list.status(), "requested");
  EXPECT_FALSE(list.entry().has("statusReason"));
  EXPECT_EQ(list.entry()["authoredOn"].text(), "2025-10-06T15:00:00.000Z") << "the same entry";
}

TEST(W3, AWithdrawnResultCancelsItsEntry) {
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  Result result;
  list.take({result});
  result.status = "entered-in-error";
  EXPECT_EQ(list.take({result}), 1u);
  EXPECT_EQ(list.status(), "cancelled");
  EXPECT_EQ(list.entry()["statusReason"]["text"].text(), "the result was withdrawn");
}

TEST(W3, OfARuleThatIsOffEntriesStayMarkedSoAndNoneIsNew) {
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  Result result;
  list.take({result});
  const std::string off = R"({"off_since": "2026-11-20", "site": "Clinic A", "author": "B"})";
  list.now(with_nk(off));
  EXPECT_EQ(list.take({result}), 1u);
  EXPECT_EQ(list.status(), "requested");
  EXPECT_EQ(list.entry()["businessStatus"]["text"].text(),
            "the convention was switched off on 2026-11-20");
  EXPECT_EQ(list.take({result}), 0u) << "marked once";
  Result other;
  other.id = "oabcdefghij2";
  EXPECT_EQ(list.take({other}), 0u);
  result.value = "9";
  EXPECT_EQ(list.take({result}), 1u) << "a correction still cancels";
  EXPECT_EQ(list.status(), "cancelled");
  result.value = "14.2";
  EXPECT_EQ(list.take({result}), 0u) << "and nothing asks again";
}

TEST(W3, WhatAPersonMadeOfAnEntryStays) {
  for (const char* made : {"accepted", "in-progress", "completed", "rejected"}) {
    SiteList list(tests::catalogue_with({"blood-nk-percent"}));
    Result result;
    list.take({result});
    list.set("status", made);
    EXPECT_EQ(list.take({result}), 0u) << made;
    EXPECT_EQ(list.status(), made);
  }
  SiteList list(tests::catalogue_with({"blood-nk-percent"}));
  Result result;
  list.take({result});
  list.set("status", "completed");
  result.value = "9";
  EXPECT_EQ(list.take({result}), 0u) << "what was done was done";
  list.set("status", "accepted");
  EXPECT_EQ(list.take({result}), 1u);
  EXPECT_EQ(list.status(), "cancelled") << "what is still open has lost its reason";
}

TEST(W3, EveryResultHasItsOwnEntryUnderEveryRule) {
  SiteList list(tests::catalogue_with({"blood-nk-percent", "next-immune-sample"}));
  Result second;
  second.id = "oabcdefghij2";
  EXPECT_EQ(list.take({Result{}, second, ratio("2025-10-03", "pregnant", "oabcdefghij3")}), 3u);
}

TEST(ExpectedRepeat, TheNextSampleIsExpectedAfterTheInterval) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  EXPECT_EQ(list.take({ratio("2025-10-03T23:30:00-05:00")}), 1u);
  EXPECT_EQ(list.due(), "2025-10-31") << "counted in the day the laboratory wrote";
  EXPECT_THAT(list.entry()["description"].text(),
              StartsWith("Site convention of Clinic A, not a laboratory finding: The next"));
  EXPECT_THAT(list.entry()["description"].text(), HasSubstr(": 2025-10-31 ("));
  EXPECT_EQ(list.take({ratio("2025-10-30", "pregnant", "oabcdefghij2")}), 1u);
  EXPECT_EQ(list.due(), "2025-11-27");
  EXPECT_EQ(list.focus(), "Observation/oabcdefghij2");
}

TEST(ExpectedRepeat, ASampleThatWasTakenEarlierChangesNothing) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  list.take({ratio("2025-10-30")});
  EXPECT_EQ(list.take({ratio("2025-10-03", "pregnant", "oabcdefghij2")}), 0u);
  EXPECT_EQ(list.take({ratio("2025-10-03", "known", "oabcdefghij2")}), 0u);
  EXPECT_EQ(list.take({ratio("2025-10-30", "pregnant", "oabcdefghij2")}), 0u) << "of the same day";
  EXPECT_EQ(list.due(), "2025-11-27");
  EXPECT_EQ(list.take({ratio("2025-10-23")}), 1u) << "a correction of the day it is counted from";
  EXPECT_EQ(list.due(), "2025-11-20");
}

TEST(ExpectedRepeat, ItEndsWithThePregnancyAndSilenceEndsNothing) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  list.take({ratio("2025-10-03")});
  EXPECT_EQ(list.take({ratio("2025-10-30", "unknown", "oabcdefghij2")}), 0u);
  EXPECT_EQ(list.status(), "requested");
  EXPECT_EQ(list.take({ratio("2025-11-20", "known", "oabcdefghij3")}), 1u);
  EXPECT_EQ(list.status(), "cancelled");
  EXPECT_EQ(list.take({ratio("2026-06-01", "pregnant", "oabcdefghij4")}), 1u);
  EXPECT_EQ(list.status(), "requested");
}

TEST(ExpectedRepeat, ALaterAnswerThatSaysNotPregnantEndsIt) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  list.take({ratio("2025-10-03")});
  Result answer;
  answer.id = "oabcdefghij5";
  answer.answer = "77386006";
  answer.collected = "2025-10-20";
  EXPECT_EQ(list.take({answer}), 0u) << "pregnant";
  answer.answer = "60001007";
  answer.collected = "2025-09-20";
  EXPECT_EQ(list.take({answer}), 0u) << "of an earlier day";
  answer.collected = "2025-10-20";
  answer.status = "preliminary";
  EXPECT_EQ(list.take({answer}), 0u);
  answer.status = "final";
  EXPECT_EQ(list.take({answer, ratio("2025-10-20", "unknown", "oabcdefghij6")}), 1u);
  EXPECT_EQ(list.status(), "cancelled");
}

TEST(ExpectedRepeat, NoValueOpensOrClosesIt) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  Result result = ratio("2025-10-03");
  list.take({result});
  result.value = "400";
  EXPECT_EQ(list.take({result}), 0u);
  result.status = "entered-in-error";
  EXPECT_EQ(list.take({result}), 1u);
  EXPECT_EQ(list.status(), "cancelled") << "but a sample that was none is counted from by nobody";
}

TEST(ExpectedRepeat, TheNextSampleBeginsANewRoundWhateverBecameOfTheLast) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  list.take({ratio("2025-10-03")});
  list.set("status", "completed");
  EXPECT_EQ(list.take({ratio("2025-10-03")}), 0u);
  EXPECT_EQ(
      list.take({ratio("2025-10-30", "pregnant", "oabcdefghij2")}, "2025-11-01T08:00:00.000Z"), 1u);
  EXPECT_EQ(list.status(), "requested");
  EXPECT_EQ(list.entry()["authoredOn"].text(), "2025-11-01T08:00:00.000Z");
}

TEST(ExpectedRepeat, AResultAboutNobodyExpectsNothing) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  Result result = ratio("2025-10-03");
  result.subject.clear();
  EXPECT_EQ(list.take({result}), 0u);
}

TEST(ExpectedRepeat, SeveralSamplesOfOneMessageLeaveOneEntryOfTheLatest) {
  SiteList list(tests::catalogue_with({"next-immune-sample"}));
  EXPECT_EQ(list.take({ratio("2025-10-30", "pregnant", "oabcdefghij2"), ratio("2025-10-03")}), 1u);
  EXPECT_EQ(list.due(), "2025-11-27");
}

TEST(W4, AnEntryHasNoPriorityNoColourAndNoWordOfJudgement) {
  for (const SiteRule& rule : tests::shipped_catalogue()->rules()) {
    SiteList list(tests::catalogue_with({rule.name}));
    Result result;
    if (rule.name == "next-immune-sample") result = ratio("2025-10-03");
    list.take({result});
    if (list.size() == 0) continue;  // rules of other codes: their texts are checked on loading
    const Json task = list.entry();
    EXPECT_FALSE(task.has("priority"));
    EXPECT_FALSE(task.has("reasonCode"));
    EXPECT_EQ(refused_word(task.write()), "") << rule.name;
    EXPECT_EQ(task.write().find("14.2"), std::string::npos) << "it repeats no value";
  }
}

}  // namespace
}  // namespace gateway::mapping
