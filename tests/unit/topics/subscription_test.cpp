#include "gateway/topics/subscription.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"

using namespace gateway;
using fhir::Json;
using testing::HasSubstr;

namespace {

std::string extension(const std::string& name, const std::string& member,
                      const std::string& value) {
  return R"({"url":")" + topics::backport(name) + R"(",")" + member + R"(":)" + value + "}";
}

/// A Subscription as JSON; what is empty is left out.
struct Said {
  std::string topic = "result-corrected", filter = "Observation?code=http://loinc.org|8112-5";
  std::string type = "rest-hook", endpoint = "https://ehr.example/hook";
  std::string content = "full-resource", status = "requested", header, numbers, end;
  std::string channel_type;
};

Json resource(const Said& said) {
  std::string text = R"({"resourceType":"Subscription","id":"s1","meta":{},"status":")" +
                     said.status + R"(","criteria":")" + fhir::canonical::topic(said.topic) + '"';
  if (!said.filter.empty())
    text += R"(,"_criteria":{"extension":[)" +
            extension("filter-criteria", "valueString", '"' + said.filter + '"') + "]}";
  if (!said.end.empty()) text += R"(,"end":")" + said.end + '"';
  text += R"(,"channel":{"type":")" + said.type + R"(","payload":"application/fhir+json")";
  if (!said.numbers.empty()) text += R"(,"extension":[)" + said.numbers + "]";
  if (!said.channel_type.empty())
    text += R"(,"_type":{"extension":[)" +
            extension("channel-type", "valueCoding", R"({"code":")" + said.channel_type + R"("})") +
            "]}";
  if (!said.endpoint.empty()) text += R"(,"endpoint":")" + said.endpoint + '"';
  if (!said.header.empty()) text += R"(,"header":[")" + said.header + R"("])";
  text += R"(,"_payload":{"extension":[)" +
          extension("payload-content", "valueCode", '"' + said.content + '"') + "]}}}";
  auto json = fhir::parse_json(text);
  EXPECT_TRUE(json) << text;
  return json ? *json : Json();
}

std::string refusal(const Said& said) {
  const auto read = topics::read(resource(said));
  return read ? "" : read.error().where;
}

