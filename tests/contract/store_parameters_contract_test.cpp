#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

using gateway::store::VersionWrite;

// Ids of one order share ten characters behind their letter (V2FHIR.md §3.1).
const std::string first_order = "aaaaaaaaaa", second_order = "bbbbbbbbbb";

std::string joined_ids(const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids)
    out += (out.empty() ? "" : ",") + (R"({"reference":"Observation/)" + id + R"("})");
  return out;
}

VersionWrite report(const std::string& id, const std::vector<std::string>& results,
                    const std::string& status = "final", std::int64_t follows = 0) {
  return written(
      {"DiagnosticReport", id},
      body_of({"DiagnosticReport", id}, "",
              R"("status":")" + status + R"(","subject":{"reference":"Patient/p1"},"result":[)" +
                  joined_ids(results) + "]"),
      follows);
}

template <class EngineUnderTest>
class StoreAnswers : public StoreContract<EngineUnderTest> {
 protected:
  void keep(std::vector<VersionWrite> versions) {
    this->commit(message("m" + std::to_string(++messages_), "p1", std::move(versions)));
  }
  void store_observation(const std::string& id, const std::string& members) {
    keep({written(
        {"Observation", id},
        body_of({"Observation", id}, "", R"("subject":{"reference":"Patient/p1"},)" + members))});
  }
  std::string reports(const std::string& query) { return this->found(query, "DiagnosticReport"); }

 private:
  int messages_ = 0;
};
TYPED_TEST_SUITE(StoreAnswers, Engines);

TYPED_TEST(StoreAnswers, WhichReportsListAResult) {
  const auto nk = "o" + first_order + "1", survey = "o" + first_order + "2",
             il2 = "o" + second_order + "1";
  this->keep({report("d" + first_order, {nk}), written(Result{.id = nk}),
              written(Result{.id = survey, .code = "8665-2", .sample = "plasma"})});
  this->keep({report("d" + second_order, {il2, nk}),
              written(Result{.id = il2, .code = "9728-7", .cycle_day = "21"})});
  const auto first = "d" + first_order, second = "d" + second_order;
  EXPECT_EQ(this->reports("result=" + il2), second);
  EXPECT_EQ(this->reports("result=Observation/" + nk), first + " " + second)
      << "a report may list a result of another order";
  EXPECT_EQ(this->reports("result=" + survey), "") << "of the order, and not listed";
  EXPECT_EQ(this->reports("result=" + il2 + "," + survey), second);
  EXPECT_EQ(this->reports("result.code=9728-7"), second);
  EXPECT_EQ(this->reports("result.code=8112-5"), first + " " + second);
  EXPECT_EQ(this->reports("result.code=8665-2"), "");
  EXPECT_EQ(this->reports("result.value-quantity=gt14&result.code=9728-7"), second);
  EXPECT_EQ(this->reports("result.value-quantity=gt15"), "");
  EXPECT_EQ(this->reports("patient=p1&result.code=9728-7"), second) << "looked up in passing";
  EXPECT_EQ(this->reports("patient=p1&result.code=8665-2"), "");
  EXPECT_EQ(this->reports("sample-type=plasma"), "");
  EXPECT_EQ(this->reports("sample-type=peripheral-blood"), first + " " + second);
  EXPECT_EQ(this->reports("cycle-day=21"), second);
  EXPECT_EQ(this->reports("result:missing=true"), "");
  EXPECT_EQ(this->found("_has:DiagnosticReport:result:status=final"), nk + " " + il2);
  EXPECT_EQ(this->found("_has:DiagnosticReport:result:status=partial"), "");
  EXPECT_EQ(this->problems(), std::vector<std::string>{});
}

