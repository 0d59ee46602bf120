#include "gateway/topics/interest.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

using namespace gateway;

namespace {

const fhir::ResourceKey key{"Observation", "o1"};

fhir::search::IndexRows rows(const std::string& flag, const std::string& category = "laboratory") {
  const std::string body =
      R"({"resourceType":"Observation","id":"o1","meta":{"source":"urn:lab"},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":")" +
      category +
      R"("}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8112-5"}]},"subject":{"reference":"Patient/p1"},"interpretation":[{"coding":[{"code":")" +
      flag + R"("}]}],"extension":[{"url":")" + fhir::canonical::extension("cycle-context") +
      R"(","extension":[{"url":"day","valueInteger":21}]}]})";
  return fhir::search::index_rows(key, *fhir::JsonView::read(body), {});
}

topics::Interest interest(const std::string& topic, const std::string& filter,
                          const std::string& scope = "") {
  const auto criteria = [](const std::string& query) {
    return query.empty() ? std::vector<fhir::search::Criterion>{}
                         : fhir::search::parse("Observation", query)->criteria;
  };
  return {"s1", topics::find(fhir::canonical::topic(topic)), criteria(filter), criteria(scope)};
}

TEST(Interest, NewResultsAreToldOfByTheOneTopicAndChangedOnesByTheOther) {
  const auto now = rows("H"), before = rows("N");
  EXPECT_TRUE(is_wanted(interest("result-new", ""), key, now, nullptr));
  EXPECT_FALSE(is_wanted(interest("result-new", ""), key, now, &before));
  EXPECT_TRUE(is_wanted(interest("result-corrected", ""), key, now, &before));
  EXPECT_FALSE(is_wanted(interest("result-corrected", ""), key, now, nullptr));
  EXPECT_FALSE(is_wanted(interest("result-new", ""), {"Patient", "p1"}, now, nullptr));
}

TEST(Interest, FiltersAreTokensReferencesAndNumbersAsASearchReadsThem) {
  const auto now = rows("H");
  for (const char* met : {"code=8112-5", "code=http://loinc.org|8112-5", "code=1,8112-5",
                          "patient=p1", "patient=Patient/p1", "cycle-day=21", "cycle-day=ge21",
                          "cycle-day=gt20&cycle-day=lt22", "interpretation=H&category=laboratory"})
    EXPECT_TRUE(is_wanted(interest("result-new", met), key, now, nullptr)) << met;
  for (const char* unmet : {"code=8112-6", "code=urn:own|8112-5", "patient=p2", "cycle-day=20",
                            "cycle-day=ne21", "cycle-day=gt21", "interpretation=H&code=1"})
    EXPECT_FALSE(is_wanted(interest("result-new", unmet), key, now, nullptr)) << unmet;
}

TEST(Interest, AWholeUriIsAFilterAndItsBeginningIsNone) {
  const auto now = rows("H");
  EXPECT_FALSE(is_wanted(interest("result-new", "_source=urn:other"), key, now, nullptr));
  EXPECT_TRUE(is_wanted(interest("result-new", "_source=urn:lab"), key, now, nullptr));
  EXPECT_FALSE(is_wanted(interest("result-new", "_source:below=urn:l"), key, now, nullptr));
}

TEST(Interest, WhoWasToldThatAValueWasHighIsToldWhenItNoLongerIs) {
  const auto high = rows("H"), normal = rows("N");
  const auto of_high = interest("result-corrected", "interpretation=H");
  EXPECT_TRUE(is_wanted(of_high, key, normal, &high));
  EXPECT_TRUE(is_wanted(of_high, key, high, &normal));
  EXPECT_FALSE(is_wanted(of_high, key, normal, &normal));
}

TEST(Interest, NothingIsNumberedThatLiesOutsideTheClientsScope) {
  const auto survey = rows("H", "survey"), laboratory = rows("H");
  const auto restricted = interest("result-corrected", "", "category=laboratory");
  EXPECT_TRUE(is_wanted(restricted, key, laboratory, &survey));
  EXPECT_FALSE(is_wanted(restricted, key, survey, &laboratory));
}

TEST(Interest, AChangeReplacesWhatTheSubscriptionWantedBefore) {
  topics::Interests all;
  auto first = std::make_shared<const topics::Interest>(interest("result-new", ""));
  auto second = std::make_shared<const topics::Interest>(interest("result-corrected", ""));
  all = changed(std::move(all), {"s1", first});
  all = changed(std::move(all), {"s1", second});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0], second);
  EXPECT_TRUE(changed(std::move(all), {"s1", nullptr}).empty());
}

}  // namespace
