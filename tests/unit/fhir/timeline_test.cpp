#include "gateway/fhir/timeline.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::fhir {
namespace {

/// What is said of a result; what is empty is not said.
struct Said {
  std::string id, context, effective = "2025-03-22T09:30:00-05:00";
  std::string rest = R"("valueQuantity":{"value":14.2,"unit":"percent"})";
  std::string order = "F1", category = "laboratory", status = "final", tags;
};

std::string part(const std::string& name, const std::string& type, const std::string& value) {
  return R"({"url":")" + name + R"(","value)" + type + R"(":)" + value + "}";
}
std::string day(int number) {
  return part("day", "Integer", std::to_string(number));
}
std::string code(const std::string& name, const std::string& value) {
  return part(name, "Code", '"' + value + '"');
}
std::string date(const std::string& name, const std::string& value) {
  return part(name, "Date", '"' + value + '"');
}
std::string pregnant(int days) {
  return code("status", "pregnant") + "," +
         part("gestation", "Quantity",
              R"({"value":)" + std::to_string(days) + R"(,"unit":"d","code":"d"})");
}

Version version_of(const Said& said) {
  Version version;
  version.key = {"Observation", said.id};
  version.version = 2;
  version.body = R"({"resourceType":"Observation","id":")" + said.id + R"(","meta":{"tag":[)" +
                 said.tags + R"(]},"extension":[{"url":")" + canonical::extension("cycle-context") +
                 R"(","extension":[)" + said.context + "]}]";
  if (!said.order.empty())
    version.body += R"(,"identifier":[{"system":")" + canonical::identifier_system("result") +
                    R"(","value":")" + said.order + R"(|8112-5|"}])";
  version.body += R"(,"status":")" + said.status + R"(","category":[{"coding":[{"system":")" +
                  std::string(canonical::observation_category) + R"(","code":")" + said.category +
                  R"("}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8112-5"}]})";
  if (!said.effective.empty()) version.body += R"(,"effectiveDateTime":")" + said.effective + '"';
  if (!said.rest.empty()) version.body += "," + said.rest;
  version.body += "}";
  return version;
}