/// SQLite bears 500 terms of a compound statement, and expressions 1,000 deep.
TYPED_TEST(StoreAnswers, AThousandAlternatives) {
  const auto nk = "o" + first_order + "1", id = "d" + first_order;
  this->keep({report(id, {nk}), written(Result{.id = nk}),
              written(Result{.id = "o" + first_order + "2"})});
  std::string ids = nk, results = nk;
  for (int i = 1000; i < 1999; ++i) {
    results += ",o" + std::to_string(i) + "cdefgh1";
    ids += ",x" + std::to_string(i);
  }
  EXPECT_EQ(this->found("_id=" + ids), nk);
  EXPECT_EQ(this->reports("result=" + results), id);
}

TYPED_TEST(StoreAnswers, AThousandThatAllStand) {
  std::string ids;
  for (int i = 1000; i < 2000; ++i) {
    this->keep({written(Result{.id = "s" + std::to_string(i)})});
    ids += (ids.empty() ? "" : ",") + ("s" + std::to_string(i));
  }
  EXPECT_EQ(this->found("_count=1&_id=" + ids), "s1000");
}

TYPED_TEST(StoreAnswers, WhatAReportListedThen) {
  const auto one = "o" + first_order + "1", other = "o" + first_order + "2", id = "d" + first_order;
  this->keep({report(id, {one, other}), written(Result{.id = one}),
              written(Result{.id = other, .code = "9728-7"})});
  auto snapshot = this->store_now();
  this->keep({report(id, {one}, "corrected", 1)});
  EXPECT_EQ(this->reports("result.code=9728-7"), "");
  EXPECT_EQ(this->reports("result.code=8112-5"), id);
  EXPECT_EQ(this->found_then(snapshot, "result.code=9728-7", "DiagnosticReport"), id);
  EXPECT_EQ(this->found_then(snapshot, "_has:DiagnosticReport:result:status=final", "Observation"),
            one + " " + other);
}

TYPED_TEST(StoreAnswers, CodeAndValueOfOneComponent) {
  this->store_observation(
      "bp",
      R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":138,"unit":"mmHg"}},)"
      R"({"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":88,"unit":"mmHg"}},)"
      R"({"code":{"coding":[{"system":"urn:l","code":"ARM"}]},"valueCodeableConcept":{"coding":[{"system":"urn:v","code":"LEFT"}]}}])");
  this->keep({written(Result{.id = "nk"})});
  const std::string pair = "component-code-value-quantity=";
  EXPECT_EQ(this->found(pair + "http://loinc.org|8462-4$ge90"), "") << "the other has 138";
  EXPECT_EQ(this->found(pair + "http://loinc.org|8480-6$ge130"), "bp");
  EXPECT_EQ(this->found(pair + "8480-6$ge130"), "bp");
  EXPECT_EQ(this->found(pair + "http://loinc.org|$lt90"), "bp");
  EXPECT_EQ(this->found(pair + "urn:x|$lt90"), "");
  EXPECT_EQ(this->found(pair + "|8480-6$ge130"), "");
  EXPECT_EQ(this->found(pair + "8462-4$ge90,8462-4$88"), "bp");
  EXPECT_EQ(this->found("component-code-value-concept=ARM$LEFT"), "bp");
  EXPECT_EQ(this->found("component-code-value-concept=ARM$RIGHT"), "");
  EXPECT_EQ(this->found("component-code=8480-6"), "bp");
  EXPECT_EQ(this->found("component-value-quantity=gt100"), "bp");
  EXPECT_EQ(this->found("combo-value-quantity=gt10"), "bp nk");
  EXPECT_EQ(this->found("combo-value-quantity=14.2"), "nk");
  EXPECT_EQ(this->found("combo-value-quantity:missing=true"), "");
  EXPECT_EQ(this->found("combo-value-concept=LEFT"), "bp");
  EXPECT_EQ(this->found("combo-value-concept:not=LEFT"), "nk");
  EXPECT_EQ(this->found("combo-code-value-quantity=8112-5$gt14,8462-4$88"), "bp nk");
  EXPECT_EQ(this->found("combo-code-value-quantity=8112-5$88"), "");
  EXPECT_EQ(this->found("code-value-quantity=8112-5$gt14||%25"), "nk");
  EXPECT_EQ(this->found("code-value-quantity=8112-5$gt15,9728-7$gt1"), "");
  EXPECT_EQ(this->problems(), std::vector<std::string>{});
}

