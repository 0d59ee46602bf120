#include "gateway/topics/notice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"

using namespace gateway;

namespace {

const std::string base_url = "https://here.example/fhir";

topics::Notice notice() {
  topics::Notice out{
      topics::Kind::event_notification, "s1",       "urn:topic", topics::State::active, 2, {},
      topics::Payload::full_resource,   {1'000'000}};
  out.told.push_back({1,
                      {500'000},
                      fhir::ResourceKey{"Observation", "o1"},
                      2,
                      false,
                      R"({"resourceType":"Observation","id":"o1"})"});
  out.told.push_back({2, {600'000}, {}, 1, false, ""});
  return out;
}

fhir::Json read(const std::string& text) {
  auto json = fhir::parse_json(text);
  EXPECT_TRUE(json) << text;
  return *json;
}

TEST(Notice, IsAHistoryBundleThatBeginsWithTheStatus) {
  const auto bundle = read(topics::bundle_of(notice(), base_url));
  EXPECT_EQ(bundle["type"].text(), "history");
  ASSERT_EQ(bundle["entry"].items().size(), 2u);
  const auto& status = bundle["entry"].items()[0]["resource"];
  EXPECT_EQ(status["resourceType"].text(), "Parameters");
  const auto& parameters = status["parameter"].items();
  EXPECT_EQ(parameters[0]["valueReference"]["reference"].text(), base_url + "/Subscription/s1");
  EXPECT_EQ(parameters[3]["valueCode"].text(), "event-notification");
  EXPECT_EQ(parameters[4]["valueString"].text(), "2");
  const auto& focus = bundle["entry"].items()[1];
  EXPECT_EQ(focus["fullUrl"].text(), base_url + "/Observation/o1");
  EXPECT_EQ(focus["resource"]["id"].text(), "o1");
  EXPECT_EQ(focus["response"]["etag"].text(), "W/\"2\"");
}

TEST(Notice, TellsTheNumberOfAnEventWhoseFocusMayNotBeSeen) {
  const auto status = read(topics::status_of(notice(), base_url));
  const auto& hidden = status["parameter"].items().back();
  EXPECT_EQ(hidden["name"].text(), "notification-event");
  ASSERT_EQ(hidden["part"].items().size(), 2u) << "number and time, no focus";
  EXPECT_EQ(hidden["part"].items()[0]["valueString"].text(), "2");
}

TEST(Notice, WithoutPayloadNamesNoResource) {
  auto empty = notice();
  empty.payload = topics::Payload::empty;
  const auto text = topics::bundle_of(empty, base_url);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("Observation")));
  EXPECT_EQ(read(text)["entry"].items().size(), 1u);
}

TEST(Notice, OfADeletionSaysDelete) {
  auto deleted = notice();
  deleted.told[0].deleted = true;
  deleted.told[0].resource = "";
  const auto bundle = read(topics::bundle_of(deleted, base_url));
  const auto& focus = bundle["entry"].items()[1];
  EXPECT_EQ(focus["request"]["method"].text(), "DELETE");
  EXPECT_FALSE(focus.has("resource"));
}

}  // namespace
