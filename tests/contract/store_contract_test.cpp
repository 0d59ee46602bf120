#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::base::ErrorKind;
using gateway::store::ArrivalKey;
using gateway::store::ArrivalState;
using gateway::store::Ask;
using gateway::store::Outcome;
using gateway::store::Seen;
using testing::ElementsAre;
using testing::IsEmpty;

template <class EngineUnderTest>
class StoreKeeps : public StoreContract<EngineUnderTest> {
 protected:
  gateway::store::SeenArrival seen(const ArrivalKey& key) {
    const auto known = this->store->current({}, std::vector<ArrivalKey>{key}, {});
    EXPECT_TRUE(known);
    return known->arrivals.at(0);
  }
  std::optional<gateway::store::Current> current(const gateway::fhir::ResourceKey& key,
                                                 const std::string& body = "") {
    const auto known =
        this->store->current(std::vector<Ask>{{key, gateway::base::sha256(body)}}, {}, {});
    EXPECT_TRUE(known);
    return known->resources.at(0);
  }
};
TYPED_TEST_SUITE(StoreKeeps, Engines);

TYPED_TEST(StoreKeeps, WhatWasWrittenIsReadBackByteByByte) {
  const Result result{.id = "o1", .value = "5.10"};
  const auto outcomes = this->commit(message("1", "p1", {written(result)}));
  const auto version = this->read("Observation", "o1");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->body, body_of(result));
  EXPECT_EQ(version->version, 1);
  EXPECT_EQ(version->last_updated, outcomes.at(0).versions.at(0).last_updated);
  EXPECT_FALSE(this->read("Observation", "o2"));
  EXPECT_FALSE(this->read("Specimen", "o1"));
  EXPECT_FALSE(this->read("Observation", "o1", 2));
}

TYPED_TEST(StoreKeeps, IdsOfEveryLengthAndTypesOfEveryNameAreToldApart) {
  std::vector<gateway::store::VersionWrite> versions;
  const std::vector<gateway::fhir::ResourceKey> keys = {{"Observation", "a"},
                                                        {"Observation", "ab"},
                                                        {"Observation", "ba"},
                                                        {"Observation", "abcdefghijk"},
                                                        {"Observation", "abcdefghijkl"},
                                                        {"Specimen", "ab"},
                                                        {"Flag", "ab"},
                                                        {"Goal", "ab"},
                                                        {"Flag", "abcdefghijklm"}};
  for (const auto& key : keys)
    versions.push_back(written(key, body_of(key, "", "\"x\":\"" + key.reference() + "\"")));
  this->commit(message("1", "p1", versions));
  for (const auto& key : keys) {
    const auto version = this->read(key.type, key.id);
    ASSERT_TRUE(version) << key.reference();
    EXPECT_EQ(version->key, key);
    EXPECT_EQ(version->body, body_of(key, "", "\"x\":\"" + key.reference() + "\""));
  }
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, AVersionFollowsTheOneItSaw) {
  this->commit(message("1", "p1", {written({.id = "o1", .value = "1.0"})}));
  const auto second = this->commit(message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1)}));
  EXPECT_EQ(second.at(0).versions.at(0).version, 2);
  const auto stands = this->current({"Observation", "o1"});
  ASSERT_TRUE(stands);
  EXPECT_EQ(stands->version, 2);
  EXPECT_EQ(stands->body, body_of(Result{.id = "o1", .value = "2.0"}));
  EXPECT_EQ(stands->owner, "SENDER");
  EXPECT_EQ(stands->order, "F1");
  EXPECT_EQ(this->read("Observation", "o1", 1)->body, body_of(Result{.id = "o1", .value = "1.0"}));
  auto snapshot = this->store->snapshot();
  const auto history = (*snapshot)->history({"Observation", "o1"});
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(history->at(0).version, 2);
  EXPECT_EQ(history->at(1).version, 1);
}

