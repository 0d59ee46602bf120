#include "gateway/outbox/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"
#include "gateway/outbox/same_content.hpp"
#include "gateway/outbox/without_ids.hpp"

namespace gateway::outbox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

fhir::Version version(const std::string& type, const std::string& id = "x",
                      std::int64_t number = 1) {
  return {{type, id},
          number,
          {},
          false,
          R"({"resourceType":")" + type + R"(","id":")" + id + R"(","meta":{},"n":)" +
              std::to_string(number) + "}"};
}

fhir::Json json(const std::string& text) {
  auto read = fhir::parse_json(text);
  EXPECT_TRUE(read) << text;
  return read ? *std::move(read) : fhir::Json();
}

TEST(Batch, WhatStaysHereIsInNoPost) {
  store::Delivery delivery;
  delivery.resources = {version("Observation"), version("Task"), version("AuditEvent")};
  const auto parts = parts_of(delivery, false);
  ASSERT_THAT(parts, SizeIs(1));
  ASSERT_THAT(parts[0].entries, SizeIs(1));
  EXPECT_EQ(parts[0].entries[0].key.type, "Observation");
  delivery.resources = {version("Task")};
  EXPECT_THAT(parts_of(delivery, false), IsEmpty());
  EXPECT_THAT(together({&delivery, 1}), IsEmpty());
}

TEST(Batch, WhatWasDeletedIsDeletedAtTheTargetToo) {
  store::Delivery delivery;
  delivery.resources = {version("Observation"), {{"Specimen", "s"}, 2, {}, true, ""}};
  const auto parts = parts_of(delivery, false);
  ASSERT_THAT(parts, SizeIs(1));
  const auto body = fhir::transaction(parts[0].entries);
  EXPECT_THAT(body, HasSubstr(R"("request":{"method":"DELETE","url":"Specimen/s"})"));
  EXPECT_THAT(body, Not(HasSubstr(R"("resource":})")));
}

TEST(Batch, WhatTheTargetIsKnownToHaveIsWrittenOverThatVersionOnly) {
  store::Delivery delivery;
  delivery.resources = {version("Observation", "o", 2), version("Patient", "p")};
  delivery.tags = {"W/\"7\"", ""};
  const auto parts = parts_of(delivery, true);
  ASSERT_THAT(parts, SizeIs(1));
  const auto bundle = json(fhir::transaction(parts[0].entries));
  EXPECT_EQ(bundle["entry"].items().at(0)["request"]["ifMatch"].text(), "W/\"7\"");
  EXPECT_FALSE(bundle["entry"].items().at(1)["request"].has("ifMatch"));
}

TEST(Batch, SeveralMessagesAreOneTransactionInWhichEachIdStandsOnceAsItIsNewest) {
  std::vector<store::Delivery> deliveries(2);
  deliveries[0].resources = {version("Observation", "a"), version("Organization", "lab", 2)};
  deliveries[1].resources = {version("Observation", "b"), version("Organization", "lab", 3)};
  const auto bundle = json(fhir::transaction(together(deliveries)));
  const auto& entries = bundle["entry"].items();
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[1]["resource"]["n"].text(), "3");
}

TEST(WithoutIds, EachResourceIsFoundAgainByAnIdentifierOfOurs) {
  const std::string patient = R"({"resourceType":"Patient","id":"p1","meta":{}})";
  const std::string observation =
      R"({"resourceType":"Observation","id":"o1","meta":{},"identifier":[{"value":"A"}],)"
      R"("subject":{"reference":"Patient/p1"},"specimen":{"reference":"Specimen/s9"},)"
      R"("valueQuantity":{"value":5.60}})";
  const auto text = transaction_without_ids({{{"Patient", "p1"}, patient},
                                             {{"Observation", "o1"}, observation},
                                             {{"Provenance", "v1"}, "{}"}});
  EXPECT_THAT(text, HasSubstr("5.60"));
  const auto bundle = json(text);
  const auto& entries = bundle["entry"].items();
  ASSERT_THAT(entries, SizeIs(2)) << "what has no identifier is left out";
  const auto& sent = entries[1]["resource"];
  EXPECT_FALSE(sent.has("id"));
  EXPECT_FALSE(sent.has("meta")) << "an empty object is none";
  EXPECT_THAT(sent["identifier"].items(), SizeIs(2));
  EXPECT_EQ(sent["identifier"].items()[1]["value"].text(), "Observation/o1");
  EXPECT_EQ(sent["subject"]["reference"].text(), entries[0]["fullUrl"].text());
  EXPECT_THAT(sent["specimen"]["reference"].text(), HasSubstr("Specimen?identifier="));
  EXPECT_THAT(entries[1]["request"]["url"].text(),
              HasSubstr("Observation?identifier=https%3A%2F%2Fimmunogate.example"));
  EXPECT_THAT(entries[1]["request"]["url"].text(), HasSubstr("%7CObservation%2Fo1"));
}

TEST(SameContent, WhatServersAddByThemselvesDoesNotCountAndADigitDoes) {
  const std::string ours = R"({"resourceType":"Observation","id":"o","meta":{},"value":5.60})";
  EXPECT_TRUE(says_the_same(
      json(ours),
      json(R"({"id":"o","resourceType":"Observation","meta":{"versionId":"4","lastUpdated":"x",)"
           R"("source":"#a"},"text":{"status":"generated"},"value":5.60})")));
  EXPECT_FALSE(
      says_the_same(json(ours), json(R"({"resourceType":"Observation","id":"o","value":5.6})")));
}

}  // namespace
}  // namespace gateway::outbox
