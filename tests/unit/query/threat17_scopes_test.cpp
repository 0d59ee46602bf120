#include <gmock/gmock.h>

#include "tests/unit/query/read_store.hpp"

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// TRUST.md T17: what lies outside the scope is nowhere, by whatever way it is asked.
namespace gateway::query::tests {
namespace {

class Threat17Scopes : public ReadStore {
 protected:
  /// `category` of the Observation, of patient p1.
  static store::VersionWrite result(const std::string& id, const std::string& category,
                                    const std::string& status = "final", std::int64_t follows = 0) {
    return version({"Observation", id},
                   R"(,"status":")" + status + R"(","category":[{"coding":[{"code":")" + category +
                       R"("}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8112-5"}]},)"
                       R"("subject":{"reference":"Patient/p1"})",
                   follows);
  }
  static security::Principal client(const std::string& scopes) {
    return {"CN=client", *security::parse_scopes(scopes), "", true};
  }
  std::vector<std::string> found(const std::string& scopes, const std::string& type,
                                 const std::string& query) {
    const auto parsed = fhir::search::parse(type, query);
    EXPECT_TRUE(parsed) << query;
    const auto page = reader_->search(client(scopes), *parsed);
    if (!page) return {page.error().what.substr(0, page.error().what.find(' '))};
    std::vector<std::string> ids;
    for (const auto& row : page->rows) ids.push_back(row.key.id);
    for (const auto& row : page->included) ids.push_back("+" + row.key.id);
    if (page->total) ids.push_back("of " + std::to_string(*page->total));
    return ids;
  }
  bool reads(const std::string& scopes, const std::string& id,
             std::optional<std::int64_t> number = {}) {
    return static_cast<bool>(reader_->read(client(scopes), {"Observation", id}, number));
  }
  std::vector<std::int64_t> history(const std::string& scopes, const std::string& id) {
    const auto page =
        reader_->history(client(scopes), {"Observation", id}, *fhir::search::parse_history(""));
    std::vector<std::int64_t> versions;
    if (page)
      for (const auto& row : page->rows) versions.push_back(row.version);
    return versions;
  }
  std::vector<std::string> changes(const std::string& scopes) {
    const auto page =
        reader_->changes(client(scopes), "Observation", *fhir::search::parse_history(""));
    std::vector<std::string> out;
    if (page)
      for (const auto& row : page->rows)
        out.push_back(row.key.id + '/' + std::to_string(row.version));
    return out;
  }
};

constexpr const char* laboratory = "system/Observation.rs?category=laboratory";
constexpr const char* either =
    "system/Observation.rs?category=laboratory&status=final "
    "system/Observation.rs?category=survey&status=amended";

TEST_F(Threat17Scopes, SeveralRestrictionsAreTheirUnionAndNothingBetween) {
  commit({version({"Patient", "p1"}, ""), result("lf", "laboratory"),
          result("la", "laboratory", "amended"), result("sf", "survey"),
          result("sa", "survey", "amended"), result("vf", "vital-signs")});
  EXPECT_THAT(found(either, "Observation", "_total=accurate"),
              UnorderedElementsAre("lf", "sa", "of 2"));
  EXPECT_THAT(found(either, "Observation", "code=8112-5"), UnorderedElementsAre("lf", "sa"));
  EXPECT_THAT(found(either, "Observation", "status=amended"), ElementsAre("sa"));
  EXPECT_THAT(found(either, "Observation", "patient=p1&category=laboratory"), ElementsAre("lf"));
  for (const char* id : {"lf", "sa"}) EXPECT_TRUE(reads(either, id)) << id;
  for (const char* id : {"la", "sf", "vf"}) EXPECT_FALSE(reads(either, id)) << id;
  EXPECT_THAT(changes(either), UnorderedElementsAre("lf/1", "sa/1"));
  EXPECT_THAT(
      found(std::string(either) + " system/Patient.rs", "Patient",
            "_has:Observation:patient:status=final&_has:Observation:patient:category=survey"),
      ElementsAre("p1"))
      << "one of each is seen";
  EXPECT_THAT(found(std::string(either) + " system/Patient.rs", "Patient",
                    "_has:Observation:patient:category=vital-signs"),
              IsEmpty());
}

TEST_F(Threat17Scopes, IncludesHaveNeedsAndChainsSeeNoMoreThanASearch) {
  commit({version({"Patient", "p1"}, ""), result("l", "laboratory"), result("s", "survey")});
  const std::string both = std::string(laboratory) + " system/Patient.rs";
  EXPECT_THAT(found(both, "Patient", "_revinclude=Observation:patient"), ElementsAre("p1", "+l"));
  EXPECT_THAT(found(laboratory, "Observation", "_include=Observation:patient"), ElementsAre("l"));
  EXPECT_THAT(found(both, "Patient", "_has:Observation:patient:category=survey"), IsEmpty());
  EXPECT_THAT(found(laboratory, "Observation", "patient.family=kaya"),
              ElementsAre("scope-missing"));
  EXPECT_THAT(found("system/Patient.rs", "Patient", "_has:Observation:patient:category=survey"),
              ElementsAre("scope-missing"));
}

TEST_F(Threat17Scopes, AnEarlierVersionObeysTheScopeOfTheCurrentAndItsOwn) {
  commit({version({"Patient", "p1"}, ""), result("in-now", "survey"),
          result("out-now", "laboratory")});
  commit({result("in-now", "laboratory", "final", 1), result("out-now", "survey", "final", 1)});
  EXPECT_TRUE(reads(laboratory, "in-now"));
  EXPECT_TRUE(reads(laboratory, "in-now", 2));
  EXPECT_FALSE(reads(laboratory, "in-now", 1)) << "it was a survey then";
  EXPECT_FALSE(reads(laboratory, "out-now"));
  EXPECT_FALSE(reads(laboratory, "out-now", 1)) << "it is a survey now";
  EXPECT_THAT(history(laboratory, "in-now"), ElementsAre(2));
  EXPECT_THAT(history(laboratory, "out-now"), IsEmpty());
  EXPECT_THAT(changes(laboratory), ElementsAre("in-now/2"));
  EXPECT_THAT(history("system/Observation.rs", "in-now"), ElementsAre(2, 1));
  EXPECT_THAT(changes("system/Observation.rs").size(), 4u);
}

TEST_F(Threat17Scopes, ACursorDoesNotGoOnUnderOtherScopes) {
  commit({version({"Patient", "p1"}, ""), result("l1", "laboratory"), result("l2", "laboratory"),
          result("s1", "survey")});
  const auto first = fhir::search::parse("Observation", "_count=1&_total=accurate");
  const auto page = reader_->search(client("system/*.rs"), *first);
  ASSERT_TRUE(page && !page->next.empty());
  const auto next =
      fhir::search::parse("Observation", "_count=1&_total=accurate&_cursor=" + page->next);
  EXPECT_TRUE(reader_->search(client("system/*.rs"), *next));
  const auto narrower = reader_->search(client(laboratory), *next);
  ASSERT_FALSE(narrower) << "the total would tell what lies outside";
  EXPECT_THAT(narrower.error().what, testing::StartsWith("cursor-forged"));
}

}  // namespace
}  // namespace gateway::query::tests
