#include <gtest/gtest.h>

#include "tests/unit/query/read_store.hpp"

namespace gateway::query {
namespace {

/// Two patients, results of both, and a reader.
class ATimeline : public tests::ReadStore {
 protected:
  ATimeline() {
    for (const std::string patient : {"p1", "p2"}) write("Patient", patient, "", "");
    for (const std::string id : {"a", "b", "c"}) write("Observation", id, "p1", "laboratory");
    write("Observation", "s", "p1", "survey");
    write("Observation", "z", "p2", "laboratory");
  }

  void write(const std::string& type, const std::string& id, const std::string& patient,
             const std::string& category, std::int64_t follows = 0) {
    std::string members;
    if (!patient.empty())
      members = R"(,"subject":{"reference":"Patient/)" + patient +
                R"("},"category":[{"coding":[{"code":")" + category + R"("}]}])";
    commit({version({type, id}, members, follows)});
  }
  base::Result<Timeline> ask(const std::string& scopes, const std::string& patient,
                             const std::string& query = "", std::size_t most = 5000) {
    const auto read = security::parse_scopes(scopes);
    const auto parsed = fhir::search::parse("Observation", query);
    if (!read || !parsed) throw std::runtime_error("not understood");
    return reader_->timeline({"ehr", *read, "", true}, patient, *parsed, most);
  }
  /// Ids, or what the error says first.
  std::string found(const std::string& scopes, const std::string& patient,
                    const std::string& query = "", std::size_t most = 5000) {
    const auto timeline = ask(scopes, patient, query, most);
    if (!timeline) return timeline.error().what.substr(0, timeline.error().what.find(' '));
    std::string ids;
    for (const auto& result : timeline->results) ids += (ids.empty() ? "" : " ") + result.key.id;
    return ids;
  }
};

TEST_F(ATimeline, HoldsThePatientsResultsAndNobodyElses) {
  EXPECT_EQ(found("system/*.rs", "p1"), "a b c s");
  EXPECT_EQ(found("system/*.rs", "p2"), "z");
  EXPECT_EQ(found("system/*.rs", "p1", "category=laboratory"), "a b c");
  EXPECT_EQ(found("system/*.rs", "p1", "_id=a,z"), "a") << "narrowed, never widened";
  EXPECT_EQ(found("system/*.rs", "p1", "patient=p2"), "");
}

TEST_F(ATimeline, ShowsWhatIsInScopeAndAPatientOutsideItIsNotThere) {
  EXPECT_EQ(found("system/Patient.r system/Observation.s?category=laboratory", "p1"), "a b c");
  EXPECT_EQ(found("system/Patient.r?_id=p2 system/Observation.rs", "p1"), "unknown-id");
  EXPECT_EQ(found("system/*.rs", "p3"), "unknown-id");
  EXPECT_EQ(found("system/*.rs", "../p1"), "unknown-id");
  EXPECT_EQ(found("system/Observation.rs", "p1"), "scope-missing");
  EXPECT_EQ(found("system/Patient.rs", "p1"), "scope-missing");
}

TEST_F(ATimeline, IsWholeOrRefused) {
  EXPECT_EQ(found("system/*.rs", "p1", "", 4), "a b c s");
  EXPECT_EQ(found("system/*.rs", "p1", "", 3), "search-too-costly");
  for (const char* control :
       {"_sort=date", "_count=2", "_total=accurate", "_summary=count", "_id=a&_count=3"})
    EXPECT_EQ(found("system/*.rs", "p1", control), "search-bad-value") << control;
}

TEST_F(ATimeline, ShowsTheActiveVersion) {
  write("Observation", "b", "p1", "laboratory", 1);
  const auto timeline = ask("system/*.rs", "p1");
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->results.size(), 4u);
  EXPECT_EQ(timeline->results.back().key.id, "b");
  EXPECT_EQ(timeline->results.back().version, 2);
  EXPECT_GT(timeline->as_of.microseconds, 0);
}

}  // namespace
}  // namespace gateway::query