TYPED_TEST(StoreKeeps, WhatIsEqualIsSaidToBeTheSameWithoutItsBody) {
  const Result result{.id = "o1"};
  this->commit(message("1", "p1", {written(result)}));
  const auto same = this->current({"Observation", "o1"}, body_of(result));
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->same);
  EXPECT_EQ(same->body, "");
  const auto other = this->current({"Observation", "o1"}, "other");
  EXPECT_FALSE(other->same);
  EXPECT_EQ(other->body, body_of(result));
  EXPECT_FALSE(this->current({"Observation", "o9"}));
}

TYPED_TEST(StoreKeeps, ADamagedBodyIsToldOfItsKeyAndOfNoOther) {
  const Result first{.id = "o1"}, second{.id = "o2", .value = "2.0"};
  this->commit(message("1", "p1", {written(first)}));
  this->commit(message("2", "p1", {written(second)}));
  this->engine.break_bodies_of(1);
  const std::vector<Ask> asks = {{{"Observation", "o1"}, {}},
                                 {{"Observation", "o2"}, {}},
                                 {{"Observation", "o1"}, gateway::base::sha256(body_of(first))}};
  const auto known =
      this->store->current(asks, std::vector{message("2", "p1", {}).arrival.key}, {});
  ASSERT_TRUE(known) << known.error().text();
  ASSERT_TRUE(known->resources.at(0));
  EXPECT_TRUE(known->resources[0]->unreadable);
  EXPECT_EQ(known->resources[0]->body, "");
  ASSERT_TRUE(known->resources.at(1));
  EXPECT_FALSE(known->resources[1]->unreadable);
  EXPECT_EQ(known->resources[1]->body, body_of(second));
  EXPECT_FALSE(known->resources.at(2)->unreadable) << "the same bytes need not be read";
  EXPECT_EQ(known->arrivals.at(0).seen, Seen::duplicate);
}

TYPED_TEST(StoreKeeps, AConflictWritesNothingOfItAndNothingLaterOfThePatientInTheGroup) {
  this->commit(message("1", "p1", {written({.id = "o1"})}));
  const auto outcomes = this->commit(std::vector{
      message("2", "p1", {written({.id = "o3"}), written({.id = "o1", .value = "2.0"}, 0)}),
      message("3", "p1", {written({.id = "o4"})}),
      message("4", "p2", {written({.id = "o5", .patient = "p2"})})});
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(outcomes[0].kind, Outcome::Kind::conflict);
  EXPECT_EQ(outcomes[1].kind, Outcome::Kind::conflict);
  EXPECT_EQ(outcomes[2].kind, Outcome::Kind::stored);
  EXPECT_FALSE(this->read("Observation", "o3"));
  EXPECT_FALSE(this->read("Observation", "o4"));
  EXPECT_TRUE(this->read("Observation", "o5"));
  EXPECT_EQ(this->seen(message("2", "p1", {}).arrival.key).seen, Seen::fresh);
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, WhatWasComposedOnTheLastArrivalFollowsWhatStands) {
  this->commit(message("1", "p1", {written({.id = "o1", .value = "1.0"})}));
  const auto known = this->store->current(std::vector<Ask>{{{"Observation", "o1"}, {}}}, {}, {});
  ASSERT_TRUE(known);
  EXPECT_EQ(known->last.value, 1);
  std::vector entries{
      message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1), written({.id = "o2"})}),
      message("3", "p1", {written({.id = "o1", .value = "3.0"}, 2)})};
  for (auto& entry : entries) entry.composed_on = known->last;
  for (const auto& outcome : this->commit(entries)) EXPECT_EQ(outcome.kind, Outcome::Kind::stored);
  EXPECT_EQ(this->read("Observation", "o1")->version, 3);
  EXPECT_EQ(this->read("Observation", "o1", 2)->body, body_of(Result{.id = "o1", .value = "2.0"}));
  EXPECT_EQ(this->read("Observation", "o2")->version, 1);
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, WhatAnArrivalOvertookIsAConflictOrADuplicateAsEver) {
  const auto known = this->store->current({}, {}, {});
  ASSERT_TRUE(known);
  this->commit(message("1", "p1", {written({.id = "o1", .value = "1.0"})}));
  std::vector entries{message("1", "p1", {written({.id = "o1", .value = "1.0"})}),
                      message("2", "p1", {written({.id = "o1", .value = "2.0"})})};
  for (auto& entry : entries) entry.composed_on = known->last;
  const auto outcomes = this->commit(entries);
  EXPECT_EQ(outcomes.at(0).kind, Outcome::Kind::duplicate);
  EXPECT_EQ(outcomes.at(1).kind, Outcome::Kind::conflict);
  EXPECT_EQ(this->read("Observation", "o1")->version, 1);
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, OfAnOrderIsToldWhatStandsAndWhatDoesNot) {
  const auto id = [](char letter, const char* order, const char* rest) {
    return letter + std::string(order) + rest;
  };
  this->commit(message("1", "p1", {written({.id = id('o', "abcdefghij", "2222")})}));
  std::vector<Ask> asks;
  for (const char* order : {"abcdefghij", "abcdefghik", "abcdefghi"})
    for (const char* rest : {"1111", "2222", "3333"})
      asks.push_back({{"Observation", id('o', order, rest)}, {}});
  asks.push_back({{"Observation", "o"}, {}});
  const auto known = this->store->current(asks, {}, {});
  ASSERT_TRUE(known);
  ASSERT_EQ(known->resources.size(), asks.size());
  for (std::size_t i = 0; i < asks.size(); ++i)
    EXPECT_EQ(known->resources[i].has_value(), i == 1) << asks[i].key.id;
}

