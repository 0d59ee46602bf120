#include "gateway/query/restrict.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::query::restricted;
using namespace gateway::security;

Principal client(const char* scopes) {
  auto parsed = parse_scopes(scopes);
  EXPECT_TRUE(parsed) << scopes;
  return {"CN=client", parsed ? *parsed : std::vector<Scope>{}, "", true};
}

TEST(Restriction, AWholeScopeLeavesEverythingVisible) {
  const auto criteria =
      restricted(client("system/Observation.rs"), Interaction::search, "Observation");
  ASSERT_TRUE(criteria);
  EXPECT_TRUE(criteria->empty());
}

TEST(Restriction, ARestrictedScopeBecomesCriteria) {
  const auto criteria = restricted(client("system/Observation.rs?category=laboratory"),
                                   Interaction::read, "Observation");
  ASSERT_TRUE(criteria);
  ASSERT_EQ(criteria->size(), 1U);
  EXPECT_EQ(criteria->front().parameter->name, "category");
}

TEST(Restriction, SeveralOfOneParameterAreAnyOfThem) {
  const auto criteria = restricted(
      client("system/Observation.rs?category=laboratory system/Observation.rs?category=survey"),
      Interaction::search, "Observation");
  ASSERT_TRUE(criteria);
  ASSERT_EQ(criteria->size(), 1U);
  EXPECT_EQ(criteria->front().any_of.size(), 2U);
}

TEST(Restriction, WhatCannotBeAppliedOrRestrictsNothingShowsNothing) {
  for (const char* scopes : {"system/Observation.rs?_count=5", "system/Observation.rs?cycle-dai=1",
                             "system/Observation.rs?category=a system/Observation.rs?status=final",
                             "system/Patient.rs", "system/Observation.cud"})
    EXPECT_FALSE(restricted(client(scopes), Interaction::search, "Observation")) << scopes;
}

TEST(Restriction, ABinaryIsReadUnderAWildcardThoughRawMessagesAreNot) {
  EXPECT_TRUE(restricted(client("system/*.rs"), Interaction::read, "Binary"));
  EXPECT_TRUE(restricted(client("system/Binary.r"), Interaction::read, "Binary"));
  EXPECT_FALSE(restricted(client("system/Observation.rs"), Interaction::read, "Binary"));
}

}  // namespace
