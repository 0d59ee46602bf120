#include "gateway/fhir/search/parameters.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace gateway::fhir::search {
namespace {

TEST(Parameters, StandOnceATypeAndBelongToATypeThatIsServed) {
  std::set<std::string> seen;
  for (const Parameter& parameter : parameters()) {
    const std::string name = std::string(parameter.type) + "." + std::string(parameter.name);
    EXPECT_TRUE(seen.insert(name).second) << name;
    EXPECT_TRUE(parameter.type == "*" || has_search(parameter.type)) << name;
    EXPECT_FALSE(parameter.documentation.empty()) << name;
  }
}

TEST(Parameters, OfEveryTypeAreFoundForEachOfThem) {
  for (const std::string_view type : served_types()) {
    ASSERT_NE(find_parameter(type, "_id"), nullptr);
    EXPECT_NE(find_parameter(type, "_tag"), nullptr);
  }
  EXPECT_EQ(find_parameter("Observation", "cycle-day")->kind, Kind::number);
  EXPECT_EQ(find_parameter("Patient", "cycle-day"), nullptr);
  EXPECT_EQ(find_parameter("Observation", "Code"), nullptr);
  EXPECT_EQ(find_parameter("Observation", "*"), nullptr);
}

TEST(Parameters, NameTheNearestToAWrongOne) {
  EXPECT_EQ(nearest_parameter("Observation", "cycle-dai"), "cycle-day");
  EXPECT_EQ(nearest_parameter("Observation", "CycleDay"), "cycle-day");
  EXPECT_EQ(nearest_parameter("Observation", "cod"), "code");
  EXPECT_EQ(nearest_parameter("Observation", "_cout"), "_count");
  EXPECT_EQ(nearest_parameter("Observation", "valuequantity"), "value-quantity");
  EXPECT_EQ(nearest_parameter("Patient", "birthday"), "birthdate");
  EXPECT_EQ(nearest_parameter("Patient", "cycle-day"), "");
  EXPECT_EQ(nearest_parameter("Observation", "entirely-else-where"), "");
  EXPECT_EQ(nearest_parameter("Observation", ""), "");
  EXPECT_EQ(nearest_parameter("Observation", std::string(100'000, 'c')), "");
}

TEST(Parameters, TellWhatIsServed) {
  EXPECT_TRUE(is_served("Binary"));
  EXPECT_FALSE(is_searchable("Binary"));
  EXPECT_TRUE(is_searchable("Observation"));
  EXPECT_FALSE(is_served("Condition"));
  EXPECT_FALSE(is_served("observation"));
}

}  // namespace
}  // namespace gateway::fhir::search
