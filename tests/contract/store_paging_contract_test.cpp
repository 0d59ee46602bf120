// A search page by page: forwards, back, and as of its first page.
#include <set>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Search;

/// Results of which many have the same values, and some have none.
std::vector<Result> scattered() {
  std::vector<Result> results;
  for (int i = 0; i < 23; ++i) {
    Result result{.id = "o" + std::to_string(100 + i)};
    result.date = i % 4 == 0 ? "" : "2025-03-" + std::to_string(10 + i % 5);
    if (i % 3 != 0) result.cycle_day = std::to_string(i % 7);
    result.value = std::to_string(i % 6);
    results.push_back(result);
  }
  return results;
}

template <class EngineUnderTest>
class StorePages : public StoreContract<EngineUnderTest> {};
TYPED_TEST_SUITE(StorePages, Engines);

TYPED_TEST(StorePages, PagesInEverySortOrderShowEachOnce) {
  this->store_results(scattered());
  for (const std::string sort :
       {"", "&_sort=date", "&_sort=-date", "&_sort=-cycle-day,date", "&_sort=cycle-day,-_id",
        "&_sort=-value-quantity,status", "&_sort=_lastUpdated", "&_sort=code,-date"}) {
    const auto whole = this->found("code=8112-5&_count=100" + sort);
    const auto query =
        gateway::fhir::search::parse("Observation", "code=8112-5&_count=4&_total=accurate" + sort);
    ASSERT_TRUE(query) << query.error().text();
    auto snapshot = this->store->snapshot();
    Search search;
    search.query = &*query;
    std::string joined;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = (*snapshot)->search(search);
      ASSERT_TRUE(page) << page.error().text();
      EXPECT_EQ(page->total, 23);
      joined += (joined.empty() ? "" : " ") + this->joined(*page);
      EXPECT_EQ(page->more, !page->after.empty());
      if (!page->more) break;
      search.after = page->after;
    }
    EXPECT_EQ(joined, whole) << sort;
  }
}

TYPED_TEST(StorePages, APageThatLooksAtSoManyRowsEndsThereAndTheNextGoesOn) {
  this->store_results(scattered());
  const auto whole = this->found("cycle-day=3&_count=100");
  const auto query = gateway::fhir::search::parse("Observation", "cycle-day=3&_count=100");
  ASSERT_TRUE(query);
  std::string joined;
  int pages = 0;
  Search search{.query = &*query, .scope = {}, .looks_at = 5};
  for (bool more = true; more; ++pages) {
    ASSERT_LT(pages, 20);
    const auto page = (*this->store->snapshot())->search(search);
    ASSERT_TRUE(page) << page.error().text();
    EXPECT_LE(page->rows.size(), 5U);
    EXPECT_EQ(page->more, !page->after.empty());
    const auto found = this->joined(*page);
    joined += (joined.empty() || found.empty() ? "" : " ") + found;
    search.after = page->after;
    more = page->more;
  }
  EXPECT_EQ(joined, whole);
  EXPECT_GE(pages, 23 / 5);
}

TYPED_TEST(StorePages, ChangesInTheOrderOfCommitsGoOnWhereTheyWere) {
  std::vector<std::string> seen;
  gateway::store::Changes asked{.type = "Observation", .count = 4, .oldest_first = true};
  const auto go_on = [&](std::size_t pages) {
    for (std::size_t i = 0; i < pages; ++i) {
      const auto page = (*this->store->snapshot())->changes(asked);
      ASSERT_TRUE(page) << page.error().text();
      for (const auto& row : page->rows) seen.push_back(row.version.key.id);
      EXPECT_EQ(page->more, i + 1 < pages);
      asked.after = page->after;
    }
  };
  go_on(1);
  EXPECT_TRUE(seen.empty());
  this->store_results(scattered());  // 23
  go_on(6);
  EXPECT_EQ(seen.size(), 23U);
  go_on(1);
  this->store_results({{.id = "later"}});
  go_on(1);
  ASSERT_EQ(seen.size(), 24U);
  EXPECT_EQ(seen.back(), "later");
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 24U);
}