TYPED_TEST(StoreKeeps, TwoMessagesOfOneGroupMayWriteOneResource) {
  this->commit(std::vector{message("1", "p1", {written({.id = "o1", .value = "1.0"})}),
                           message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1)})});
  EXPECT_EQ(this->read("Observation", "o1")->version, 2);
  EXPECT_EQ(this->read("Observation", "o1", 1)->version, 1);
  EXPECT_EQ(this->found("code=8112-5"), "o1");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, OneEntryThatWritesAResourceTwiceLosesNeither) {
  this->commit(message(
      "1", "p1", {written({.id = "o1", .value = "1.0"}), written({.id = "o1", .value = "2.0"})}));
  EXPECT_EQ(this->read("Observation", "o1", 1)->body, body_of(Result{.id = "o1", .value = "1.0"}));
  EXPECT_EQ(this->read("Observation", "o1")->body, body_of(Result{.id = "o1", .value = "2.0"}));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, ADeletedResourceKeepsItsHistoryAndIsNotFound) {
  this->commit(message("1", "p1", {written({.id = "o1"})}));
  this->commit(message("2", "p1", {written({"Observation", "o1"}, "", 1)}));
  const auto version = this->read("Observation", "o1");
  ASSERT_TRUE(version);
  EXPECT_TRUE(version->deleted);
  EXPECT_EQ(version->version, 2);
  EXPECT_FALSE(this->read("Observation", "o1", 1)->deleted);
  EXPECT_TRUE(this->current({"Observation", "o1"})->deleted);
  EXPECT_EQ(this->found("code=8112-5"), "");
  this->commit(message("3", "p1", {written({.id = "o1"}, 2)}));
  EXPECT_EQ(this->found("code=8112-5"), "o1");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, ADuplicateArrivalReturnsTheFirstAnswer) {
  const auto first = message("1", "p1", {written({.id = "o1"})});
  const auto number = this->commit(first).at(0).arrival;
  const auto again = this->seen(first.arrival.key);
  EXPECT_EQ(again.seen, Seen::duplicate);
  EXPECT_EQ(again.first, number);
  EXPECT_EQ(again.answer, "AA 1");
  EXPECT_EQ(this->seen(key_of("1", "other bytes")).seen, Seen::control_id_reused);
  EXPECT_EQ(this->seen(key_of("2", first.arrival.bytes)).seen, Seen::fresh);
  auto elsewhere = first.arrival.key;
  elsewhere.sender = "OTHER";
  EXPECT_EQ(this->seen(elsewhere).seen, Seen::fresh);
}

