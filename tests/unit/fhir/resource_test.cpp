#include "gateway/fhir/resource.hpp"

#include <gtest/gtest.h>

#include "gateway/base/result.hpp"

namespace gateway::fhir {
namespace {

Version version_of(std::string body) {
  return {.key = {"Observation", "o1"},
          .version = 3,
          .last_updated = {1'742'829'300'000'000},
          .body = std::move(body)};
}

TEST(Resource, IsServedWithVersionAndTimeSplicedIntoItsMeta) {
  EXPECT_EQ(
      served(version_of(
          R"({"resourceType":"Observation","id":"o1","meta":{"tag":[{"code":"x"}]},"v":5.10})")),
      R"({"resourceType":"Observation","id":"o1","meta":{"versionId":"3",)"
      R"("lastUpdated":"2025-03-24T15:15:00.000Z","tag":[{"code":"x"}]},"v":5.10})");
}

TEST(Resource, AnEmptyMetaIsServedWithoutAStrayComma) {
  EXPECT_EQ(served(version_of(R"({"resourceType":"Observation","id":"o1","meta":{},"v":5.10})")),
            R"({"resourceType":"Observation","id":"o1","meta":{"versionId":"3",)"
            R"("lastUpdated":"2025-03-24T15:15:00.000Z"},"v":5.10})");
}

TEST(Resource, ABodyOfAnyOtherShapeIsABrokenInvariant) {
  for (const char* body :
       {"", "{}", R"({"id":"o1"})", R"({"resourceType":"Observation","id":"o1"})",
        R"({"resourceType":"Observation","id":"o1","status":"final","meta":{}})",
        R"({"resourceType":"Observation","meta":{},"id":"o1"})", R"({"resourceType":"Observation)"})
    EXPECT_THROW(meta_at(body), base::BrokenInvariant) << body;
}

}  // namespace
}  // namespace gateway::fhir
