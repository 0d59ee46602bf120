#include "gateway/fhir/search/index_memory.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/index_steps.hpp"

#include "tests/support/files.hpp"

namespace gateway::fhir::search {
namespace {

struct Body {
  ResourceKey key;
  std::string text;
};

Body body_of(const Json& resource) {
  return {{resource["resourceType"].text(), resource["id"].text()}, resource.write()};
}

/// Every resource of the golden files.
std::vector<Body> golden_bodies() {
  std::vector<Body> bodies;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(tests::source_dir() / "tests" / "golden")) {
    if (file.path().extension() != ".json") continue;
    const auto json = parse_json(tests::read_file(file.path()));
    if (!json || (*json)["resourceType"].text() != "Bundle") continue;
    for (const auto& entry : (*json)["entry"].items()) bodies.push_back(body_of(entry["resource"]));
  }
  return bodies;
}

IndexRows remembered(IndexMemory& memory, const Body& body, const PatientIdentifiers& identifiers) {
  auto rows = memory.gather(body.key, body.text);
  settle_rows(index_plan(body.key.type), identifiers, rows);
  return rows;
}

void expect_same(const IndexRows& rows, const IndexRows& expected, const std::string& of) {
  EXPECT_EQ(rows.patient, expected.patient) << of;
  EXPECT_TRUE(rows.tokens == expected.tokens) << of;
  EXPECT_TRUE(rows.strings == expected.strings) << of;
  EXPECT_TRUE(rows.references == expected.references) << of;
  EXPECT_TRUE(rows.numbers == expected.numbers) << of;
  EXPECT_TRUE(rows.quantities == expected.quantities) << of;
  EXPECT_TRUE(rows.dates == expected.dates) << of;
}

TEST(IndexMemory, GivesTheRowsOfTheBodyWhetherItKnowsItsMembersOrNot) {
  const auto bodies = golden_bodies();
  ASSERT_GT(bodies.size(), 150U);
  const PatientIdentifiers identifiers{{{"patient.identifier", "urn:mrn", "P1"}}, nullptr};
  IndexMemory memory;
  for (int time = 0; time < 2; ++time)
    for (const auto& body : bodies)
      expect_same(remembered(memory, body, identifiers),
                  index_rows(body.key, *JsonView::read(body.text), identifiers),
                  body.key.type + '/' + body.key.id);
}

TEST(IndexMemory, RowsOutliveTheBodyAndWhatTookThePlaceOfItsMembers) {
  IndexMemory memory;
  auto body = [](int number) {
    return R"({"resourceType":"Observation","id":"o","identifier":[{"value":")" +
           std::to_string(number) + R"("}]})";
  };
  const ResourceKey key{"Observation", "o"};
  const auto first = memory.gather(key, body(1)), again = memory.gather(key, body(1));
  for (int number = 2; number < 20000; ++number) (void)memory.gather(key, body(number));
  for (const auto& rows : {first, again}) {
    ASSERT_EQ(rows.tokens.size(), 1U);
    EXPECT_EQ(rows.tokens.front().code, "1");
  }
}

TEST(IndexMemory, TheSameMemberMeansSomethingElseInAnotherType) {
  IndexMemory memory;
  const std::string member = R"("status":"final")";
  for (const auto* type : {"Observation", "DiagnosticReport", "Observation"}) {
    const auto rows = memory.gather(
        {type, "x"}, R"({"resourceType":")" + std::string(type) + R"(",)" + member + '}');
    ASSERT_EQ(rows.tokens.size(), 1U) << type;
    EXPECT_EQ(rows.tokens.front().system, type == std::string_view("Observation")
                                              ? "http://hl7.org/fhir/observation-status"
                                              : "http://hl7.org/fhir/diagnostic-report-status");
  }
}

TEST(IndexMemory, ThePatientIsWhoTheFirstOfTheNamesSays) {
  IndexMemory memory;
  const auto patient = [&](const std::string& members) {
    return memory.gather({"Provenance", "x"}, R"({"resourceType":"Provenance",)" + members + '}')
        .patient;
  };
  EXPECT_EQ(patient(R"("target":[{"reference":"Patient/t"}],"patient":{"reference":"Patient/p"})"),
            "p");
  EXPECT_EQ(patient(R"("target":[{"reference":"Task/x"},{"reference":"Patient/t"}])"), "t");
  EXPECT_EQ(patient(R"("status":"final")"), "");
}

}  // namespace
}  // namespace gateway::fhir::search