TEST(Subscription, SaysTopicFilterChannelAndPayload) {
  const auto read = topics::read(resource({}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->topic->name, "result-corrected");
  ASSERT_EQ(read->filter.size(), 1u);
  EXPECT_EQ(read->filter[0].parameter->name, "code");
  EXPECT_EQ(read->channel, topics::Channel::rest_hook);
  EXPECT_EQ(read->endpoint, "https://ehr.example/hook");
  EXPECT_EQ(read->payload, topics::Payload::full_resource);
}

TEST(Subscription, AFilterIsOneOfTheParametersOfTheTopicWithoutModifierOrChain) {
  for (const char* fine : {"Observation?patient=Patient/p1", "cycle-day=ge19&cycle-day=le23",
                           "Observation?sample-type=peripheral-blood,endometrium",
                           "Observation?interpretation=H&sender=NORTHLIS", ""})
    EXPECT_EQ(refusal({.filter = fine}), "") << fine;
  for (const char* wrong :
       {"Observation?status=final", "Observation?code:not=1", "Observation?patient.name=x",
        "Observation?cycle-day:missing=true", "Patient?_id=p1", "Observation?_sort=date",
        "Observation?cycle-dai=3", "Observation?code=1&_include=Observation:patient"})
    EXPECT_THAT(refusal({.filter = wrong}), HasSubstr("criteria.extension[0]")) << wrong;
}

TEST(Subscription, EachTopicHasFiltersOfItsOwnFocus) {
  EXPECT_EQ(
      refusal({.topic = "review-item", .filter = "Task?code=site-follow-up&status=requested"}), "");
  EXPECT_NE(refusal({.topic = "review-item", .filter = "Observation?code=8112-5"}), "");
  EXPECT_NE(refusal({.topic = "review-item", .filter = "Task?due=2025-03-22"}), "");
}

TEST(Subscription, AnUnknownTopicIsRefusedAndTheKnownOnesAreNamed) {
  const auto read = topics::read(resource({.topic = "weather"}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().where, "Subscription.criteria");
  EXPECT_THAT(read.error().remedy, HasSubstr(fhir::canonical::topic("result-new")));
}

TEST(Subscription, ServerSentEventsAreNamedByTheExtensionAndNeedNoEndpoint) {
  const auto read = topics::read(
      resource({.type = "websocket", .endpoint = "", .channel_type = "server-sent-events"}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->channel, topics::Channel::server_sent_events);
  EXPECT_EQ(refusal({.type = "websocket", .endpoint = ""}), "Subscription.channel.type");
  EXPECT_EQ(refusal({.type = "email"}), "Subscription.channel.type");
  EXPECT_EQ(refusal({.endpoint = ""}), "Subscription.channel.endpoint");
}

TEST(Subscription, OnlyHeadersThatSayWhoComesAreSent) {
  const auto read = topics::read(resource({.header = "Authorization: Bearer abc"}));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->headers.size(), 1u);
  EXPECT_EQ(read->headers[0],
            std::make_pair(std::string("Authorization"), std::string("Bearer abc")));
  EXPECT_EQ(refusal({.header = "X-Clinic: a"}), "");
  for (const char* wrong : {"Host: other", "Content-Length: 3", "X-ImmunoGate-Path: a", "X-: a",
                            "Authorization", "X-A: b\\r\\nHost: c", "X A: b"})
    EXPECT_EQ(refusal({.header = wrong}), "Subscription.channel.header") << wrong;
}

TEST(Subscription, NumbersHaveBounds) {
  const auto with = [](const std::string& name, const std::string& member, const char* value) {
    return refusal({.numbers = extension(name, member, value)});
  };
  EXPECT_EQ(with("heartbeat-period", "valueUnsignedInt", "60"), "");
  EXPECT_EQ(with("timeout", "valueUnsignedInt", "10"), "");
  EXPECT_EQ(with("max-count", "valuePositiveInt", "100"), "");
  EXPECT_NE(with("heartbeat-period", "valueUnsignedInt", "-1"), "");
  EXPECT_NE(with("heartbeat-period", "valueUnsignedInt", "9999999"), "");
  EXPECT_NE(with("timeout", "valueUnsignedInt", "0"), "");
  EXPECT_NE(with("max-count", "valuePositiveInt", "101"), "");
}

TEST(Subscription, AnEndIsAnInstant) {
  const auto read = topics::read(resource({.end = "2026-12-31T00:00:00Z"}));
  ASSERT_TRUE(read && read->end);
  EXPECT_EQ(base::to_text(*read->end), "2026-12-31T00:00:00.000Z");
  EXPECT_EQ(refusal({.end = "2026-12-31"}), "Subscription.end");
}

TEST(Subscription, WhoseItIsAndItsStateAreTheGatewaysToSay) {
  auto json = resource({});
  json.find("meta")->set("source", Json::string("somebody else's"));
  topics::sign(json, topics::client_url("CN=ehr,O=Clinic"), "s CN=ehr");
  topics::sign(json, topics::client_url("CN=ehr,O=Clinic"), "s CN=ehr\nk 00");
  topics::set_state(json, topics::State::error, "away");
  const auto read = topics::read(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->client, topics::client_url("CN=ehr,O=Clinic"));
  EXPECT_EQ(read->identity, "s CN=ehr\nk 00");
  EXPECT_EQ(read->state, topics::State::error);
  EXPECT_EQ(json["error"].text(), "away");
  EXPECT_EQ(json["extension"].items().size(), 1u);
  topics::set_state(json, topics::State::active, "");
  EXPECT_FALSE(json.has("error"));
}

}  // namespace
