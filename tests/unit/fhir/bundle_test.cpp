#include "gateway/fhir/bundle.hpp"

#include <gtest/gtest.h>

namespace gateway::fhir {
namespace {

const ResourceKey patient{"Patient", "p1"};
const ResourceKey observation{"Observation", "o1"};
const std::string patient_body =
    R"({"resourceType":"Patient","id":"p1","meta":{},"gender":"female"})";
const std::string observation_body =
    R"({"resourceType":"Observation","id":"o1","meta":{"tag":[{"code":"x"}]},"value":5.10})";

TEST(Transaction, PutsEachResourceByItsIdInTheOrderGiven) {
  EXPECT_EQ(
      transaction({{patient, patient_body}, {observation, observation_body}}, {"urn:x", "N1001"}),
      R"({"resourceType":"Bundle","identifier":{"system":"urn:x","value":"N1001"},)"
      R"("type":"transaction","entry":[)"
      R"({"fullUrl":"https://immunogate.example/fhir/Patient/p1",)"
      R"("resource":{"resourceType":"Patient","id":"p1","gender":"female"},)"
      R"("request":{"method":"PUT","url":"Patient/p1"}},)"
      R"({"fullUrl":"https://immunogate.example/fhir/Observation/o1","resource":)" +
          observation_body + R"(,"request":{"method":"PUT","url":"Observation/o1"}}]})");
}

TEST(Transaction, OfNothingHasNoEmptyEntryList) {
  EXPECT_EQ(transaction({}), R"({"resourceType":"Bundle","type":"transaction"})");
}

TEST(SearchSet, StitchesServedBytesTogether) {
  SearchSet set;
  set.entries = {{"https://g/fhir/Observation/o1", observation_body},
                 {"", R"({"resourceType":"OperationOutcome"})", "outcome"}};
  set.total = 1;
  set.links = {{"self", "https://g/fhir/Observation?code=a&_count=1"}};
  EXPECT_EQ(
      searchset(set),
      R"({"resourceType":"Bundle","type":"searchset","total":1,"link":[{"relation":"self",)"
      R"("url":"https://g/fhir/Observation?code=a&_count=1"}],"entry":[)"
      R"({"fullUrl":"https://g/fhir/Observation/o1","resource":)" +
          observation_body + R"(,"search":{"mode":"match"}},)" +
          R"({"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]})");
  EXPECT_EQ(searchset({}), R"({"resourceType":"Bundle","type":"searchset"})");
}

TEST(History, ShowsVersionsWithTheirRequestAndADeletionWithoutResource) {
  const base::Instant at{1'742'829'300'000'000};
  const Version gone{observation, 3, at, true, ""};
  const Version changed{observation, 2, at, false, observation_body};
  const Version made{observation, 1, at, false, observation_body};
  const std::string text =
      history({{{"u", &gone, "DELETE"}, {"u", &changed, "PUT"}, {"u", &made, "POST"}},
               3,
               {{"self", "self-url"}}});
  const auto json = parse_json(text);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["type"].text(), "history");
  EXPECT_EQ((*json)["total"].text(), "3");
  const auto& entries = (*json)["entry"].items();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_FALSE(entries[0].has("resource"));
  EXPECT_EQ(entries[0]["request"].write(), R"({"method":"DELETE","url":"Observation/o1"})");
  EXPECT_EQ(entries[0]["response"]["status"].text(), "204");
  EXPECT_EQ(entries[1]["response"].write(),
            R"({"status":"200","etag":"W/\"2\"","lastModified":"2025-03-24T15:15:00.000Z"})");
  EXPECT_EQ(entries[1]["resource"].write(), served(changed));
  EXPECT_EQ(entries[2]["request"]["url"].text(), "Observation");
  EXPECT_EQ(entries[2]["response"]["status"].text(), "201");
}

TEST(ResponseBundle, TellsOfEachEntryWhatBecameOfIt) {
  EXPECT_EQ(response_bundle("batch-response", {}),
            R"({"resourceType":"Bundle","type":"batch-response"})");
  EXPECT_EQ(
      response_bundle("transaction-response", {{201, "https://g/f/Patient/p1/_history/1", "W/\"1\"",
                                                "2025-03-24T15:15:00.000Z", "", ""},
                                               {200, "", "", "", R"({"value":5.10})", ""},
                                               {412, "", "", "", "", R"({"a":1})"}}),
      R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"
      R"({"response":{"status":"201","location":"https://g/f/Patient/p1/_history/1",)"
      R"("etag":"W/\"1\"","lastModified":"2025-03-24T15:15:00.000Z"}},)"
      R"({"resource":{"value":5.10},"response":{"status":"200"}},)"
      R"({"response":{"status":"412","outcome":{"a":1}}}]})");
}

}  // namespace
}  // namespace gateway::fhir
