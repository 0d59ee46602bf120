#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::ArrivalKind;

template <class EngineUnderTest>
class StoreTellsOrigin : public StoreContract<EngineUnderTest> {
 protected:
  std::optional<gateway::store::Origin> origin(const std::string& id, std::int64_t version) {
    auto snapshot = this->store->snapshot();
    auto found = (*snapshot)->origin({"Observation", id}, version);
    EXPECT_TRUE(found) << found.error().text();
    return found ? *found : std::nullopt;
  }
};
TYPED_TEST_SUITE(StoreTellsOrigin, Engines);

TYPED_TEST(StoreTellsOrigin, WhatWroteEachVersion) {
  auto first = message("1", "p1", {written({.id = "o1", .value = "1.0"})});
  first.arrival.account = "1 mappings +-a";
  this->commit(first);
  this->commit(message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1)}));
  const auto old = this->origin("o1", 1), current = this->origin("o1", 2);
  ASSERT_TRUE(old && current);
  EXPECT_EQ(old->bytes, first.arrival.bytes);
  EXPECT_EQ(old->account, first.arrival.account);
  EXPECT_EQ(old->kind, ArrivalKind::hl7v2);
  EXPECT_EQ(old->message_type, "ORU^R01");
  EXPECT_LT(old->number.value, current->number.value);
  EXPECT_FALSE(this->origin("o1", 3));
  EXPECT_FALSE(this->origin("o9", 1));
}

TYPED_TEST(StoreTellsOrigin, APageEndsWithTheBodyThatFillsIt) {
  std::vector<gateway::store::VersionWrite> versions;
  for (int i = 0; i < 6; ++i) versions.push_back(written({.id = "o" + std::to_string(i)}));
  this->commit(message("1", "p1", versions));
  const auto query = gateway::fhir::search::parse("Observation", "");
  auto snapshot = this->store->snapshot();
  gateway::store::Search search{.query = &*query, .most_bytes = body_of(Result{}).size() * 2};
  std::string found;
  for (bool more = true; more;) {
    const auto page = (*snapshot)->search(search);
    ASSERT_TRUE(page) << page.error().text();
    EXPECT_LE(page->rows.size(), 2u);
    for (const auto& row : page->rows) found += row.version.key.id + " ";
    search.after = page->after;
    more = page->more;
  }
  EXPECT_EQ(found, "o0 o1 o2 o3 o4 o5 ");
}

}  // namespace
}  // namespace tests
