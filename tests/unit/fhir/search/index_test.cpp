#include "gateway/fhir/search/index.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "gateway/fhir/search/parameters.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {
namespace {

const std::string context_url = "https://immunogate.example/fhir/StructureDefinition/cycle-context";

const std::string observation = R"({"resourceType":"Observation","id":"o1","meta":{
 "source":"https://immunogate.example/fhir/sender/NORTHLIS",
 "tag":[{"system":"https://immunogate.example/fhir/CodeSystem/cycle-day","code":"cd-21"}]},
 "extension":[{"url":")" + context_url +
                                R"(","extension":[
  {"url":"status","valueCode":"known"},{"url":"day","valueInteger":21},
  {"url":"anchor","valueCode":"lh-surge"},{"url":"offset","valueInteger":-2},
  {"url":"phase","valueCode":"luteal"},{"url":"cycleType","valueCode":"natural"},
  {"url":"source","valueCode":"aoe-obx"},{"url":"confidence","valueCode":"stated"}]},
 {"url":"https://immunogate.example/fhir/StructureDefinition/sample-type","valueCodeableConcept":{
  "coding":[{"system":"https://immunogate.example/fhir/CodeSystem/sample-type","code":"endometrium"}]}}],
 "identifier":[{"system":"https://immunogate.example/fhir/identifier/result","value":"F8|8112-5"}],
 "basedOn":[{"reference":"ServiceRequest/r1"},{"identifier":{"system":"urn:o","value":"F9"}}],
 "status":"final",
 "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
 "code":{"coding":[{"system":"http://loinc.org","code":"8112-5"},{"system":"urn:l","code":"NKP"}],"text":"NK"},
 "subject":{"reference":"Patient/p1"},
 "effectiveDateTime":"2025-03-22T09:30:00-05:00",
 "valueQuantity":{"value":14.20,"comparator":"<","unit":"percent","system":"http://unitsofmeasure.org","code":"%"},
 "interpretation":[{"coding":[{"system":"urn:i","code":"H"}]}],
 "specimen":{"reference":"Specimen/s1"},
 "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]}},
  {"code":{"coding":[{"system":"https://immunogate.example/fhir/CodeSystem/repro-immuno-observation",
   "code":"endometrial-compartment"}]},"valueCodeableConcept":{"coding":[{"code":"basalis"}]}}]})";

IndexRows rows_of(const std::string& text, const std::vector<TokenValue>& patient = {}) {
  const auto body = JsonView::read(text);
  EXPECT_TRUE(body);
  const auto root = body->root();
  return index_rows({std::string(root["resourceType"].text()), std::string(root["id"].text())},
                    *body, {patient, nullptr});
}

/// `system|code` of a parameter, sorted.
std::vector<std::string> tokens(const IndexRows& rows, std::string_view parameter) {
  std::vector<std::string> found;
  for (const TokenValue& token : rows.tokens)
    if (token.parameter == parameter)
      found.push_back(std::string(token.system).append("|").append(token.code));
  std::ranges::sort(found);
  return found;
}

using Texts = std::vector<std::string>;
const std::string ours = "https://immunogate.example/fhir/CodeSystem/";