TYPED_TEST(StorePages, PagesBackwardsAreThePagesThatWereRead) {
  this->store_results(scattered());
  for (const std::string sort : {"", "&_sort=date", "&_sort=-date", "&_sort=-cycle-day,date"}) {
    const auto query = gateway::fhir::search::parse("Observation", "code=8112-5&_count=5" + sort);
    ASSERT_TRUE(query) << query.error().text();
    auto snapshot = this->store->snapshot();
    Search search;
    search.query = &*query;
    std::vector<std::string> read;
    std::string before;
    do {
      const auto page = (*snapshot)->search(search);
      ASSERT_TRUE(page) << page.error().text();
      read.push_back(this->joined(*page));
      search.after = page->after;
      before = page->before;
    } while (!search.after.empty());
    search.backwards = true;
    for (std::size_t i = read.size() - 1; i-- > 0;) {
      search.after = before;
      const auto page = (*snapshot)->search(search);
      ASSERT_TRUE(page) << page.error().text();
      EXPECT_EQ(this->joined(*page), read[i]) << sort << ", page " << i;
      EXPECT_EQ(page->before.empty(), i == 0);
      EXPECT_FALSE(page->after.empty());
      before = page->before;
    }
  }
}

TYPED_TEST(StorePages, AFullLastPageHasNoNext) {
  this->store_results({{.id = "a"}, {.id = "b"}});
  const auto page = this->search("Observation", "_count=2");
  EXPECT_EQ(page->rows.size(), 2u);
  EXPECT_FALSE(page->more);
}

TYPED_TEST(StorePages, LaterPagesShowTheStoreAsOfTheFirstWhileOthersWrite) {
  this->store_results(
      {{.id = "a", .value = "1"}, {.id = "b", .value = "2"}, {.id = "c", .value = "3"}});
  const auto query = gateway::fhir::search::parse(
      "Observation", "code=8112-5&_count=2&_sort=value-quantity&_total=accurate");
  Search search;
  search.query = &*query;
  {
    auto snapshot = this->store->snapshot();
    search.as_of = (*snapshot)->commit();
    const auto page = (*snapshot)->search(search);
    search.after = page->after;
    EXPECT_EQ(page->rows.at(1).version.key.id, "b");
  }
  // c moves to the front, a is deleted, d arrives: none of it is seen.
  this->commit(message("9", "p1",
                       {written({.id = "c", .value = "0"}, 1), written({"Observation", "a"}, "", 1),
                        written({.id = "d", .value = "9"})}));
  auto snapshot = this->store->snapshot();
  const auto page = (*snapshot)->search(search);
  ASSERT_TRUE(page) << page.error().text();
  ASSERT_EQ(page->rows.size(), 1u);
  EXPECT_EQ(page->rows[0].version.key.id, "c");
  EXPECT_EQ(page->rows[0].version.version, 1);
  EXPECT_EQ(page->total, 3);
  EXPECT_EQ(this->found("code=8112-5&_sort=value-quantity"), "c b d");
  EXPECT_EQ(this->found("_id=a"), "");
}

TYPED_TEST(StorePages, ASweepRemovesWhatNoPageNeedsAndNothingElse) {
  this->store_results({{.id = "a", .value = "1"}});
  const auto first = (*this->store->snapshot())->commit();
  this->commit(message("2", "p1", {written({.id = "a", .value = "2"}, 1)}));
  const auto query = gateway::fhir::search::parse("Observation", "code=8112-5");
  Search search;
  search.query = &*query;
  search.as_of = first;
  EXPECT_EQ((*this->store->snapshot())->search(search)->rows.size(), 1u);
  ASSERT_TRUE(this->store->sweep({this->clock.now().microseconds + 1}));
  EXPECT_EQ((*this->store->snapshot())->search(search)->rows.size(), 0u);
  EXPECT_EQ(this->found("code=8112-5"), "a");
  EXPECT_EQ(this->read("Observation", "a", 1)->version, 1) << "history stays";
  EXPECT_THAT(this->problems(), testing::IsEmpty());
}

TYPED_TEST(StorePages, AForgedPlaceInThePagesIsAnError) {
  this->store_results({{.id = "a"}, {.id = "b"}});
  const auto query = gateway::fhir::search::parse("Observation", "code=8112-5&_sort=-date");
  Search search;
  search.query = &*query;
  const std::string endless = "\x01t\xff\xff\xff\xff\x0f";
  for (const std::string& forged : {std::string("x"), std::string("\x01"), endless}) {
    search.after = forged;
    EXPECT_FALSE((*this->store->snapshot())->search(search));
  }
}

}  // namespace
}  // namespace tests
