#include <gmock/gmock.h>

#include "gateway/fhir/json.hpp"

#include "tests/unit/query/read_store.hpp"

namespace gateway::query::tests {
namespace {

/// A subscription of a client, and what happens to results.
class Told : public ReadStore {
 protected:
  static security::Principal client(const std::string& scopes) {
    return {"CN=ehr", *security::parse_scopes(scopes + " system/Subscription.rs"), "", true};
  }
  static store::VersionWrite result(const std::string& id, const std::string& category,
                                    std::int64_t follows = 0) {
    return version(
        {"Observation", id},
        R"(,"status":"final","subject":{"reference":"Patient/p1"},"category":[{"coding":[)"
        R"({"code":")" +
            category + R"("}]}])",
        follows);
  }
  static store::VersionWrite deleted(const std::string& id) {
    store::VersionWrite gone;
    gone.key = {"Observation", id};
    gone.follows = 1;
    return gone;
  }
  void subscribe() {
    auto json = *fhir::parse_json(
        R"({"resourceType":"Subscription","id":"s1","meta":{},"status":"active","criteria":")" +
        topics::all()[1].url() +
        R"(","channel":{"type":"rest-hook","endpoint":"https://ehr/hook"}})");
    topics::sign(json, topics::client_url("CN=ehr"), "");
    auto write = version({"Subscription", "s1"}, "");
    write.body = json.write();
    write.index = fhir::search::index_rows(write.key, *fhir::JsonView::read(write.body), {});
    commit({std::move(write)});
  }
  /// Each of them is an event of the subscription.
  void happens(std::vector<store::VersionWrite> versions) {
    store::Entry entry;
    entry.arrival.bytes = "event" + std::to_string(++events_);
    entry.arrival.key = {"S", entry.arrival.bytes, base::sha256(entry.arrival.bytes)};
    for (std::size_t i = 0; i < versions.size(); ++i) entry.events.push_back({"s1", i});
    entry.versions = std::move(versions);
    const std::vector<store::Entry> entries{std::move(entry)};
    ASSERT_TRUE(store_->commit(entries));
  }
  /// "number id" of each; "-": it is not told which.
  std::vector<std::string> told(const std::string& scopes) {
    const auto told = reader_->told(client(scopes), "s1", {.after = 0, .most = 100, .payload = {}});
    EXPECT_TRUE(told) << told.error().text();
    std::vector<std::string> out;
    for (const auto& event : told->events)
      out.push_back(std::to_string(event.number) + ' ' + (event.focus ? event.focus->id : "-"));
    return out;
  }

 private:
  int events_ = 0;
};

TEST_F(Told, AClientOfAPartOfItsTypeIsToldWhichResultWasDeletedAsLongAsItCouldSeeIt) {
  commit({version({"Patient", "p1"}, R"(,"identifier":[{"system":"urn:mrn","value":"A"}])")});
  subscribe();
  happens({result("lab", "laboratory"), result("asked", "survey"), result("stays", "laboratory")});
  happens({deleted("lab"), deleted("asked")});
  const auto of_laboratory = testing::ElementsAre("1 lab", "2 -", "3 stays", "4 lab", "5 -");
  EXPECT_THAT(told("system/Observation.rs?category=laboratory"), of_laboratory);
  EXPECT_THAT(told("system/Observation.rs"),
              testing::ElementsAre("1 lab", "2 asked", "3 stays", "4 lab", "5 asked"));
  EXPECT_THAT(told("system/Observation.rs?patient.identifier=urn:mrn|A"),
              testing::ElementsAre("1 lab", "2 asked", "3 stays", "4 lab", "5 asked"));
  EXPECT_THAT(told("system/Observation.rs?patient.identifier=urn:mrn|B"),
              testing::ElementsAre("1 -", "2 -", "3 -", "4 -", "5 -"));
  EXPECT_THAT(told("system/Patient.rs"), testing::ElementsAre("1 -", "2 -", "3 -", "4 -", "5 -"));
}

}  // namespace
}  // namespace gateway::query::tests
