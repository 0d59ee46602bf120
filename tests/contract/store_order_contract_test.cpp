#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::Ask;
using gateway::store::Outcome;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// Ids of one order share ten characters behind their letter (V2FHIR.md §3.1), and an engine may
/// keep what is new of it together. Nobody may see that.
template <class EngineUnderTest>
class AnOrder : public StoreContract<EngineUnderTest> {
 protected:
  static std::string id(const std::string& rest, const std::string& letter = "o") {
    return letter + "abcdefghij" + rest;
  }
  static gateway::store::VersionWrite report() {
    return written(
        {"DiagnosticReport", id("rrr", "d")},
        body_of({"DiagnosticReport", id("rrr", "d")}, "",
                R"("status":"final","subject":{"reference":"Patient/p1"},)"
                R"("result":[{"reference":"Observation/)" +
                    id("one") + R"("},{"reference":"Observation/)" + id("two") + R"("}])"));
  }
  static std::vector<gateway::store::VersionWrite> order() {
    return {written({.id = id("one")}), written({.id = id("two"), .value = "2.0"}),
            written({.id = id("three"), .value = "3.0"}), report()};
  }
  std::optional<gateway::store::Current> current(const gateway::fhir::ResourceKey& key,
                                                 const std::string& body = "") {
    const auto known =
        this->store->current(std::vector<Ask>{{key, gateway::base::sha256(body)}}, {}, {});
    EXPECT_TRUE(known);
    return known->resources.at(0);
  }
  std::vector<std::int64_t> versions_of(const std::string& name) {
    auto snapshot = this->store->snapshot();
    const auto history = (*snapshot)->history({"Observation", name});
    EXPECT_TRUE(history);
    std::vector<std::int64_t> numbers;
    for (const auto& version : *history) numbers.push_back(version.version);
    return numbers;
  }
};
TYPED_TEST_SUITE(AnOrder, Engines);

TYPED_TEST(AnOrder, IsReadResourceByResource) {
  const auto outcomes = this->commit(message("1", "p1", this->order()));
  EXPECT_THAT(outcomes.at(0).versions, SizeIs(4));
  EXPECT_EQ(this->read("Observation", this->id("two"))->body,
            body_of({.id = this->id("two"), .value = "2.0"}));
  EXPECT_EQ(this->read("DiagnosticReport", this->id("rrr", "d"))->version, 1);
  EXPECT_FALSE(this->read("Observation", this->id("four")));
  EXPECT_FALSE(this->read("Observation", this->id("two", "x")));
  EXPECT_FALSE(this->read("Specimen", this->id("two")));
  EXPECT_FALSE(this->read("Observation", this->id("two"), 2));
  EXPECT_EQ(this->found("_id=" + this->id("two") + "," + this->id("four")), this->id("two"));
  EXPECT_THAT(this->versions_of(this->id("two")), ElementsAre(1));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(AnOrder, StandsAsItWasSaidByWhomAndWhen) {
  auto versions = this->order();
  for (auto& version : versions) version.source_time = 77;
  this->commit(message("1", "p1", versions));
  const auto same = this->current(versions.at(1).key, versions.at(1).body);
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->same);
  EXPECT_EQ(same->version, 1);
  EXPECT_EQ(same->owner, "SENDER");
  EXPECT_EQ(same->order, "F1");
  EXPECT_EQ(same->source_time, 77);
  const auto other = this->current(versions.at(2).key, "other");
  EXPECT_FALSE(other->same);
  EXPECT_EQ(other->body, versions.at(2).body);
  EXPECT_FALSE(this->current({"Observation", this->id("four")}));
}

