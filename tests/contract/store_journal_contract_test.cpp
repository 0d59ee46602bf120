#include <gmock/gmock.h>

#include "gateway/store/postgresql/opening.hpp"
#include "gateway/store/sqlite/opening.hpp"
#include "gateway/store/tables/journal.hpp"

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

namespace store_of = gateway::store;
using gateway::base::Instant;
using gateway::store::ArrivalKind;
using gateway::store::ArrivalsAsked;
using gateway::store::ArrivalState;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string arrivals_plan(const Sqlite& engine, const ArrivalsAsked& asked) {
  store_of::sqlite::Connection connection;
  EXPECT_TRUE(
      store_of::sqlite::open_connection(connection, engine.file(), store_of::sqlite::Role::reader));
  return store_of::tables::explain_arrivals(connection, asked);
}

std::string arrivals_plan(const Postgresql& engine, const ArrivalsAsked& asked) {
  store_of::postgresql::Connection connection;
  EXPECT_TRUE(store_of::postgresql::open_connection(
      connection, {.url = engine.cluster.url(), .schema = engine.schema},
      store_of::postgresql::Role::reader));
  return store_of::tables::explain_arrivals(connection, asked);
}

template <class EngineUnderTest>
class StoreJournal : public StoreContract<EngineUnderTest> {
 protected:
  static constexpr std::int64_t minute = 60'000'000;
  /// A message that arrives in a minute.
  static store_of::Entry arriving(const std::string& control_id, std::int64_t at,
                                  const std::string& sender = "SENDER",
                                  const std::string& patient = "pa") {
    auto entry =
        message(control_id, patient,
                {written({.id = "o" + control_id + sender.substr(0, 1), .patient = patient})});
    entry.arrival.key.sender = sender;
    entry.arrival.received = {at * minute};
    return entry;
  }
  static store_of::Entry refused(const std::string& control_id, std::int64_t at) {
    auto entry = message(control_id, "SENDER", {});
    entry.arrival.key.state = ArrivalState::rejected;
    entry.arrival.received = {at * minute};
    return entry;
  }
  std::vector<std::int64_t> found(const ArrivalsAsked& asked) {
    const auto page = this->store->arrivals(asked);
    EXPECT_TRUE(page) << page.error().text();
    std::vector<std::int64_t> out;
    for (const auto& line : page->lines) out.push_back(line.number.value);
    return out;
  }
  /// Those of a whole search, page by page.
  std::vector<std::int64_t> pages(ArrivalsAsked asked) {
    std::vector<std::int64_t> out;
    for (bool more = true; more;) {
      const auto page = this->store->arrivals(asked);
      EXPECT_TRUE(page);
      for (const auto& line : page->lines) out.push_back(line.number.value);
      more = page->before != 0;
      asked.before = page->before;
    }
    return out;
  }
};
TYPED_TEST_SUITE(StoreJournal, Engines);

