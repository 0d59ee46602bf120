#include "gateway/intake/events.hpp"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const topics::Interest> interest(const std::string& id, std::size_t topic,
                                                 const std::string& filter = "") {
  topics::Interest made{id, &topics::all()[topic], {}, {}};
  if (!filter.empty()) made.filter = fhir::search::parse("Observation", filter)->criteria;
  return std::make_shared<const topics::Interest>(std::move(made));
}
constexpr std::size_t of_new = 0, of_corrected = 1;

/// "number version" of the events of a subscription.
std::vector<std::string> events(House& house, const std::string& id) {
  std::vector<std::string> out;
  const auto found = (*house.store->snapshot())->events(id, 0, 1000);
  for (const auto& event : *found)
    out.push_back(std::to_string(event.number) + " v" + std::to_string(event.version.version));
  return out;
}

ReceivedBundle writing(House& house, const std::string& id, const std::string& status,
                       const std::string& patient = "") {
  const std::string subject =
      patient.empty() ? "" : R"(,"subject":{"reference":"Patient/)" + patient + "\"}";
  const std::string body = R"({"resourceType":"Observation","id":")" + id +
                           R"(","meta":{},"status":")" + status + R"(","code":{"text":"x"})" +
                           subject + "}";
  return {{{{"Observation", id}, status.empty() ? "" : body, "", 0, {}}},
          "x",
          {"CN=peer", {}, "source", true},
          "https",
          house.clock.now(),
          ""};
}

TEST(Events, AreOfTheCommitThatWritesTheVersion) {
  House house;
  house.options.interests = {interest("new", of_new, "code=http://loinc.org|8112-5"),
                             interest("corrected", of_corrected, "code=http://loinc.org|8112-5")};
  house.say(House::sample("08"));
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1"));
  EXPECT_THAT(events(house, "corrected"), IsEmpty());
  house.say(House::sample("09"));
  EXPECT_THAT(events(house, "corrected"), ElementsAre("1 v2"));
  house.say(House::sample("09"));
  EXPECT_THAT(events(house, "corrected"), ElementsAre("1 v2")) << "the same message again";
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1"));
}

TEST(Events, OfADeletionAreCorrectionsAndWhatComesAfterItIsNew) {
  House house;
  house.options.interests = {interest("new", of_new), interest("corrected", of_corrected)};
  ASSERT_TRUE(house.say(writing(house, "o1", "final")));
  ASSERT_TRUE(house.say(writing(house, "o1", "")));
  ASSERT_TRUE(house.say(writing(house, "o1", "final")));
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1", "2 v3"));
  EXPECT_THAT(events(house, "corrected"), ElementsAre("1 v2"));
}