Json timeline(const std::vector<Said>& all) {
  std::vector<Version> versions;
  for (const Said& said : all) versions.push_back(version_of(said));
  const auto json =
      parse_json(cycle_timeline({"Patient", "p1"}, {1'742'829'300'000'000}, versions));
  EXPECT_TRUE(json) << json.error().text();
  return json ? *json : Json();
}

const Json& part_of(const Json& parameter, std::string_view name) {
  static const Json none;
  for (const Json& one : parameter["part"].items())
    if (one["name"].text() == name) return one;
  return none;
}

/// "cycle lmpDate 2025-03-02: a b; unknown: c"
std::string groups_of(const Json& parameters) {
  std::string out;
  for (const Json& group : parameters["parameter"].items()) {
    if (group["name"].text() != "group") continue;
    out += out.empty() ? "" : "; ";
    std::string results;
    for (const Json& one : group["part"].items()) {
      const std::string& name = one["name"].text();
      if (name == "kind")
        out += one["valueCode"].text();
      else if (name == "result")
        results +=
            " " + part_of(one, "observation")["valueReference"]["reference"].text().substr(12);
      else
        out += " " + name + " " + one.members().at(1).second.text();
    }
    out += ":" + results;
  }
  return out;
}
std::string groups(const std::vector<Said>& all) {
  return groups_of(timeline(all));
}

const Json& first_result(const Json& parameters) {
  static const Json none;
  for (const Json& group : parameters["parameter"].items())
    if (const Json& found = part_of(group, "result"); found.is_object()) return found;
  return none;
}

const std::string lmp = code("anchor", "lmp") + "," + date("anchorDate", "2025-03-02");

TEST(CycleTimeline, TheResultsOfOnePeriodAreOneGroupByDay) {
  EXPECT_EQ(groups({{.id = "b", .context = day(21) + "," + lmp},
                    {.id = "a", .context = day(3) + "," + lmp, .effective = "2025-03-04"},
                    {.id = "c", .context = lmp, .effective = "2025-03-05"},
                    {.id = "other",
                     .context = day(3) + "," + code("anchor", "lmp") + "," +
                                date("anchorDate", "2025-02-01"),
                     .effective = "2025-02-03"}}),
            "cycle lmpDate 2025-02-01: other; cycle lmpDate 2025-03-02: a b c")
      << "who has no day stands behind them, whenever it was collected";
}

TEST(CycleTimeline, AnotherAnchorKeepsThePeriodWhereItIsSaidElseItsOwnDate) {
  const std::string surge = code("anchor", "lh-surge") + "," + part("offset", "Integer", "7");
  EXPECT_EQ(groups({{.id = "a", .context = day(21) + "," + lmp},
                    {.id = "b", .context = surge + "," + date("lmpDate", "2025-03-02")},
                    {.id = "c", .context = surge + "," + date("anchorDate", "2025-03-15")}}),
            "cycle lmpDate 2025-03-02: a b; cycle anchor lh-surge anchorDate 2025-03-15: c");
}

TEST(CycleTimeline, APeriodThatOnlyOneResultSaysJoinsItToNoOther) {
  const std::string surge = code("anchor", "lh-surge") + "," + part("offset", "Integer", "7") +
                            "," + date("anchorDate", "2025-03-15");
  EXPECT_EQ(groups({{.id = "a", .context = surge + "," + date("lmpDate", "2025-03-02")},
                    {.id = "b", .context = surge},
                    {.id = "c", .context = surge}}),
            "cycle lmpDate 2025-03-02: a; cycle anchor lh-surge anchorDate 2025-03-15: b c")
      << "one cycle shown as two groups is seen, two shown as one are not";
}

TEST(CycleTimeline, WhereOnlyADayWasSaidTheCollectionAndElseTheOrderMakesTheGroup) {
  EXPECT_EQ(groups({{.id = "a", .context = day(21)},
                    {.id = "b", .context = day(21), .effective = "2025-03-22T23:30:00-05:00"},
                    {.id = "c", .context = day(24), .effective = "2025-03-24"},
                    {.id = "d", .context = day(12), .effective = "", .order = "F7"},
                    {.id = "e", .context = day(12), .effective = "", .order = "F8"},
                    {.id = "f", .context = day(12), .effective = "", .order = "F7"}}),
            "cycle collected 2025-03-22: a b; cycle collected 2025-03-24: c; cycle order F7: d f; "
            "cycle order F8: e")
      << "the local day as written, and no cycle is guessed from days that would fit";
}

TEST(CycleTimeline, DaysThatCountFromOneFirstDayAreOneCycle) {
  EXPECT_EQ(groups({{.id = "a", .context = day(10), .effective = "2025-03-11"},
                    {.id = "b", .context = day(12), .effective = "2025-03-13"},
                    {.id = "c", .context = day(12), .effective = "2025-03-14"},
                    {.id = "later", .context = day(12), .effective = "2025-04-10"},
                    {.id = "period", .context = day(12) + "," + lmp, .effective = "2025-03-13"}}),
            "cycle collected 2025-03-11: a b; cycle lmpDate 2025-03-02: period; "
            "cycle collected 2025-03-14: c; cycle collected 2025-04-10: later")
      << "a day beside is no tolerance: two cycles shown as one are not seen";
}

TEST(CycleTimeline, GestationIsByWeekAndTwoPregnanciesStayApart) {
  EXPECT_EQ(
      groups({{.id = "a", .context = pregnant(51), .effective = "2025-10-03"},
              {.id = "b", .context = pregnant(49), .effective = "2025-10-01"},
              {.id = "c", .context = pregnant(56), .effective = "2025-10-08"},
              {.id = "earlier", .context = pregnant(50), .effective = "2023-01-01"},
              {.id = "age", .context = code("status", "pregnant"), .effective = "2025-10-09"}}),
      "gestation week 7: earlier; gestation week 7: b a; gestation week 8: c; gestation: age");
}

TEST(CycleTimeline, AnUnknownDayIsSaidToBeUnknownAndNeverInterpolated) {
  const auto tag = [](const std::string& said) {
    return R"({"system":")" + canonical::code_system("cycle-day") + R"(","code":")" + said +
           R"("})";
  };
  const Json made =
      timeline({{.id = "d20", .context = day(20) + "," + lmp, .effective = "2025-03-21"},
                {.id = "between", .context = code("status", "unknown"), .tags = tag("unknown")},
                {.id = "d22", .context = day(22) + "," + lmp, .effective = "2025-03-23"}});
  EXPECT_EQ(groups_of(made), "cycle lmpDate 2025-03-02: d20 d22; unknown: between");
  const Json& unknown = timeline({{.id = "a", .tags = tag("not-applicable")}});
  EXPECT_EQ(part_of(first_result(unknown), "cycleDayUnknown")["valueCode"].text(),
            "not-applicable");
  EXPECT_FALSE(part_of(first_result(unknown), "cycleDay").is_object());
}

