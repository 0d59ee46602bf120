#include "gateway/query/restrict.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::query::restrict_links;
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
                             "system/Patient.rs", "system/Observation.cud"})
    EXPECT_FALSE(restricted(client(scopes), Interaction::search, "Observation")) << scopes;
}

TEST(Restriction, SeveralOfOtherFormsAreAnyOfThemToo) {
  for (const char* scopes :
       {"system/Observation.rs?category=a system/Observation.rs?status=final",
        "system/Observation.rs?category=a&status=final system/Observation.rs?category=b",
        "system/Observation.rs?category:not=a system/Observation.rs?category:not=b",
        "system/Observation.rs?category:missing=true system/Observation.rs?category=b"}) {
    const auto criteria = restricted(client(scopes), Interaction::search, "Observation");
    ASSERT_TRUE(criteria) << scopes;
    ASSERT_EQ(criteria->size(), 1U) << scopes;
    EXPECT_EQ(criteria->front().alternatives.size(), 2U) << scopes;
  }
}

TEST(Restriction, OneThatCannotBeAppliedGrantsNothingAndTakesNothingAway) {
  const auto criteria =
      restricted(client("system/Observation.rs?_count=5 system/Observation.rs?category=a"),
                 Interaction::search, "Observation");
  ASSERT_TRUE(criteria);
  EXPECT_EQ(criteria->size(), 1U);
}

TEST(Restriction, WhatLooksAtOtherResourcesIsNoRestriction) {
  EXPECT_FALSE(restricted(client("system/Observation.rs?patient.family=kaya"), Interaction::search,
                          "Observation"));
  EXPECT_TRUE(
      restricted(client("system/Observation.rs?_tag:not=x"), Interaction::search, "Observation"));
}

TEST(Restriction, OfSubscriptionsAClientSeesItsOwnWhateverItsScopes) {
  for (const auto interaction :
       {Interaction::read, Interaction::search, Interaction::update, Interaction::remove}) {
    const auto criteria = restricted(client("system/*.cruds"), interaction, "Subscription");
    ASSERT_TRUE(criteria);
    ASSERT_EQ(criteria->size(), 1U);
    EXPECT_EQ(criteria->front().parameter->name, "_source");
  }
}

TEST(Restriction, AChainSeesWhatTheClientSeesOfTheOtherType) {
  const auto restrict = [](const char* query, const char* scopes) {
    auto parsed = gateway::fhir::search::parse("Observation", query);
    EXPECT_TRUE(parsed) << query;
    const auto done = restrict_links(client(scopes), parsed->criteria);
    return done ? std::to_string(parsed->criteria.at(0).linked.at(0).criteria.size())
                : done.error().what.substr(0, done.error().what.find(' '));
  };
  EXPECT_EQ(restrict("patient.family=kaya", "system/*.rs"), "1");
  EXPECT_EQ(
      restrict("patient.family=kaya", "system/Observation.rs system/Patient.rs?gender=female"),
      "2");
  EXPECT_EQ(restrict("patient.family=kaya", "system/Observation.rs"), "scope-missing");
  EXPECT_EQ(restrict("patient.family=kaya", "system/Observation.rs system/Patient.r"),
            "scope-missing");
  EXPECT_EQ(
      restrict("patient._has:Specimen:patient:type=x", "system/Observation.rs system/Patient.rs"),
      "scope-missing")
      << "however deep";
}

TEST(Restriction, ABinaryIsReadUnderAWildcardThoughRawMessagesAreNot) {
  EXPECT_TRUE(restricted(client("system/*.rs"), Interaction::read, "Binary"));
  EXPECT_TRUE(restricted(client("system/Binary.r"), Interaction::read, "Binary"));
  EXPECT_FALSE(restricted(client("system/Observation.rs"), Interaction::read, "Binary"));
}

}  // namespace
