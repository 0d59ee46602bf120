#include <gmock/gmock.h>

#include "tests/unit/query/read_store.hpp"

namespace gateway::query::tests {
namespace {

/// Four results of one specimen, asked for one a page by who may see laboratory results.
class Retracted : public ReadStore {
 protected:
  Retracted() {
    commit({version({"Specimen", "s"}, ""), result("a"), result("b"), result("c"), result("d")});
  }
  static store::VersionWrite result(const std::string& id, const std::string& status = "final",
                                    const std::string& category = "laboratory",
                                    std::int64_t follows = 0) {
    return version({"Observation", id},
                   R"(,"status":")" + status + R"(","category":[{"coding":[{"code":")" + category +
                       R"("}]}],"specimen":{"reference":"Specimen/s"})",
                   follows);
  }
  static store::VersionWrite deleted(const fhir::ResourceKey& key) {
    store::VersionWrite gone;
    gone.key = key;
    gone.follows = 1;
    return gone;
  }
  /// The ids of a page, included ones behind a bar; the query goes on with the next.
  std::string turn(fhir::search::Query& query) {
    const auto page = reader_->search(who_, query);
    if (!page) return page.error().what;
    std::string ids;
    for (const auto& row : page->rows) ids += row.key.id;
    if (!page->included.empty()) ids += '|';
    for (const auto& row : page->included) ids += row.key.id;
    query.cursor = page->next;
    notes_ = page->notes;
    return ids;
  }
  security::Principal who_{
      "ehr",
      *security::parse_scopes("system/Observation.rs?category=laboratory system/Specimen.rs"), "",
      true};
  std::vector<std::string> notes_;
};

TEST_F(Retracted, WhatIsTakenBackLeavesOpenPagesAtOnceAndTheySaySo) {
  auto query = *fhir::search::parse("Observation", "_count=1");
  EXPECT_EQ(turn(query), "a");
  commit({result("b", "entered-in-error", "laboratory", 1), deleted({"Observation", "c"}),
          result("d", "corrected", "laboratory", 1)});
  EXPECT_EQ(turn(query), "");
  EXPECT_THAT(notes_, testing::ElementsAre(testing::HasSubstr("taken back")));
  EXPECT_EQ(turn(query), "");
  EXPECT_EQ(turn(query), "d") << "a correction is shown as it was at the first page";
  EXPECT_TRUE(notes_.empty());
  EXPECT_TRUE(query.cursor.empty());
}

TEST_F(Retracted, LeavesOpenPagesOfEverythingToo) {
  commit({version({"Patient", "p"}, "")});
  const auto of_p = [](const std::string& id, const std::string& status, std::int64_t follows) {
    return version({"Observation", id},
                   R"(,"status":")" + status + R"(","subject":{"reference":"Patient/p"})", follows);
  };
  commit({of_p("x", "final", 0), of_p("y", "final", 0), of_p("z", "final", 0)});
  const security::Principal who{"ehr", *security::parse_scopes("system/*.rs"), "", true};
  auto asked = *fhir::search::parse_everything("_count=2");
  const auto first = reader_->everything(who, "p", asked);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->rows.size(), 2U) << "the patient, and one result";
  commit({of_p("y", "entered-in-error", 1)});
  asked.cursor = first->next;
  const auto second = reader_->everything(who, "p", asked);
  ASSERT_TRUE(second) << second.error().text();
  std::string ids;
  for (const auto& row : second->rows) ids += row.key.id;
  EXPECT_EQ(ids, "z");
  EXPECT_THAT(second->notes, testing::ElementsAre(testing::HasSubstr("taken back")));
}

TEST_F(Retracted, WhatIsOutOfScopeByNowIsNotShownEither) {
  auto query = *fhir::search::parse("Observation", "_count=3");
  EXPECT_EQ(turn(query), "abc");
  commit({result("d", "final", "survey", 1)});
  EXPECT_EQ(turn(query), "");
  EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(Retracted, WhatStandsBesideAMatchIsHeldToTheSame) {
  auto query = *fhir::search::parse("Observation", "_count=2&_include=Observation:specimen");
  EXPECT_EQ(turn(query), "ab|s");
  commit({deleted({"Specimen", "s"})});
  EXPECT_EQ(turn(query), "cd");
  EXPECT_EQ(notes_.size(), 1U);
}

}  // namespace
}  // namespace gateway::query::tests