TYPED_TEST(StoreKeeps, TheSameMessageTwiceInOneGroupIsStoredOnce) {
  const auto outcomes = this->commit(std::vector{message("1", "p1", {written({.id = "o1"})}),
                                                 message("1", "p1", {written({.id = "o1"})})});
  EXPECT_EQ(outcomes.at(0).kind, Outcome::Kind::stored);
  EXPECT_EQ(outcomes.at(1).kind, Outcome::Kind::duplicate);
  EXPECT_EQ(outcomes.at(1).arrival, outcomes.at(0).arrival);
  EXPECT_EQ(this->read("Observation", "o1")->version, 1);
  EXPECT_EQ(this->store->verify()->arrivals, 1);
}

TYPED_TEST(StoreKeeps, ADuplicateWritesItsAuditRowAndNoArrival) {
  auto entry = message("1", "p1", {written({.id = "o1"})});
  const auto first = this->commit(entry).at(0).arrival;
  entry.duplicate = true;
  entry.first = first;
  EXPECT_EQ(this->commit(entry).at(0).kind, Outcome::Kind::duplicate);
  const auto verification = this->store->verify();
  EXPECT_EQ(verification->arrivals, 1);
  EXPECT_EQ(verification->audit_rows, 2);
}

TYPED_TEST(StoreKeeps, ARefusedMessageIsFoundAmongTheRefusedOnly) {
  auto entry = message("1", "p1", {});
  entry.arrival.key.state = ArrivalState::rejected;
  this->commit(entry);
  EXPECT_EQ(this->seen(entry.arrival.key).seen, Seen::duplicate);
  auto accepted = entry.arrival.key;
  accepted.state = ArrivalState::accepted;
  EXPECT_EQ(this->seen(accepted).seen, Seen::fresh);
}

TYPED_TEST(StoreKeeps, AMessageWithoutControlIdIsKnownByItsBytes) {
  auto entry = message("", "p1", {});
  entry.arrival.key.state = ArrivalState::rejected;
  this->commit(entry);
  EXPECT_EQ(this->seen(entry.arrival.key).seen, Seen::duplicate);
  auto other = entry.arrival.key;
  other.bytes = gateway::base::sha256("other");
  EXPECT_EQ(this->seen(other).seen, Seen::fresh);
}

TYPED_TEST(StoreKeeps, ABundleIsNeverADuplicate) {
  auto entry = message("1", "p1", {written({.id = "o1"})});
  entry.arrival.kind = gateway::store::ArrivalKind::bundle;
  this->commit(entry);
  EXPECT_EQ(this->seen(entry.arrival.key).seen, Seen::fresh);
  entry.versions = {written({.id = "o1", .value = "3"}, 1)};
  EXPECT_EQ(this->commit(entry).at(0).kind, Outcome::Kind::stored);
}

TYPED_TEST(StoreKeeps, LastUpdatedGrowsWithEveryCommitEvenIfTheClockStands) {
  gateway::base::Instant last{};
  for (int i = 0; i < 3; ++i) {
    const auto entry = message(std::to_string(i), "p1", {written({.id = "o" + std::to_string(i)})});
    const auto outcomes = this->store->commit(std::vector{entry});
    ASSERT_TRUE(outcomes);
    EXPECT_GT(outcomes->at(0).versions.at(0).last_updated, last);
    last = outcomes->at(0).versions.at(0).last_updated;
  }
}

TYPED_TEST(StoreKeeps, WhoElseHasAnOrderNumberOfASenderIsKnown) {
  const auto ordered = [](const std::string& id, const std::string& patient,
                          const std::string& order) {
    auto out = written({.id = id, .patient = patient, .order = order});
    out.order = order;
    return out;
  };
  auto other_sender = ordered("o4", "p4", "F1");
  other_sender.owner = "OTHER";
  this->commit(message("1", "p1", {ordered("o1", "p1", "F1")}));
  this->commit(message("2", "p2", {ordered("o2", "p2", "F1"), ordered("o3", "p2", "F2")}));
  this->commit(message("3", "p4", {other_sender}));
  const auto others = [&](const std::string& order, const std::string& patient) {
    const std::vector<gateway::store::OrderAsk> asks = {{"SENDER", order, {patient}}};
    std::string out;
    const auto known = this->store->current({}, {}, asks);
    EXPECT_TRUE(known);
    for (const auto& other : known->foreign.at(0).resources)
      out += other.patient.value + ":" + other.key.reference() + " ";
    return out;
  };
  EXPECT_EQ(others("F1", "p1"), "p2:Observation/o2 ");
  EXPECT_EQ(others("F1", "p9"), "p1:Observation/o1 p2:Observation/o2 ");
  EXPECT_EQ(others("F2", "p2"), "");
  EXPECT_EQ(others("F3", "p1"), "");
  auto next = ordered("o1", "p1", "F1");
  next.follows = 1;
  this->commit(message("4", "p1", {next}));
  EXPECT_EQ(others("F1", "p2"), "p1:Observation/o1 ") << "each resource once, as it stands";
}

