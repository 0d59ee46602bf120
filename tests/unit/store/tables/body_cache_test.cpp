#include "gateway/store/tables/body_cache.hpp"

#include <gtest/gtest.h>

namespace tests {
namespace {

using gateway::store::tables::BodyCache;
using gateway::store::tables::BodyPlace;

gateway::fhir::Version version(const std::string& id, std::size_t size = 10) {
  return {{"Observation", id}, 1, {7}, false, std::string(size, 'b')};
}

TEST(BodyCache, GivesWhatWasKeptAndOnlyThat) {
  BodyCache cache(1 << 20);
  cache.keep({1, 2, 3}, version("o1"));
  ASSERT_TRUE(cache.find({1, 2, 3}));
  EXPECT_EQ(cache.find({1, 2, 3})->key.id, "o1");
  EXPECT_FALSE(cache.find({1, 3, 3}));
  EXPECT_FALSE(cache.find({2, 2, 3}));
}

TEST(BodyCache, AnArrivalThatWasLostInAFailoverIsNotTakenForTheOneThatGotItsNumber) {
  BodyCache cache(1 << 20);
  cache.keep({1, 0, 100}, version("lost"));
  EXPECT_FALSE(cache.find({1, 0, 200}));
}

TEST(BodyCache, HoldsNoMoreThanItMay) {
  BodyCache cache(100'000);
  for (int i = 0; i < 1000; ++i) cache.keep({i, 0, 1}, version("o" + std::to_string(i), 1000));
  int held = 0;
  for (int i = 0; i < 1000; ++i) held += cache.find({i, 0, 1}) ? 1 : 0;
  EXPECT_GT(held, 10);
  EXPECT_LE(held, 100);
}

TEST(BodyCache, WhatIsAskedForAgainAndAgainStays) {
  BodyCache cache(100'000);
  cache.keep({0, 0, 1}, version("dear"));
  for (int i = 1; i < 1000; ++i) {
    cache.keep({i, 0, 1}, version("o", 1000));
    ASSERT_TRUE(cache.find({0, 0, 1})) << i;
  }
}

TEST(BodyCache, OneLargeDocumentDoesNotDriveOutTheRest) {
  BodyCache cache(1 << 20);
  cache.keep({1, 0, 1}, version("o1"));
  cache.keep({2, 0, 1}, version("pdf", 900'000));
  EXPECT_TRUE(cache.find({1, 0, 1}));
  EXPECT_FALSE(cache.find({2, 0, 1}));
}

}  // namespace
}  // namespace tests