TEST(IndexRows, HoldEveryCodingAndTheCycleContextOfAResult) {
  const IndexRows rows = rows_of(observation, {{"patient.identifier", "urn:m", "P0001"}});
  EXPECT_EQ(rows.patient, "p1");
  EXPECT_EQ(tokens(rows, "code"), (Texts{"http://loinc.org|8112-5", "urn:l|NKP"}));
  EXPECT_EQ(tokens(rows, "combo-code"),
            (Texts{"http://loinc.org|8112-5", "http://loinc.org|8462-4",
                   ours + "repro-immuno-observation|endometrial-compartment", "urn:l|NKP"}));
  EXPECT_EQ(tokens(rows, "compartment"), (Texts{"|basalis"}));
  EXPECT_EQ(tokens(rows, "status"), (Texts{"http://hl7.org/fhir/observation-status|final"}));
  EXPECT_EQ(tokens(rows, "cycle-anchor"), (Texts{ours + "cycle-anchor|lh-surge"}));
  EXPECT_EQ(tokens(rows, "cycle-phase"), (Texts{ours + "cycle-phase|luteal"}));
  EXPECT_EQ(tokens(rows, "cycle-type"), (Texts{ours + "cycle-type|natural"}));
  EXPECT_EQ(tokens(rows, "cycle-source"), (Texts{ours + "cycle-source|aoe-obx"}));
  EXPECT_EQ(tokens(rows, "cycle-confidence"), (Texts{ours + "cycle-confidence|stated"}));
  EXPECT_EQ(tokens(rows, "sample-type"), (Texts{ours + "sample-type|endometrium"}));
  EXPECT_EQ(tokens(rows, "_tag"), (Texts{ours + "cycle-day|cd-21"}));
  EXPECT_EQ(tokens(rows, "interpretation"), (Texts{"urn:i|H"}));
  EXPECT_EQ(tokens(rows, "order"), (Texts{"urn:o|F9", "|F8"}));
  EXPECT_EQ(tokens(rows, "sender"), (Texts{"|NORTHLIS"}));
  EXPECT_EQ(tokens(rows, "patient.identifier"), (Texts{"urn:m|P0001"}));
  ASSERT_EQ(rows.numbers.size(), 2U);
  EXPECT_EQ(rows.numbers[0].parameter, "cycle-day");
  EXPECT_EQ(rows.numbers[0].value.text(), "21");
  EXPECT_EQ(rows.numbers[1].parameter, "cycle-offset");
  EXPECT_EQ(rows.numbers[1].value.text(), "-2");
}

TEST(IndexRows, KeepDigitsComparatorAndUnitOfAQuantity) {
  const IndexRows rows = rows_of(observation);
  ASSERT_EQ(rows.quantities.size(), 1U);
  const QuantityValue& value = rows.quantities[0];
  EXPECT_EQ(value.value.text(), "14.20");
  EXPECT_EQ(value.comparator, "<");
  EXPECT_EQ(value.system, "http://unitsofmeasure.org");
  EXPECT_EQ(value.code, "%");
  EXPECT_EQ(value.unit, "percent");
}

TEST(IndexRows, HoldTheLocalCalendarOfTheLaboratoryAndTheInstant) {
  const IndexRows rows = rows_of(observation);
  ASSERT_EQ(rows.dates.size(), 1U);
  const std::int64_t local = 1'742'635'800;  // 2025-03-22T09:30:00 on the wall
  EXPECT_EQ(rows.dates[0].local_begin, local);
  EXPECT_EQ(rows.dates[0].local_end, local + 1);
  EXPECT_EQ(rows.dates[0].instant_begin, (local + 5 * 3600) * 1'000'000);
  EXPECT_EQ(rows.dates[0].instant_end, (local + 5 * 3600 + 1) * 1'000'000);
}

TEST(IndexRows, ADateWithoutTimeIsAsWideAsTheEarthsZones) {
  const IndexRows rows =
      rows_of(R"({"resourceType":"Observation","id":"o","effectiveDateTime":"2025-03-07"})");
  ASSERT_EQ(rows.dates.size(), 1U);
  const std::int64_t midnight = 1'741'305'600;
  EXPECT_EQ(rows.dates[0].local_begin, midnight);
  EXPECT_EQ(rows.dates[0].local_end, midnight + 86'400);
  EXPECT_EQ(rows.dates[0].instant_begin, (midnight - 14 * 3600) * 1'000'000);
  EXPECT_EQ(rows.dates[0].instant_end, (midnight + 36 * 3600) * 1'000'000);
}

TEST(IndexRows, APeriodWithAnOpenEndGoesOnForEver) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Specimen","id":"s","collection":{"collectedPeriod":{"start":"2025-03-07"}}})");
  ASSERT_EQ(rows.dates.size(), 1U);
  EXPECT_EQ(rows.dates[0].parameter, "collected");
  EXPECT_EQ(rows.dates[0].local_begin, 1'741'305'600);
  EXPECT_EQ(rows.dates[0].local_end, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(rows.dates[0].instant_end, std::numeric_limits<std::int64_t>::max());
}

TEST(IndexRows, ASpecimenIsFoundByHowItWasCollected) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Specimen","id":"s","collection":{"method":{"coding":[{"system":"urn:m","code":"VENIP"}]}}})");
  EXPECT_EQ(tokens(rows, "method"), (Texts{"urn:m|VENIP"}));
}