TEST(CycleTimeline, ValuesAreTheStoredOnes) {
  for (const std::string value :
       {R"("valueQuantity":{"value":5.10,"comparator":"<","unit":"percent","code":"%"})",
        R"("valueQuantity":{"value":12345678901234567.10})", R"("valueQuantity":{"value":1e-7})",
        R"("valueRatio":{"numerator":{"value":22},"denominator":{"value":1}})",
        R"x("valueString":"POD 7 (day 21)")x", R"("valueInteger":0)",
        R"("valueCodeableConcept":{"text":"Not identified"})"}) {
    const std::string answer =
        cycle_timeline({"Patient", "p1"}, {}, {version_of({.id = "a", .rest = value})});
    EXPECT_NE(answer.find(R"({"name":"value",)" + value + "}"), std::string::npos) << answer;
  }
}

TEST(CycleTimeline, FlagRangeUnitLayerAndIssueStandBesideTheValue) {
  const std::string rio = canonical::code_system(canonical::observation_codes);
  const Json made = timeline(
      {{.id = "a",
        .context = day(22) + "," + part("derivedDay", "Integer", "25") + "," +
                   code("confidence", "conflicting") + "," + code("source", "aoe-obx"),
        .rest =
            R"("valueQuantity":{"value":14.2,"unit":"percent"},"interpretation":[{"coding":[{"code":"H"}]}],)"
            R"("referenceRange":[{"text":"^13.2-30.6"}],"component":[{"code":{"coding":[{"system":")" +
            rio +
            R"(","code":"endometrial-compartment"}]},"valueCodeableConcept":{"text":"Basalis"}},)"
            R"({"code":{"text":"E:T"},"valueRatio":{"numerator":{"value":50}}}])",
        .tags = R"({"system":")" + canonical::code_system("gateway-issue") +
                R"(","code":"cycle-day-conflict"})"}});
  const Json& result = first_result(made);
  EXPECT_EQ(part_of(result, "version")["valueId"].text(), "2");
  EXPECT_EQ(part_of(result, "unit")["valueString"].text(), "percent");
  EXPECT_EQ(part_of(result, "interpretation")["valueCodeableConcept"]["coding"]
                .items()
                .at(0)["code"]
                .text(),
            "H");
  EXPECT_EQ(part_of(part_of(result, "referenceRange"), "text")["valueString"].text(), "^13.2-30.6");
  EXPECT_EQ(part_of(result, "compartment")["valueCodeableConcept"]["text"].text(), "Basalis");
  EXPECT_EQ(part_of(part_of(result, "component"), "code")["valueCodeableConcept"]["text"].text(),
            "E:T");
  EXPECT_EQ(part_of(result, "cycleDay")["valueInteger"].text(), "22");
  EXPECT_EQ(part_of(result, "derivedDay")["valueInteger"].text(), "25");
  EXPECT_EQ(part_of(result, "confidence")["valueCode"].text(), "conflicting");
  EXPECT_EQ(part_of(result, "cycleSource")["valueCode"].text(), "aoe-obx");
  EXPECT_EQ(part_of(result, "issue")["valueCoding"]["code"].text(), "cycle-day-conflict");
}

TEST(CycleTimeline, NothingIsAddedThatTheLaboratoryDidNotSend) {
  const Json made = timeline(
      {{.id = "a",
        .rest = R"("valueQuantity":{"value":99},"referenceRange":[{"high":{"value":12}}])"}});
  EXPECT_FALSE(part_of(first_result(made), "interpretation").is_object());
  EXPECT_FALSE(part_of(first_result(made), "unit").is_object());
  EXPECT_FALSE(part_of(part_of(first_result(made), "referenceRange"), "text").is_object());
}

TEST(CycleTimeline, CancelledAndWithdrawnResultsAreThereWithoutAValue) {
  const Json made =
      timeline({{.id = "a",
                 .context = day(3),
                 .rest = R"("dataAbsentReason":{"coding":[{"code":"not-performed"}]})",
                 .status = "cancelled"},
                {.id = "b",
                 .context = code("status", "unknown"),
                 .rest = "",
                 .status = "entered-in-error"}});
  EXPECT_EQ(groups_of(made), "cycle collected 2025-03-22: a; unknown: b");
  EXPECT_EQ(part_of(first_result(made), "status")["valueCode"].text(), "cancelled");
  EXPECT_FALSE(part_of(first_result(made), "value").is_object());
  EXPECT_TRUE(part_of(first_result(made), "dataAbsentReason").is_object());
}

TEST(CycleTimeline, ContextAnswersAreNoResults) {
  const Json made = timeline({{.id = "a", .category = "survey"}});
  EXPECT_EQ(made["parameter"].items().size(), 2u);
  EXPECT_EQ(made["parameter"].items().at(0)["valueReference"]["reference"].text(), "Patient/p1");
  EXPECT_EQ(made["parameter"].items().at(1)["valueInstant"].text(), "2025-03-24T15:15:00.000Z");
}

}  // namespace
}  // namespace gateway::fhir
