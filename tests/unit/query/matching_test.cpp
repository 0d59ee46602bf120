#include "tests/unit/query/read_store.hpp"

namespace gateway::query::tests {
namespace {

using security::Interaction;

security::Principal principal(const char* scopes) {
  return {"CN=peer", *security::parse_scopes(scopes), "source", true};
}

class Matching : public ReadStore {
 protected:
  Matching() {
    commit({version({"Patient", "p1"}, R"(,"identifier":[{"system":"urn:x","value":"A"}])"),
            version({"Patient", "p2"}, R"(,"identifier":[{"system":"urn:x","value":"B"}])"),
            version({"Patient", "p3"}, R"(,"identifier":[{"system":"urn:x","value":"B"}])")});
  }
  base::Result<std::vector<fhir::Version>> matching(const char* scopes, const char* query) {
    return reader_->matching(principal(scopes), Interaction::update,
                             *fhir::search::parse("Patient", query), 2);
  }
};

TEST_F(Matching, FindsWhatMeetsTheConditionThoughTheClientMayNotSearch) {
  const auto one = matching("system/*.cud", "identifier=urn:x|A");
  ASSERT_TRUE(one) << one.error().text();
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ(one->front().key.id, "p1");
  EXPECT_EQ(matching("system/*.cud", "identifier=urn:x|B")->size(), 2U);
  EXPECT_TRUE(matching("system/*.cud", "identifier=urn:x|C")->empty());
  EXPECT_EQ(matching("system/*.rs", "identifier=urn:x|A").error().kind, base::ErrorKind::forbidden);
}

TEST_F(Matching, ReachesAsFarAsTheScope) {
  EXPECT_TRUE(matching("system/Patient.u?identifier=urn:x|B", "identifier=urn:x|A")->empty());
  EXPECT_EQ(matching("system/Patient.u?identifier=urn:x|B", "_id=p2")->size(), 1U);
}

TEST_F(Matching, AConditionThatNamesNothingIsNone) {
  for (const char* query : {"", "_sort=_id", "_count=5"})
    EXPECT_EQ(matching("system/*.cud", query).error().kind, base::ErrorKind::malformed) << query;
}

TEST_F(Matching, EverythingOfAPatientWhoIsDeletedIsGone) {
  auto tombstone = version({"Patient", "p1"}, "", 1);
  tombstone.body.clear();
  commit({tombstone});
  const auto standing =
      reader_->standing(principal("system/*.cud"), Interaction::update, {"Patient", "p1"});
  ASSERT_TRUE(standing && *standing);
  EXPECT_TRUE((*standing)->deleted);
  const auto all = reader_->everything(principal("system/*.rs"), "p1", {});
  ASSERT_FALSE(all);
  EXPECT_TRUE(all.error().what.starts_with("resource-deleted ")) << all.error().text();
}

}  // namespace
}  // namespace gateway::query::tests