TYPED_TEST(AnOrder, IsCorrectedResourceByResource) {
  this->commit(message("1", "p1", this->order()));
  this->commit(message("2", "p1", {written({.id = this->id("two"), .value = "2.5"}, 1)}));
  EXPECT_THAT(this->versions_of(this->id("two")), ElementsAre(2, 1));
  EXPECT_THAT(this->versions_of(this->id("one")), ElementsAre(1));
  EXPECT_EQ(this->read("Observation", this->id("two"), 1)->body,
            body_of({.id = this->id("two"), .value = "2.0"}));
  EXPECT_EQ(this->read("Observation", this->id("three"))->body,
            body_of({.id = this->id("three"), .value = "3.0"}));
  EXPECT_EQ(this->found("value-quantity=2.5"), this->id("two"));
  EXPECT_EQ(this->found("value-quantity=2.0"), "");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(AnOrder, GrowsShrinksAndIsSaidAgain) {
  this->commit(message("1", "p1", this->order()));
  auto more = message("2", "p1",
                      {written({.id = this->id("four")}), written({.id = this->id("five")}),
                       written({.id = this->id("six")})});
  more.later.push_back({{"Observation", this->id("one")}, 1, 99});
  this->commit(more);
  this->commit(message("3", "p1", {written({"Observation", this->id("three")}, "", 1)}));
  EXPECT_EQ(this->current({"Observation", this->id("one")})->source_time, 99);
  EXPECT_TRUE(this->current({"Observation", this->id("three")})->deleted);
  EXPECT_EQ(this->current({"Observation", this->id("four")})->version, 1);
  const std::vector<std::string> heads = {"abcdefghij"};
  const auto all = this->store->observations(heads);
  ASSERT_TRUE(all);
  std::vector<std::string> ids;
  for (const auto& key : all->at(0)) ids.push_back(key.id);
  EXPECT_THAT(ids, UnorderedElementsAre(this->id("one"), this->id("two"), this->id("four"),
                                        this->id("five"), this->id("six")));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(AnOrder, TellsItsObservationsAlone) {
  this->commit(message("1", "p1", this->order()));
  const std::vector<std::string> heads = {"abcdefghij", "bbcdefghij"};
  const auto all = this->store->observations(heads);
  ASSERT_TRUE(all);
  EXPECT_THAT(all->at(0), SizeIs(3));
  EXPECT_THAT(all->at(1), IsEmpty());
}

TYPED_TEST(AnOrder, WrittenOnWhatSomebodyElseWroteIsAConflict) {
  this->commit(message("1", "p1", this->order()));
  const auto outcomes = this->commit(message("2", "p1", this->order()));
  EXPECT_EQ(outcomes.at(0).kind, Outcome::Kind::conflict);
  const auto after = this->commit(message("3", "p1", {written({.id = this->id("two")}, 2)}));
  EXPECT_EQ(after.at(0).kind, Outcome::Kind::conflict);
  EXPECT_THAT(this->versions_of(this->id("two")), ElementsAre(1));
}

TYPED_TEST(AnOrder, OfManyResourcesOrOfSeveralSendersIsKeptAsWell) {
  std::vector<gateway::store::VersionWrite> many;
  for (int i = 100; i < 200; ++i) many.push_back(written({.id = this->id(std::to_string(i))}));
  this->commit(message("1", "p1", many));
  EXPECT_EQ(this->read("Observation", this->id("142"))->version, 1);
  std::vector<gateway::store::VersionWrite> mixed;
  for (const auto* rest : {"one", "two", "three"})
    mixed.push_back(written({.id = "obbcdefghij" + std::string(rest)}));
  mixed.at(1).owner = "OTHER";
  this->commit(message("2", "p1", mixed));
  EXPECT_EQ(this->current(mixed.at(1).key)->owner, "OTHER");
  EXPECT_EQ(this->current(mixed.at(2).key)->owner, "SENDER");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(AnOrder, WrittenTwiceInOneCommitFollowsItself) {
  std::vector<gateway::store::Entry> both;
  both.push_back(message("1", "p1", this->order()));
  both.push_back(message("2", "p1", {written({.id = this->id("one"), .value = "1.5"}, 1)}));
  this->commit(std::move(both));
  EXPECT_THAT(this->versions_of(this->id("one")), ElementsAre(2, 1));
  EXPECT_THAT(this->versions_of(this->id("three")), ElementsAre(1));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(AnOrder, NamesTheArrivalThatWroteItsResources) {
  this->commit(message("1", "p1", this->order()));
  auto snapshot = this->store->snapshot();
  const std::vector<gateway::fhir::ResourceKey> keys = {{"Observation", this->id("two")}};
  const auto with = (*snapshot)->written_with(keys, "DiagnosticReport");
  ASSERT_TRUE(with);
  EXPECT_THAT(*with,
              ElementsAre(gateway::fhir::ResourceKey{"DiagnosticReport", this->id("rrr", "d")}));
}

TYPED_TEST(AnOrder, IsFoundFromItsReportAndBack) {
  this->commit(message("1", "p1", this->order()));
  const auto report = this->id("rrr", "d");
  for (const bool apart : {false, true}) {
    if (apart) this->commit(message("2", "p1", {written({.id = this->id("four")})}));
    EXPECT_EQ(this->found("result=Observation/" + this->id("two"), "DiagnosticReport"), report);
    EXPECT_EQ(this->found("result=Observation/" + this->id("three"), "DiagnosticReport"), "");
    EXPECT_EQ(this->found("result.value-quantity=2.0", "DiagnosticReport"), report);
    EXPECT_EQ(this->found("result.value-quantity=3.0", "DiagnosticReport"), "");
    EXPECT_EQ(this->found("_has:DiagnosticReport:result:status=final&_sort=_id"),
              this->id("one") + " " + this->id("two"));
  }
}

}  // namespace
}  // namespace tests
