#include "gateway/outbox/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::outbox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

fhir::Version version(const std::string& type) {
  return {{type, "x"}, 1, {}, false, R"({"resourceType":")" + type + R"(","id":"x","meta":{}})"};
}

TEST(Batch, WhatStaysHereIsInNoPost) {
  store::Delivery delivery;
  delivery.resources = {version("Observation"), version("Task"), version("AuditEvent")};
  const auto posts = batch(delivery, "clinic-a");
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_THAT(posts[0].body, HasSubstr("Observation/x"));
  EXPECT_THAT(posts[0].body, Not(HasSubstr("Task")));
  EXPECT_THAT(posts[0].body, Not(HasSubstr("AuditEvent")));
  delivery.resources = {version("Task")};
  EXPECT_THAT(batch(delivery, "clinic-a"), IsEmpty());
}

TEST(Batch, WhatWasDeletedIsDeletedAtTheTargetToo) {
  store::Delivery delivery;
  delivery.resources = {version("Observation"), {{"Specimen", "s"}, 2, {}, true, ""}};
  const auto posts = batch(delivery, "clinic-a");
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_THAT(posts[0].body, HasSubstr(R"("request":{"method":"DELETE","url":"Specimen/s"})"));
  EXPECT_THAT(posts[0].body, Not(HasSubstr(R"("resource":})")));
}

}  // namespace
}  // namespace gateway::outbox
