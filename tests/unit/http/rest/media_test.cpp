#include "gateway/http/rest/media.hpp"

#include <gtest/gtest.h>

namespace gateway::http::rest {
namespace {

TEST(Media, AnAcceptHeaderIsReadWithWeightsAndVersions) {
  const auto ranges = accepted(
      "Text/HTML, application/fhir+json;fhirVersion=\"4.0\"; q=0.25 ,, */*;q=0, image/*;q=1.0");
  ASSERT_EQ(ranges.size(), 4U);
  EXPECT_EQ(ranges[0].type, "text/html");
  EXPECT_EQ(ranges[0].weight, 1000);
  EXPECT_EQ(ranges[1].type, "application/fhir+json");
  EXPECT_EQ(ranges[1].weight, 250);
  EXPECT_EQ(ranges[1].fhir_version, "4.0");
  EXPECT_EQ(ranges[2].weight, 0);
  EXPECT_TRUE(accepted("").empty());
}

TEST(Media, TheMostPreciseRangeDecides) {
  const auto ranges = accepted("*/*;q=0.1, image/*;q=0.5, image/png;q=0, text/plain");
  EXPECT_EQ(weight_of(ranges, "image/png"), 0);
  EXPECT_EQ(weight_of(ranges, "image/gif"), 500);
  EXPECT_EQ(weight_of(ranges, "text/plain"), 1000);
  EXPECT_EQ(weight_of(ranges, "application/pdf"), 100);
  EXPECT_EQ(weight_of(accepted("text/plain"), "application/pdf"), 0);
}

}  // namespace
}  // namespace gateway::http::rest