TEST(IndexRows, CountNoOffsetFromTheLastPeriod) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Observation","id":"o","extension":[{"url":")" + context_url +
      R"(","extension":[{"url":"day","valueInteger":21},{"url":"anchor","valueCode":"lmp"},)"
      R"({"url":"offset","valueInteger":20}]}]})");
  ASSERT_EQ(rows.numbers.size(), 1U);
  EXPECT_EQ(rows.numbers[0].parameter, "cycle-day");
}

TEST(IndexRows, AResultWithoutADayHasNoneAndOtherExtensionsGiveNone) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Observation","id":"o","extension":[{"url":"urn:other","extension":[)"
      R"({"url":"day","valueInteger":21}]},{"url":")" +
      context_url +
      R"(","extension":[{"url":"status","valueCode":"unknown"},{"url":"day","valueString":"7"}]}]})");
  EXPECT_TRUE(rows.numbers.empty());
}

TEST(IndexRows, OfAPatientHoldEachPartOfEachName) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:m","value":"P3"},)"
      R"({"system":"urn:empty"}],"name":[{"family":"Öz","given":["Ayşe","Nur"],"prefix":["Dr"]}],)"
      R"("birthDate":"1990-05","gender":"female"})");
  EXPECT_EQ(rows.patient, "p1");
  EXPECT_EQ(tokens(rows, "identifier"), (Texts{"urn:m|P3"}));
  EXPECT_EQ(tokens(rows, "gender"), (Texts{"http://hl7.org/fhir/administrative-gender|female"}));
  std::set<std::pair<std::string_view, std::string>> strings;
  for (const StringValue& text : rows.strings) strings.emplace(text.parameter, text.folded);
  EXPECT_EQ(strings, (std::set<std::pair<std::string_view, std::string>>{{"family", "oz"},
                                                                         {"given", "ayse"},
                                                                         {"given", "nur"},
                                                                         {"name", "oz"},
                                                                         {"name", "ayse"},
                                                                         {"name", "nur"},
                                                                         {"name", "dr"}}));
  EXPECT_EQ(rows.strings.front().exact, "Öz");
  EXPECT_EQ(rows.dates.at(0).parameter, "birthdate");
  const auto patient = JsonView::read(
      R"({"resourceType":"Patient","identifier":[{"system":"urn:m","value":"P3"},{"value":"X"}]})");
  const auto identifiers = patient_identifiers(*patient);
  EXPECT_EQ(identifiers.tokens, (std::vector<TokenValue>{{"patient.identifier", "urn:m", "P3"},
                                                         {"patient.identifier", "", "X"}}));
}

TEST(IndexRows, OfAReportHoldTheOrdersOfPlacerAndFiller) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"DiagnosticReport","id":"d1","identifier":[)"
      R"({"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC"}]},"system":"urn:p","value":"A1"},)"
      R"({"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FILL"}]},"system":"urn:f","value":"F8"},)"
      R"({"system":"urn:z","value":"Z"}],"result":[{"reference":"Observation/o1"},{"reference":"Observation/o2/_history/3"}],)"
      R"("issued":"2025-03-24T10:15:00-05:00"})");
  EXPECT_EQ(tokens(rows, "order"), (Texts{"urn:f|F8", "urn:p|A1"}));
  EXPECT_EQ(rows.references.size(), 2U);  // the store keeps those of its own order in no row
  EXPECT_EQ(rows.dates.at(0).parameter, "issued");
}