TYPED_TEST(StoreKeeps, WhatReviewItemsOfACodeWereAboutIsToldOnceForEachSender) {
  const auto reviewed = [](const std::string& id, const std::string& sender,
                           const std::string& code, const std::string& where) {
    auto entry = message(id, "p1", {});
    entry.arrival.key.sender = sender;
    entry.reviews.push_back({code, "information", where, "", "said"});
    return entry;
  };
  this->commit(std::vector{reviewed("1", "A", "gap", "AL1-3"), reviewed("2", "A", "gap", "AL1-3"),
                           reviewed("3", "B", "gap", "AL1-3"), reviewed("4", "B", "other", "X-1")});
  const auto said = this->store->reviewed("gap");
  ASSERT_TRUE(said);
  std::vector<std::string> all;
  for (const auto& one : *said) all.push_back(one.sender + " " + one.where);
  EXPECT_THAT(all, testing::UnorderedElementsAre("A AL1-3", "B AL1-3"));
  EXPECT_TRUE(this->store->reviewed("never")->empty());
}

TYPED_TEST(StoreKeeps, TheObservationsOfAnOrderAreFoundByWhatTheirIdsShare) {
  const auto found = [&](const std::vector<std::string>& heads) {
    const auto all = this->store->observations(heads);
    EXPECT_TRUE(all);
    std::vector<std::string> out;
    for (const auto& keys : *all) {
      std::string ids;
      for (const auto& key : keys) ids += key.id + " ";
      out.push_back(ids);
    }
    return out;
  };
  this->commit(message("1", "p1",
                       {written({.id = "oaaaaaaaaaa1"}), written({.id = "oaaaaaaaaaa2"}),
                        written({.id = "obbbbbbbbbb1"}), written({.id = "oaaaaaaaaab1"})}));
  EXPECT_THAT(found({"aaaaaaaaaa", "cccccccccc", "bbbbbbbbbb"}),
              ElementsAre("oaaaaaaaaaa1 oaaaaaaaaaa2 ", "", "obbbbbbbbbb1 "));
  auto gone = written({.id = "oaaaaaaaaaa1"});
  gone.body.clear();
  gone.follows = 1;
  this->commit(message("2", "p1", {gone}));
  EXPECT_THAT(found({"aaaaaaaaaa"}), ElementsAre("oaaaaaaaaaa2 ")) << "what was deleted is not";
}

TYPED_TEST(StoreKeeps, EveryAnswerOfAVeryLargeOrderIsFound) {
  std::vector<gateway::store::VersionWrite> order;
  for (int i = 1000; i < 1600; ++i)
    order.push_back(written({.id = "oaaaaaaaaaa" + std::to_string(i)}));
  order.push_back(written({.id = "oaaaaaaaaaa1700", .category = "survey"}));
  order.push_back(written({.id = "oaaaaaaaaab1", .category = "survey"}));
  this->commit(message("1", "p1", std::move(order)));
  const std::vector<std::string> heads{"aaaaaaaaaa"};
  const auto all = this->store->observations(heads);
  ASSERT_TRUE(all);
  const auto& keys = all->front();
  EXPECT_LT(keys.size(), 600u) << "of the others the first";
  EXPECT_EQ(keys.back().id, "oaaaaaaaaaa1700");
}