TYPED_TEST(StoreAnswers, NumbersInWhateverUnitOfTheirKind) {
  const auto kept = [](const std::string& id, const std::string& value, const std::string& code,
                       const std::string& comparator = "") {
    return written(
        Result{.id = id, .value = value, .comparator = comparator, .unit = code, .ucum = code});
  };
  this->keep({kept("per-l", "0.312", "10*9/L"), kept("per-ul", "260", "/uL"),
              kept("ng", "2.6", "ng/L"), kept("below", "0.5", "%", "<"), kept("odd", "7", "pct"),
              kept("minute", "6", "/min")});
  const auto ucum = [](const std::string& code) { return "|http://unitsofmeasure.org|" + code; };
  EXPECT_EQ(this->found("value-quantity=gt300" + ucum("/uL")), "per-l");
  EXPECT_EQ(this->found("value-quantity=gt0.2" + ucum("10*9/L")), "per-l per-ul");
  EXPECT_EQ(this->found("value-quantity=0.26" + ucum("10*9/L")), "per-ul");
  EXPECT_EQ(this->found("value-quantity=0.3" + ucum("10*9/L")), "per-l per-ul") << "[0.25, 0.35)";
  EXPECT_EQ(this->found("value-quantity=ne0.26" + ucum("10*9/L")), "per-l");
  EXPECT_EQ(this->found("value-quantity=gt2.5" + ucum("pg/mL")), "ng");
  EXPECT_EQ(this->found("value-quantity=lt0.01" + ucum("1")), "below") << "0.5 % is less than 0.01";
  EXPECT_EQ(this->found("value-quantity=gt0.001" + ucum("1")), "");
  EXPECT_EQ(this->found("value-quantity=ge0.1" + ucum("/s")), "minute");
  EXPECT_EQ(this->found("value-quantity=gt0.1" + ucum("/s")), "");
  EXPECT_EQ(this->found("value-quantity=gt1" + ucum("kPa")), "");
  EXPECT_EQ(this->found("value-quantity=7||pct"), "odd");
  EXPECT_EQ(this->found("value-quantity=gt200"), "per-ul") << "without a unit as it is written";
}

TYPED_TEST(StoreAnswers, ProfilesAndSourcesByTheirBeginning) {
  this->keep({written({"Observation", "a"},
                      body_of({"Observation", "a"}, R"("profile":["urn:p|1.2"],"source":"urn:s")",
                              R"("status":"final")"))});
  EXPECT_EQ(this->found("_profile=urn:p%5C%7C1.2"), "a");
  EXPECT_EQ(this->found("_profile=urn:p"), "");
  EXPECT_EQ(this->found("_profile:below=urn:p"), "a");
  EXPECT_EQ(this->found("_profile:below=urn:p%5C%7C1"), "a");
  EXPECT_EQ(this->found("_profile:above=urn:p%5C%7C1.2.3"), "a");
  EXPECT_EQ(this->found("_source=urn:s"), "a");
  EXPECT_EQ(this->found("_source:missing=true"), "");
}

TYPED_TEST(StoreAnswers, AddressesThatBeginSoAndWhatTheyBeginWith) {
  const auto device = [](const std::string& id, const std::string& url) {
    return written({"Device", id}, body_of({"Device", id}, "", R"("url":")" + url + R"(")"));
  };
  this->keep({device("d1", "urn:d:1"), device("d2", "urn:d:1:2"), device("d3", "urn:e")});
  EXPECT_EQ(this->found("url=urn:d:1", "Device"), "d1");
  EXPECT_EQ(this->found("url:below=urn:d:1", "Device"), "d1 d2");
  EXPECT_EQ(this->found("url:above=urn:d:1:2,urn:e:x", "Device"), "d1 d2 d3");
}