TYPED_TEST(StoreJournal, FindsArrivalsByWhatPeopleKnowOfThem) {
  this->commit({this->arriving("a", 10), this->arriving("b", 11, "OTHER", "pb"),
                this->refused("c", 12), this->arriving("a", 13, "OTHER")});
  EXPECT_THAT(this->found({}), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(this->found({.control_id = "a"}), ElementsAre(4, 1));
  EXPECT_THAT(this->found({.sender = "OTHER", .control_id = "a"}), ElementsAre(4));
  EXPECT_THAT(this->found({.sender = "OTHER"}), ElementsAre(4, 2));
  EXPECT_THAT(this->found({.sender = "NOBODY"}), ElementsAre());
  EXPECT_THAT(this->found({.patients = {{"pa"}}}), ElementsAre(4, 1));
  EXPECT_THAT(this->found({.patients = {{"pa", "pb"}}}), ElementsAre(4, 2, 1));
  EXPECT_THAT(this->found({.patients = {{"nobody"}}}), ElementsAre());
  EXPECT_THAT(this->found({.patients = {std::vector<std::string>{}}}), ElementsAre());
  EXPECT_THAT(this->found({.sender = "OTHER", .patients = {{"pa"}}}), ElementsAre(4));
  EXPECT_THAT(this->found({.state = ArrivalState::rejected}), ElementsAre(3));
  EXPECT_THAT(this->found({.state = ArrivalState::accepted}), ElementsAre(4, 2, 1));
  EXPECT_THAT(this->found({.from = Instant{11 * StoreJournal<TypeParam>::minute},
                           .until = Instant{12 * StoreJournal<TypeParam>::minute}}),
              ElementsAre(3, 2));
  EXPECT_THAT(
      this->found({.sender = "OTHER", .from = Instant{11 * StoreJournal<TypeParam>::minute + 1}}),
      ElementsAre(4));
}

TYPED_TEST(StoreJournal, AnArrivalThatCameAgainIsFoundAsSuchWheneverItWasEntered) {
  this->commit({this->arriving("a", 10), this->arriving("b", 10)});
  const auto again = [&](std::int64_t first) {
    store_of::Entry entry;
    entry.duplicate = true;
    entry.first = {first};
    entry.audit.push_back({"ingest-duplicate", {1}, "CN=lab", "mllp:2575", "AA", {}, ""});
    this->commit(std::move(entry));
  };
  again(1);  // before it is entered
  EXPECT_THAT(this->found({.repeated = true}), ElementsAre(1));
  again(2);  // after
  again(2);
  EXPECT_THAT(this->found({.repeated = true}), ElementsAre(2, 1));
  EXPECT_EQ(this->store->arrivals({.repeated = true})->lines[0].repeats, 2);
}

TYPED_TEST(StoreJournal, PagesHoldEachOnceWhateverArrivesMeanwhile) {
  std::vector<store_of::Entry> entries;
  for (int i = 1; i <= 25; ++i)
    entries.push_back(this->arriving(std::to_string(i), 10, i % 2 == 0 ? "EVEN" : "ODD"));
  this->commit(std::move(entries));
  std::vector<std::int64_t> all, even;
  for (int i = 25; i >= 1; --i) all.push_back(i);
  for (int i = 24; i >= 1; i -= 2) even.push_back(i);
  EXPECT_EQ(this->pages({.most = 10}), all);
  EXPECT_EQ(this->pages({.most = 5}), all);
  EXPECT_EQ(this->pages({.sender = "EVEN", .most = 4}), even);
  EXPECT_EQ(this->pages({.sender = "EVEN", .state = ArrivalState::accepted, .most = 4}), even);
  const auto first = *this->store->arrivals({.most = 10});
  this->commit(this->arriving("26", 11));
  EXPECT_EQ(this->store->arrivals({.before = first.before, .most = 1})->lines[0].number.value, 15);
}

TYPED_TEST(StoreJournal, AClockThatWentBackHidesNothing) {
  this->commit({this->arriving("a", 10), this->arriving("b", 20), this->arriving("c", 11),
                this->arriving("d", 20)});
  constexpr auto minute = StoreJournal<TypeParam>::minute;
  EXPECT_THAT(this->found({.from = Instant{15 * minute}}), ElementsAre(4, 2));
  EXPECT_THAT(this->found({.until = Instant{15 * minute}}), ElementsAre(3, 1));
}

TYPED_TEST(StoreJournal, AConsequenceIsFoundAsTheMessageItCameWith) {
  auto entry = this->arriving("a", 10);
  store_of::Entry consequence;
  consequence.arrival.kind = ArrivalKind::consequence;
  consequence.arrival.key = key_of("a", "consequence");
  consequence.patient.value = "pb";
  consequence.versions = {written({.id = "ob", .patient = "pb"})};
  entry.consequences.push_back(std::move(consequence));
  this->commit(std::move(entry));
  EXPECT_THAT(this->found({}), ElementsAre(1));
  EXPECT_THAT(this->found({.patients = {{"pb"}}}), ElementsAre(1));
  const auto whole = *this->store->arrival({1});
  ASSERT_EQ(whole->versions.size(), 2U);
  EXPECT_EQ(whole->versions[1].key.id, "ob");
}

TYPED_TEST(StoreJournal, AnArrivalIsToldWhole) {
  this->commit(this->arriving("a", 9));
  auto entry = this->arriving("b", 10);
  entry.arrival.account = "1 v1 ++-";
  entry.unchanged = {{"Observation", "oaS"}};
  entry.deliveries.push_back({"hospital"});
  entry.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/ob", "text"});
  this->commit(std::move(entry));
  auto last = this->arriving("c", 11);
  last.deliveries.push_back({"hospital"});
  last.reviews.push_back({"unit-unmapped", "warning", "OBX[1]-6", "Observation/oc", "text"});
  this->commit(std::move(last));
  const auto whole = *this->store->arrival({2});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->line.control_id, "b");
  EXPECT_EQ(whole->line.account, "1 v1 ++-");
  EXPECT_EQ(whole->line.answer, "AA b");
  EXPECT_EQ(whole->bytes, "MSH|^~\\&|b|pa");
  EXPECT_EQ(whole->patient, "pa");
  ASSERT_EQ(whole->versions.size(), 1U);
  EXPECT_EQ(whole->versions[0].key.id, "obS");
  EXPECT_THAT(whole->unchanged, ElementsAre(gateway::fhir::ResourceKey{"Observation", "oaS"}));
  ASSERT_EQ(whole->letters.size(), 1U);
  EXPECT_EQ(whole->letters[0].target, "hospital");
  ASSERT_EQ(whole->reviews.size(), 1U);
  EXPECT_EQ(whole->reviews[0].code, "code-unmapped");
  EXPECT_FALSE(*this->store->arrival({4}));
  EXPECT_EQ((*this->store->arrival({1}))->letters.size(), 0U);
}

