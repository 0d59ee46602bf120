#include "gateway/fhir/patients.hpp"

#include <vector>

#include <gmock/gmock.h>

namespace tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> patients(const std::string& type, const std::string& id,
                                  const std::string& rest) {
  std::vector<std::string> out;
  gateway::fhir::Version version;
  version.key = {type, id};
  version.body = R"({"resourceType":")" + type + R"(","id":")" + id + R"(","meta":{})" + rest + "}";
  gateway::fhir::each_patient(version, [&](std::string_view one) { out.emplace_back(one); });
  return out;
}

TEST(Patients, AreTheResourceItselfAndWhomItRefersTo) {
  EXPECT_THAT(patients("Patient", "p1", ""), ElementsAre("Patient/p1"));
  EXPECT_THAT(patients("Observation", "o1",
                       R"(,"subject":{"reference":"Patient/p1"},"focus":)"
                       R"([{"reference":"Patient/p2"}])"),
              ElementsAre("Patient/p1", "Patient/p2"));
  EXPECT_THAT(patients("Provenance", "x", R"(,"target":[{"reference":"Patient/p1/_history/2"}])"),
              ElementsAre("Patient/p1"));
}

TEST(Patients, AreNotWhatOnlyLooksLikeAReference) {
  EXPECT_THAT(patients("Observation", "o1",
                       R"(,"valueString":"\"reference\":\"Patient/p9\"","specimen":)"
                       R"({"reference":"Specimen/s1"})"),
              IsEmpty());
  EXPECT_THAT(patients("Observation", "o1",
                       R"(,"subject":{"reference":"https://other.example/Patient/p1"})"),
              IsEmpty());
}

}  // namespace
}  // namespace tests