TYPED_TEST(StoreAnswers, AnAccessionNumberIsNoIdentifierAsR4DefinesIt) {
  const auto specimen = [](const std::string& id, const std::string& member) {
    return written({"Specimen", id}, body_of({"Specimen", id}, "",
                                             R"("subject":{"reference":"Patient/p1"},")" + member));
  };
  this->keep({specimen("s1", R"(identifier":[{"system":"urn:i","value":"A1"}])"),
              specimen("s2", R"(accessionIdentifier":{"system":"urn:i","value":"A1"})")});
  EXPECT_EQ(this->found("identifier=urn:i|A1", "Specimen"), "s1");
  EXPECT_EQ(this->found("accession=A1", "Specimen"), "s2");
  EXPECT_EQ(this->found("identifier:missing=true", "Specimen"), "s2");
  EXPECT_EQ(this->found("accession:missing=true", "Specimen"), "s1");
  EXPECT_EQ(this->problems(), std::vector<std::string>{});
}

TYPED_TEST(StoreAnswers, AnyNumberOfASystemBesideOneOfAnother) {
  const auto patient = [](const std::string& id, const std::string& system) {
    return written({"Patient", id}, body_of({"Patient", id}, "",
                                            R"("identifier":[{"system":")" + system +
                                                R"(","value":")" + id + R"("}])"));
  };
  this->keep({patient("p1", "urn:a"), patient("p2", "urn:b"), patient("p3", "urn:c")});
  EXPECT_EQ(this->found("identifier=urn:a|,p2,urn:b|p3", "Patient"), "p1 p2");
  EXPECT_EQ(this->found("identifier=urn:a|,urn:c|", "Patient"), "p1 p3");
  EXPECT_EQ(this->found("identifier:not=urn:a|,p2", "Patient"), "p3");
}

TYPED_TEST(StoreAnswers, AnIdentifierOfOneType) {
  this->keep({written(
      {"Patient", "p1"},
      body_of({"Patient", "p1"}, "",
              R"("identifier":[{"type":{"coding":[{"system":"urn:t","code":"MR"}]},"value":"1"},)"
              R"({"type":{"coding":[{"system":"urn:t","code":"SS"}]},"value":"2"}])"))});
  EXPECT_EQ(this->found("identifier:of-type=urn:t|MR|1", "Patient"), "p1");
  EXPECT_EQ(this->found("identifier:of-type=|MR|1", "Patient"), "p1");
  EXPECT_EQ(this->found("identifier:of-type=urn:t|MR|2", "Patient"), "");
  EXPECT_EQ(this->found("identifier:of-type=urn:t|MR|2,urn:t|SS|2", "Patient"), "p1");
}

TYPED_TEST(StoreAnswers, SortedByWhatOnlyTheBodySays) {
  this->keep({written(Result{.id = "a", .specimen = "s2", .order = "F2"}),
              written(Result{.id = "b", .specimen = "s1", .order = "F3"}),
              written(Result{.id = "c", .order = "F1"})});
  EXPECT_EQ(this->found("_sort=order"), "c a b");
  EXPECT_EQ(this->found("_sort=-order"), "b a c");
  EXPECT_EQ(this->found("_sort=specimen"), "b a c") << "without one last";
  EXPECT_EQ(this->found("_sort=-specimen"), "c a b");
  EXPECT_EQ(this->found("_sort=identifier"), "c a b");
}

TYPED_TEST(StoreAnswers, NoSearchThatNoIndexBoundsWithoutEnd) {
  std::vector<VersionWrite> many;
  for (int i = 0; i < 300; ++i)
    many.push_back(written(Result{.id = "r" + std::to_string(i), .cycle_day = "3"}));
  this->keep(std::move(many));
  const auto within = [&](const std::string& query, std::int64_t steps) {
    const auto parsed = gateway::fhir::search::parse("Observation", query);
    EXPECT_TRUE(parsed) << query;
    gateway::store::Search search;
    search.query = &*parsed;
    search.most_steps = steps;
    auto snapshot = this->store->snapshot();
    const auto page = (*snapshot)->search(search);
    const bool goes_on = (*snapshot)->search({.query = &*parsed}).operator bool();
    EXPECT_TRUE(goes_on) << "the snapshot is as good as before";
    return page ? std::string() : page.error().text();
  };
  EXPECT_EQ(within("cycle-day:missing=true", 1'000'000), "");
  const auto refused = within("cycle-day:missing=true", 1000);
  EXPECT_THAT(refused, HasSubstr("http.cycle-day: search-too-costly"));
  EXPECT_THAT(refused, HasSubstr("add one of: patient"));
  EXPECT_THAT(within("_sort=-date", 1000), HasSubstr("http._sort"));
  EXPECT_EQ(within("cycle-day=3", 1000), "") << "an index bounds it";
  EXPECT_EQ(within("_total=accurate", 1000), "") << "all of it is asked";
}

TYPED_TEST(StoreAnswers, EveryParameterInSomeWay) {
  for (const auto& parameter : gateway::fhir::search::parameters()) {
    using gateway::fhir::search::Kind;
    if (parameter.type == "AuditEvent") continue;  // the trail is searched by other means
    static const std::map<Kind, std::string> values = {
        {Kind::token, "a"},    {Kind::string, "a"},  {Kind::reference, "a"}, {Kind::number, "1"},
        {Kind::quantity, "1"}, {Kind::date, "2025"}, {Kind::uri, "urn:a"}};
    const std::string type(parameter.type == "*" ? "Task" : parameter.type);
    const std::string name(parameter.name);
    std::string value;
    if (parameter.kind == Kind::composite) {
      using gateway::fhir::search::find_parameter;
      value = values.at(find_parameter(type, parameter.left)->kind) + "$" +
              values.at(find_parameter(type, parameter.right)->kind);
    } else {
      value = values.at(parameter.kind);
      EXPECT_THAT(this->found(name + ":missing=false", type), Not(HasSubstr("error")))
          << type << name;
    }
    EXPECT_EQ(this->found(name + "=" + value, type), "") << type << name;
  }
}

TYPED_TEST(StoreAnswers, UsCoreByAnIndex) {
  const auto plan = [&](const std::string& type, const std::string& query) {
    const auto text = this->plan(query, type);
    EXPECT_THAT(text, Not(HasSubstr("error"))) << query;
    EXPECT_THAT(text, Not(HasSubstr("SCAN r\n"))) << type << ' ' << query;
    EXPECT_THAT(text, Not(HasSubstr("SCAN e"))) << type << ' ' << query;
  };
  const std::string codes = "code=http://loinc.org|a,b", days = "=ge2025-01-01";
  for (const std::string type : {"Observation", "DiagnosticReport"})
    for (const std::string& query :
         {std::string("category=laboratory"), codes, "category=laboratory&date" + days,
          codes + "&date" + days, std::string("category=laboratory&status=final"),
          "category=laboratory&_lastUpdated" + days})
      plan(type, "patient=p1&" + query);
  for (const std::string& query :
       {std::string("category=a"), codes, "category=a&authored" + days, std::string("status=a")})
    plan("ServiceRequest", "patient=Patient/p1&" + query);
  for (const std::string query : {"birthdate=1989-01-02&name=a", "gender=female&name=a",
                                  "family=a&gender=female", "identifier=a", "_id=a"})
    plan("Patient", query);
  for (const std::string query :
       {"patient=p1", "patient=p1&date=ge2025", "patient=p1&class=AMB", "patient=p1&type=a",
        "patient=p1&status=finished", "patient=p1&location=l1", "date=ge2025&patient=p1", "_id=e"})
    plan("Encounter", query);
  for (const std::string query : {"patient=p1", "patient=p1&type=a", "patient=p1&category=a",
                                  "patient=p1&category=a&date=ge2025",
                                  "patient=p1&type=a&period=ge2025", "patient=p1&status=current"})
    plan("DocumentReference", query);
  for (const std::string query : {"name=a", "identifier=a", "_id=a"}) plan("Practitioner", query);
  for (const std::string query : {"specialty=a", "practitioner=a", "practitioner.name=a"})
    plan("PractitionerRole", query);
  for (const std::string query : {"name=a", "identifier=a"}) plan("Organization", query);
  plan("Specimen", "patient=p1");
  plan("Provenance", "patient=p1&recorded=ge2025");
}

TYPED_TEST(StoreAnswers, WhatReportsListByAnIndex) {
  this->keep({report("d" + first_order, {"o" + first_order + "1"}),
              written(Result{.id = "o" + first_order + "1"})});
  for (const std::string query :
       {"result=a", "result.code=8112-5", "sample-type=plasma", "cycle-day=21",
        "patient=p1&result.code=8112-5", "result.value-quantity=gt5&result.code=8112-5"}) {
    if (!this->engine.leads_by_lists) break;  // PostgreSQL's planner goes another way
    EXPECT_THAT(this->plan(query, "DiagnosticReport"), Not(HasSubstr("SCAN r\n"))) << query;
    EXPECT_THAT(this->plan(query, "DiagnosticReport"), Not(HasSubstr("SCAN l"))) << query;
  }
  for (const std::string query :
       {"component-code-value-quantity=a$1", "combo-code=a", "code-value-concept=a$b",
        "encounter=e", "method=a", "_profile=urn:a", "has-member=a"})
    EXPECT_THAT(this->plan(query), Not(HasSubstr("SCAN r\n"))) << query;
  for (const std::string query :
       {"combo-value-concept=a", "combo-code-value-quantity=a$1", "combo-data-absent-reason=a"}) {
    EXPECT_THAT(this->plan(query), Not(HasSubstr("SCAN r\n"))) << query;
    EXPECT_THAT(this->plan(query), Not(HasSubstr("SCAN ru\n"))) << query;
  }
}

/// Words of any sender; no engine's index holds texts of any length (PostgreSQL: 2.7 kB).
std::string noise(std::size_t bytes) {
  std::string out;
  for (std::uint32_t state = 7; out.size() < bytes; state = state * 1664525U + 1013904223U)
    out += static_cast<char>('a' + (state >> 24U) % 26U);
  return out;
}

TYPED_TEST(StoreAnswers, WhatHasALongerCodeThanAnIndexHolds) {
  const auto number = noise(9000), other = number.substr(0, 8999) + 'A';
  const auto of = [](const std::string& id, const std::string& code) {
    return body_of({"Observation", id}, "",
                   R"("identifier":[{"system":"urn:)" + code + R"(","value":")" + code +
                       R"("}],"code":{"coding":[{"system":"urn:)" + code + R"(","code":")" + code +
                       R"("}]},"valueQuantity":{"value":1,"unit":")" + code +
                       R"(","system":"urn:)" + code + R"(","code":")" + code +
                       R"("},"valueString":")" + code + R"(")");
  };
  for (const auto& [id, code] : {std::pair("a", number), std::pair("b", other)})
    this->commit(message(id, "p1", {written({"Observation", id}, of(id, code))}));
  EXPECT_EQ(this->found("identifier=" + number), "a");
  EXPECT_EQ(this->found("identifier=urn:" + other + "|" + other), "b");
  EXPECT_EQ(this->found("code=" + other), "b");
  EXPECT_EQ(this->found("code=urn:" + number + "|"), "a");
  EXPECT_EQ(this->found("value-quantity=1||" + number), "a");
  EXPECT_EQ(this->found("value-quantity=1|urn:" + other + "|" + other), "b");
  EXPECT_TRUE(this->problems().empty());
}

}  // namespace
}  // namespace tests