TEST(IndexRows, FollowNoReferenceThatIsNotRelative) {
  for (const char* reference : {"https://other.example/fhir/Patient/p1", "urn:uuid:1", "#p1", "p1",
                                "Patient/", "/p1", "Device/d1"}) {
    const IndexRows rows = rows_of(std::string(R"({"resourceType":"Observation","id":"o",)") +
                                   R"("subject":{"reference":")" + reference + R"("}})");
    EXPECT_EQ(rows.patient, "") << reference;
    EXPECT_TRUE(rows.references.empty()) << reference;
  }
}

TEST(IndexRows, OfAProvenanceNameItsPatientAmongItsTargets) {
  const IndexRows rows =
      rows_of(R"({"resourceType":"Provenance","id":"v","target":[{"reference":"Observation/o1"},)"
              R"({"reference":"Patient/p1"}]})");
  EXPECT_EQ(rows.patient, "p1");
  EXPECT_EQ(rows.references, (std::vector<ReferenceValue>{{"patient", "Patient", "p1"}}));
}

TEST(IndexRows, HoldOnlyTheHeadOfALongText) {
  std::string text(255, 'A');
  for (int i = 0; i < 100'000; ++i) text += "é";
  const IndexRows rows =
      rows_of(R"({"resourceType":"Observation","id":"o","valueString":")" + text + R"("})");
  ASSERT_EQ(rows.strings.size(), 1U);
  EXPECT_EQ(rows.strings[0].folded, std::string(255, 'a') + "e");
  EXPECT_EQ(rows.strings[0].exact, std::string(255, 'A'));
}

TEST(IndexRows, HoldEachValueOnce) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Observation","id":"o","code":{"coding":[{"code":"a"},{"code":"a"}]},)"
      R"("component":[{"code":{"coding":[{"code":"a"}]}}]})");
  EXPECT_EQ(tokens(rows, "code"), (Texts{"|a"}));
  EXPECT_EQ(tokens(rows, "combo-code"), (Texts{"|a"}));
}

TEST(IndexRows, SurviveAResourceWhoseElementsHaveTheWrongShape) {
  for (const char* wrong : {"1", "\"x\"", "[]", "{}", "null", "[[]]", "[{}]", "true"}) {
    std::string text = R"({"resourceType":"Observation","id":"o")";
    for (const char* name :
         {"meta", "extension", "identifier", "status", "code", "category", "subject",
          "effectiveDateTime", "valueQuantity", "component", "basedOn"})
      text += std::string(",\"") + name + "\":" + wrong;
    const IndexRows rows = rows_of(text + "}");
    EXPECT_EQ(rows.patient, "");
    EXPECT_TRUE(rows.quantities.empty());
  }
}

const std::string in_full = R"({"resourceType":"Observation","id":"o2",
 "meta":{"profile":["urn:p"],"source":"urn:s","security":[{"code":"R"}]},
 "encounter":{"reference":"Encounter/e1"},"focus":[{"reference":"Device/d1"}],
 "partOf":[{"reference":"Procedure/p1"}],"hasMember":[{"reference":"Observation/m1"}],
 "derivedFrom":[{"reference":"Observation/d1"}],"method":{"coding":[{"code":"flow"}]},
 "dataAbsentReason":{"coding":[{"code":"unknown"}]},"valueDateTime":"2025-01-02",
 "valueCodeableConcept":{"coding":[{"code":"x"}],"text":"Y"},
 "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"},{"code":"SYS"}]},
   "valueQuantity":{"value":138,"unit":"mmHg"}},
  {"code":{"coding":[{"system":"urn:l","code":"C"}]},"dataAbsentReason":{"coding":[{"code":"n"}]},
   "valueCodeableConcept":{"coding":[{"system":"urn:v","code":"V"}]}}]})";