ReceivedBundle patient(House& house, const std::string& id) {
  auto bundle = writing(house, "", "");
  bundle.writes = {{{"Patient", id},
                    R"({"resourceType":"Patient","id":")" + id +
                        R"(","meta":{},"identifier":[{"system":"urn:mrn","value":")" + id + "\"}]}",
                    "",
                    0,
                    {}}};
  return bundle;
}

TEST(Events, OfADeletionAreFoundByTheIdentifierOfItsPatient) {
  House house;
  house.options.interests = {interest("corrected", of_corrected, "patient.identifier=urn:mrn|p1")};
  house.options.routes = {{"hospital", "", "Observation?patient.identifier=urn:mrn|p1"}};
  ASSERT_TRUE(house.say(patient(house, "p1")));
  ASSERT_TRUE(house.say(writing(house, "o1", "final", "p1")));
  ASSERT_TRUE(house.say(writing(house, "o1", "")));
  EXPECT_THAT(events(house, "corrected"), ElementsAre("1 v2"));
  EXPECT_EQ((*house.engine->backlog())[0].pending, 2) << "the target had it, and is told";
}

TEST(Events, OfAResultThatGoesToAnotherPatientAreFoundByBothIdentifiers) {
  House house;
  house.options.interests = {interest("was", of_corrected, "patient.identifier=urn:mrn|p1"),
                             interest("is", of_corrected, "patient.identifier=urn:mrn|p2"),
                             interest("never", of_corrected, "patient.identifier=urn:mrn|p3")};
  for (const char* id : {"p1", "p2", "p3"}) ASSERT_TRUE(house.say(patient(house, id)));
  ASSERT_TRUE(house.say(writing(house, "o1", "final", "p1")));
  ASSERT_TRUE(house.say(writing(house, "o1", "amended", "p2")));
  EXPECT_THAT(events(house, "was"), ElementsAre("1 v2"));
  EXPECT_THAT(events(house, "is"), ElementsAre("1 v2"));
  EXPECT_THAT(events(house, "never"), IsEmpty());
}

/// Another writer is faster: version 2 of o1.
void write_first(House& house) {
  store::Entry entry;
  entry.arrival.key = {"CN=other", "X", base::sha256("X")};
  entry.arrival.bytes = "X";
  auto write = writing(house, "o1", "amended").writes[0];
  store::VersionWrite version{write.key, write.body, 1, {}, "", "", {}, {}};
  version.index = fhir::search::index_rows(write.key, *fhir::JsonView::read(write.body), {});
  entry.versions.push_back(std::move(version));
  ASSERT_TRUE(house.engine->commit(std::vector{entry}));
}

TEST(Events, AWriteThatIsRefusedBehindAConflictChangesNoInterest) {
  House house;
  ASSERT_TRUE(house.say(writing(house, "o1", "final")));
  house.store->before_next_commit([&] { write_first(house); });
  auto late = writing(house, "o1", "corrected");
  late.writes[0].if_match = "W/\"1\"";
  late.interests = {{"new", interest("new", of_new)}};
  EXPECT_FALSE(house.say(std::move(late)));
  ASSERT_TRUE(house.say(writing(house, "o2", "final")));
  EXPECT_THAT(events(house, "new"), IsEmpty());
}

TEST(Events, AreToldOfOnceWhereTheFirstAttemptWasAConflict) {
  House house;
  std::atomic<int> told = 0;
  house.options.interests = {interest("corrected", of_corrected)};
  house.options.on_events = [&told](const EventsTold&) { ++told; };
  ASSERT_TRUE(house.say(writing(house, "o1", "final")));
  house.store->before_next_commit([&] { write_first(house); });
  ASSERT_TRUE(house.say(writing(house, "o1", "corrected")));
  house.intake.reset();
  EXPECT_EQ(told, 1);
}

TEST(Events, WhatIsWrittenInOneGroupBehindASubscriptionIsToldToIt) {
  House house;
  house.open();
  house.store->fail_commits(base::ErrorKind::unavailable);
  std::vector<std::future<base::Result<BundleOutcome>>> answers;
  answers.push_back(house.begin(writing(house, "o1", "final")));
  house.await_held(1);
  auto begins = writing(house, "o2", "final");
  begins.interests = {{"new", interest("new", of_new)}};
  answers.push_back(house.begin(std::move(begins)));
  house.await_held(2);
  answers.push_back(house.begin(writing(house, "o3", "final")));
  house.await_held(3);
  house.store->heal();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1"));
}

TEST(Events, ASubscriptionIsToldFromItsOwnCommitOnUntilItIsOff) {
  House house;
  ASSERT_TRUE(house.say(writing(house, "o1", "final")));
  auto begins = writing(house, "o2", "final");
  begins.interests = {{"new", interest("new", of_new)}};
  ASSERT_TRUE(house.say(std::move(begins)));
  ASSERT_TRUE(house.say(writing(house, "o3", "final")));
  auto ends = writing(house, "o4", "final");
  ends.interests = {{"new", nullptr}};
  ASSERT_TRUE(house.say(std::move(ends)));
  ASSERT_TRUE(house.say(writing(house, "o5", "final")));
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1", "2 v1")) << "o3, and o4 before the end";
}

TEST(Events, AWriteThatIsRefusedChangesNoInterest) {
  House house;
  auto refused = writing(house, "o1", "final");
  refused.writes[0].if_match = "W/\"7\"";
  refused.interests = {{"new", interest("new", of_new)}};
  EXPECT_FALSE(house.say(std::move(refused)));
  ASSERT_TRUE(house.say(writing(house, "o2", "final")));
  EXPECT_THAT(events(house, "new"), IsEmpty());
}

TEST(Events, WhatTheStoreRefusedIsNumberedOnceWhenItIsBack) {
  House house;
  house.options.interests = {interest("new", of_new)};
  house.open();
  house.store->fail_commits(base::ErrorKind::unavailable);
  auto answer = house.begin(House::sample("01"));
  house.await_held(1);
  house.store->heal();
  (void)House::end(std::move(answer));
  EXPECT_THAT(events(house, "new"), ElementsAre("1 v1", "2 v1", "3 v1", "4 v1"));
}

TEST(Events, AreToldOfBehindTheCommit) {
  House house;
  std::promise<EventsTold> told;
  house.options.interests = {interest("new", of_new)};
  house.options.on_events = [&told](const EventsTold& events) { told.set_value(events); };
  house.say(House::sample("08"));
  const auto said = told.get_future().get();
  EXPECT_THAT(said.with_events, testing::Contains("new"));
  EXPECT_THAT(said.written, IsEmpty());
}

}  // namespace
}  // namespace gateway::intake