TYPED_TEST(StoreKeeps, AnEntryIsWrittenWithWhatItChangesOfOthersOrNotAtAll) {
  this->commit(message("1", "p1", {written({.id = "o1"})}));
  const auto marking = [](const std::string& id, std::int64_t follows) {
    auto entry = message(id, "p2", {written({.id = "o" + id, .patient = "p2"})});
    entry.consequences.push_back(
        message(id, "p1", {written({.id = "o1", .tag = "patient-mismatch"}, follows)}));
    entry.consequences[0].arrival.kind = gateway::store::ArrivalKind::consequence;
    entry.consequences[0].deliveries.push_back({"hospital"});
    return entry;
  };
  const auto outcomes = this->commit(std::vector{marking("2", 0), marking("3", 1)});
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].kind, Outcome::Kind::conflict);
  EXPECT_EQ(outcomes[1].kind, Outcome::Kind::conflict) << "nothing later of the patient either";
  EXPECT_FALSE(this->read("Observation", "o2"));
  EXPECT_EQ(this->commit(marking("3", 1)).at(0).kind, Outcome::Kind::stored);
  EXPECT_TRUE(this->read("Observation", "o3"));
  EXPECT_EQ(this->read("Observation", "o1")->version, 2);
  const auto deliveries =
      this->store->claim("hospital", 9, this->clock.now(), std::chrono::seconds(1));
  ASSERT_TRUE(deliveries);
  ASSERT_EQ(deliveries->size(), 1u);
  EXPECT_EQ(deliveries->at(0).patient.value, "p1") << "in the order of the patient it is of";
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, EverythingIsThereAfterItWasClosedAndOpened) {
  this->commit(
      message("1", "p1",
              {written({.id = "o1"}), written({"Patient", "p1"}, patient_body("p1", "P1", "Öz"))}));
  const auto secret = *this->store->secret("cursor");
  const auto before = this->read("Observation", "o1")->last_updated;
  this->reopen();
  EXPECT_EQ(this->read("Observation", "o1")->last_updated, before);
  EXPECT_EQ(*this->store->secret("cursor"), secret);
  EXPECT_NE(*this->store->secret("other"), secret);
  EXPECT_EQ(secret.size(), 32u);
  const auto next = this->commit(message("2", "p1", {written({.id = "o2"})}));
  EXPECT_EQ(next.at(0).arrival.value, 2);
  EXPECT_EQ(this->found("patient=p1&_sort=_id"), "o1 o2");
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreKeeps, ASnapshotShowsOneStateWhileOthersWrite) {
  this->commit(message("1", "p1", {written({.id = "o1", .value = "1.0"})}));
  auto snapshot = this->store->snapshot();
  ASSERT_TRUE(snapshot);
  this->commit(
      message("2", "p1", {written({.id = "o1", .value = "2.0"}, 1), written({.id = "o2"})}));
  EXPECT_EQ((**(*snapshot)->read({"Observation", "o1"}, {})).version, 1);
  EXPECT_FALSE((**snapshot).read({"Observation", "o2"}, {})->has_value());
}

TYPED_TEST(StoreKeeps, ManyWritersAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < 25; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto entry = message(id, "p" + std::to_string(t), {written({.id = "o" + id})});
        EXPECT_TRUE(this->store->commit(std::vector{entry}));
        EXPECT_TRUE(this->store->audit(
            std::vector<gateway::store::AuditRow>{{"read", {2}, "x", "https", "200", {}, ""}}));
      }
    });
  for (auto& thread : threads) thread.join();
  const auto verification = this->store->verify();
  EXPECT_EQ(verification->arrivals, 100);
  EXPECT_EQ(verification->audit_rows, 200);
  EXPECT_THAT(verification->problems, IsEmpty());
}

TYPED_TEST(StoreKeeps, AHealthyStoreSaysSo) {
  const auto health = this->store->health();
  EXPECT_TRUE(health.writable) << health.reason;
  EXPECT_GT(health.bytes, 0);
  EXPECT_EQ(health.free_bytes > 0, this->engine.tells_free_bytes);
  EXPECT_TRUE(this->store->recover());
}

}  // namespace
}  // namespace tests