TEST(IndexRows, FeedEveryParameterOfAnObservation) {
  const IndexRows rows = rows_of(observation, {{"patient.identifier", "urn:m", "P0001"}});
  const IndexRows full = rows_of(in_full);
  std::set<std::string_view> fed;
  for (const IndexRows* all : {&rows, &full}) {
    for (const auto& row : all->tokens) fed.insert(row.parameter);
    for (const auto& row : all->strings) fed.insert(row.parameter);
    for (const auto& row : all->references) fed.insert(row.parameter);
    for (const auto& row : all->numbers) fed.insert(row.parameter);
    for (const auto& row : all->quantities) fed.insert(row.parameter);
    for (const auto& row : all->dates) fed.insert(row.parameter);
  }
  for (const Parameter& parameter : parameters()) {
    const bool here =
        parameter.type == "Observation" || (parameter.type == "*" && !parameter.elements.empty());
    if (!here || parameter.name == "subject") continue;  // subject is asked as patient
    if (parameter.kind == Kind::composite || !parameter.either.empty()) continue;  // of its parts
    EXPECT_TRUE(fed.contains(parameter.name)) << parameter.name;
  }
}

TEST(IndexRows, HoldCodeAndValueOfAComponentAsPairs) {
  const IndexRows rows = rows_of(in_full);
  const auto pressure = [](std::string_view system, std::string_view code) {
    return paired("component-code-value-quantity", system, code);
  };
  std::set<std::string_view> names;
  for (const auto& row : rows.quantities) names.insert(row.parameter);
  EXPECT_TRUE(names.contains(pressure("http://loinc.org", "8480-6")));
  EXPECT_TRUE(names.contains(pressure("", "SYS")));
  EXPECT_FALSE(names.contains(pressure("urn:l", "C"))) << "it has no number";
  EXPECT_EQ(tokens(rows, paired("component-code-value-concept", "urn:l", "C")), (Texts{"urn:v|V"}));
}

TEST(IndexRows, SayOfEveryPatientWhetherDead) {
  const auto said = [](const std::string& member) {
    return tokens(rows_of(R"({"resourceType":"Patient","id":"p1")" + member + "}"), "deceased");
  };
  EXPECT_EQ(said(""), (Texts{"|false"}));
  EXPECT_EQ(said(R"(,"deceasedBoolean":false)"), (Texts{"|false"}));
  EXPECT_EQ(said(R"(,"deceasedBoolean":true)"), (Texts{"|true"}));
  EXPECT_EQ(said(R"(,"deceasedDateTime":"2025-01-02")"), (Texts{"|true"}));
}

TEST(IndexRows, TellATelephoneFromAnAddressOfMail) {
  const IndexRows rows = rows_of(
      R"({"resourceType":"Practitioner","id":"a1","telecom":[{"system":"phone","value":"1"},)"
      R"({"system":"email","value":"a@b"}]})");
  EXPECT_EQ(tokens(rows, "phone"), (Texts{"phone|1"}));
  EXPECT_EQ(tokens(rows, "email"), (Texts{"email|a@b"}));
  EXPECT_EQ(tokens(rows, "telecom"), (Texts{"email|a@b", "phone|1"}));
}

TEST(IndexRows, TellTooLongACodeByItsBeginningAndItsHash) {
  const std::string longest(indexed_code_bytes, 'a'), longer = longest + 'a';
  EXPECT_EQ(as_indexed(longest), longest);
  EXPECT_EQ(as_indexed(longer).size(), least_cut_bytes + 64);
  EXPECT_NE(as_indexed(longer), as_indexed(longer + 'a'));
  const IndexRows rows = rows_of(
      R"({"resourceType":"Observation","id":"o1","identifier":[{"value":")" + longer + R"("}]})");
  EXPECT_EQ(tokens(rows, "identifier"), (Texts{"|" + as_indexed(longer)}));
  const auto asked = parse("Observation", "identifier=" + longer);
  ASSERT_TRUE(asked);
  EXPECT_EQ(std::get<TokenMatch>(asked->criteria[0].any_of[0]).code, as_indexed(longer));
}

}  // namespace
}  // namespace gateway::fhir::search