TYPED_TEST(StoreJournal, TellsWhoSendsAndHowMuchArrived) {
  constexpr auto minute = StoreJournal<TypeParam>::minute;
  this->commit({this->arriving("a", 10), this->arriving("b", 11, "OTHER")});
  ASSERT_EQ(this->store->senders()->size(), 2U);
  this->commit(this->arriving("c", 12));
  const auto senders = *this->store->senders();
  ASSERT_EQ(senders.size(), 2U);
  EXPECT_EQ(senders[1].name, "SENDER");
  EXPECT_EQ(senders[1].messages, 2);
  EXPECT_EQ(senders[1].last_received.microseconds, 12 * minute);
  EXPECT_EQ(*this->store->arrived_since({0}), 3);
  EXPECT_EQ(*this->store->arrived_since({11 * minute}), 2);
  EXPECT_EQ(*this->store->arrived_since({12 * minute + 1}), 0);
}

TYPED_TEST(StoreJournal, ListsWhatWaitsForADecisionNewestFirst) {
  for (const char* id : {"a", "b", "c"}) {
    auto entry = this->arriving(id, 10);
    entry.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/o", "text"});
    this->commit(std::move(entry));
  }
  const auto all = *this->store->open_reviews(INT64_MAX, 2);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].arrival.value, 3);
  EXPECT_EQ(all[0].sender, "SENDER");
  const auto next = *this->store->open_reviews(all[1].number, 2);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].arrival.value, 1);
}

TYPED_TEST(StoreJournal, TellsWhatATargetSaidLast) {
  EXPECT_EQ(*this->store->last_trouble("hospital"), "");
  auto entry = this->arriving("a", 10);
  entry.deliveries.push_back({"hospital"});
  this->commit(std::move(entry));
  const auto claimed =
      *this->store->claim("hospital", 1, this->clock.now(), std::chrono::seconds(9));
  store_of::Settlement settlement;
  settlement.state = store_of::Settlement::State::waiting;
  settlement.sequence = claimed.at(0).sequence;
  settlement.next_attempt = {this->clock.now().microseconds + 1};
  settlement.answer = "503 later";
  ASSERT_TRUE(this->store->settle({&settlement, 1}));
  EXPECT_EQ(*this->store->last_trouble("hospital"), "503 later");
  settlement.state = store_of::Settlement::State::dead;
  settlement.answer = "422 no";
  ASSERT_TRUE(this->store->settle({&settlement, 1}));
  EXPECT_EQ(*this->store->last_trouble("hospital"), "422 no");
}

TYPED_TEST(StoreJournal, EverySearchGoesByAnIndex) {
  this->commit({this->arriving("a", 10), this->refused("b", 11)});
  ASSERT_TRUE(this->store->senders());
  const Instant then{10 * StoreJournal<TypeParam>::minute};
  for (const auto& asked : std::vector<ArrivalsAsked>{{.before = 2},
                                                      {.control_id = "a"},
                                                      {.sender = "SENDER", .control_id = "a"},
                                                      {.sender = "SENDER"},
                                                      {.patients = {{"pa"}}},
                                                      {.state = ArrivalState::rejected},
                                                      {.repeated = true},
                                                      {.from = then, .until = then, .before = 2}}) {
    const auto plan = arrivals_plan(this->engine, asked);
    EXPECT_THAT(plan, AllOf(Not(HasSubstr("SCAN a\n")), Not(HasSubstr("SCAN c\n")),
                            Not(HasSubstr("SCAN arrival\n"))))
        << plan;
    EXPECT_THAT(plan, Not(HasSubstr("SCAN f\n"))) << plan;
    EXPECT_EQ(plan.find("arrival_by_control") != plan.npos, !asked.control_id.empty()) << plan;
  }
}

}  // namespace
}  // namespace tests
