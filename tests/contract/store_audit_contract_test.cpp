#include <gmock/gmock.h>

#include "gateway/security/signing.hpp"

#include "tests/contract/store_engines.hpp"
#include "tests/support/awaiting.hpp"

namespace tests {
namespace {

using gateway::store::AuditAsk;
using gateway::store::AuditRecord;
using gateway::store::AuditRow;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t minute = 60'000'000;

AuditRow row_of(const std::string& event, std::vector<std::string> entities,
                std::int64_t at = minute) {
  return {event, {at}, "CN=ehr", "https", "200", std::move(entities), ""};
}

template <class EngineUnderTest>
class StoreAudits : public StoreContract<EngineUnderTest> {
 protected:
  void audit(std::vector<AuditRow> rows) { EXPECT_TRUE(this->store->audit(rows)); }
  /// "number event" of what is found, newest first.
  std::vector<std::string> found(const AuditAsk& asked) {
    const auto records = this->store->audited(asked);
    EXPECT_TRUE(records) << records.error().text();
    std::vector<std::string> out;
    for (const AuditRecord& record : *records)
      out.push_back(std::to_string(record.number) + " " + record.row.event);
    return out;
  }
  /// Signs where the trail ends.
  void vouch() {
    const auto key = gateway::security::signing_key(std::string(32, 'k'));
    const auto head = this->store->audit_head();
    ASSERT_TRUE(head);
    const gateway::base::Instant at{7};
    const auto text = gateway::store::signed_text(*head, at);
    ASSERT_TRUE(
        this->store->vouch({*head, at, key.public_key, gateway::security::sign(key, text)}));
  }
};
TYPED_TEST_SUITE(StoreAudits, Engines);

TYPED_TEST(StoreAudits, TheTrailIsReadInOrderWithWhatProvesEachRow) {
  this->audit({row_of("one", {}), row_of("two", {"Patient/p1"}), row_of("three", {})});
  const auto first = this->store->trail(0, 2);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2U);
  EXPECT_EQ((*first)[0].audited.row.event, "one");
  const auto rest = this->store->trail(2, 10);
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_EQ(rest->front().audited.number, 3);
  gateway::base::Digest chain{};
  for (const auto& row : {(*first)[0], (*first)[1], rest->front()}) {
    chain = gateway::base::sha256(std::string(gateway::base::bytes_of(chain)) + row.record);
    EXPECT_EQ(chain, row.chain) << row.audited.number;
  }
  EXPECT_EQ(chain, this->store->audit_head()->chain);
}

TYPED_TEST(StoreAudits, WhatAReceiverOfTheTrailHasIsKnownThroughARestart) {
  EXPECT_EQ(*this->store->handed_on("siem"), 0);
  EXPECT_TRUE(this->store->handed_on("siem", 7));
  EXPECT_TRUE(this->store->handed_on("other", 1));
  EXPECT_TRUE(this->store->handed_on("siem", 9));
  this->reopen();
  EXPECT_EQ(*this->store->handed_on("siem"), 9);
}

TYPED_TEST(StoreAudits, ARowIsReadBackAsItWasWritten) {
  AuditRow row = row_of("search", {"Patient/p1", "Patient/p2"});
  row.detail = "GET /fhir/Observation?code=8112-5";
  row.address = "10.1.2.3";
  row.request_id = "abc";
  row.count = 7;
  row.bytes = 4711;
  this->audit({row});
  const auto records = this->store->audited({});
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().row, row);
  EXPECT_EQ(records->front().number, 1);
  EXPECT_EQ(records->front().arrival, 0);
}

TYPED_TEST(StoreAudits, ARowForWhichNoThreadWaitsIsHeardOfWhenItIsDurable) {
  std::vector<std::shared_ptr<Awaited>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_shared<Awaited>());
    this->store->audit(row_of("read", {}), all.back());
  }
  for (const auto& awaited : all) EXPECT_EQ(awaited->outcome(), "done");
  EXPECT_EQ(this->store->audit_head()->number, 20);
  EXPECT_TRUE(this->store->verify_audit()->problems.empty());
}

TYPED_TEST(StoreAudits, RowsComeNewestFirstAndPageByTheirNumbers) {
  this->audit({row_of("a", {}), row_of("b", {}), row_of("c", {})});
  EXPECT_THAT(this->found({}), ElementsAre("3 c", "2 b", "1 a"));
  EXPECT_THAT(this->found({.before = 3, .most = 1}), ElementsAre("2 b"));
  EXPECT_THAT(this->found({.before = 1}), IsEmpty());
}

TYPED_TEST(StoreAudits, AreFoundByThePatientTheyNameAndByThatOfTheirMessage) {
  this->commit(message("1", "p1", {written(Result{.id = "o1", .patient = "p1"})}));
  auto silent = message("2", "p2", {written(Result{.id = "o2", .patient = "p2"})});
  silent.audit.front().entities = {"Observation/o2"};
  this->commit(silent);
  this->audit({row_of("read", {"Observation/o1/_history/1", "Patient/p1"}),
               row_of("search", {"Patient/p1", "Patient/p2"}), row_of("search", {})});
  EXPECT_THAT(this->found({.patient = "p1"}), ElementsAre("4 search", "3 read", "1 ingest"));
  EXPECT_THAT(this->found({.patient = "p2"}), ElementsAre("4 search", "2 ingest"));
  EXPECT_THAT(this->found({.patient = "p"}), IsEmpty());
  EXPECT_EQ(this->store->audited({.patient = "p2", .before = 3})->front().patient, "p2");
}

TYPED_TEST(StoreAudits, AreFoundByTheirMinutesWhateverTheClockDid) {
  this->audit({row_of("a", {}, 10 * minute), row_of("b", {}, 30 * minute),
               row_of("c", {}, 20 * minute), row_of("d", {}, 40 * minute)});
  EXPECT_THAT(this->found({.from = {20 * minute}, .until = {30 * minute}}),
              ElementsAre("3 c", "2 b"));
  EXPECT_THAT(this->found({.from = {41 * minute}}), IsEmpty());
  EXPECT_THAT(this->found({.until = {9 * minute}}), IsEmpty());
}

TYPED_TEST(StoreAudits, TheTrailGoesOnBehindWhereItEndedAfterAStart) {
  this->audit({row_of("a", {"Patient/p1"})});
  const auto before = *this->store->audit_head();
  this->reopen();
  EXPECT_EQ(this->store->audit_head()->chain, before.chain);
  this->audit({row_of("b", {"Patient/p1"})});
  EXPECT_EQ(this->store->audit_head()->number, 2);
  EXPECT_THAT(this->found({.patient = "p1"}), ElementsAre("2 b", "1 a"));
  EXPECT_THAT(this->problems(), IsEmpty());
}

TYPED_TEST(StoreAudits, WhatLeftIsAuditedWithTheStateOfItsDelivery) {
  auto entry = message("1", "p1", {written(Result{.id = "o1", .patient = "p1"})});
  entry.deliveries = {{"hospital"}};
  this->commit(entry);
  const auto claimed =
      this->store->claim("hospital", 1, this->clock.now(), std::chrono::seconds(30));
  ASSERT_EQ(claimed->size(), 1U);
  gateway::store::Settlement settled;
  settled.sequence = claimed->front().sequence;
  settled.audit = {row_of("forward", {"Patient/p1"})};
  ASSERT_TRUE(this->store->settle({&settled, 1}));
  EXPECT_THAT(this->found({.patient = "p1"}), ElementsAre("2 forward", "1 ingest"));
}

TYPED_TEST(StoreAudits, ASignedHeadIsKeptAndVerified) {
  EXPECT_EQ(this->store->vouched()->head.number, 0);
  this->audit({row_of("a", {}), row_of("b", {})});
  this->vouch();
  EXPECT_EQ(this->store->vouched()->head.number, 2);
  const auto found = this->store->verify_audit();
  ASSERT_TRUE(found);
  EXPECT_THAT(found->problems, IsEmpty());
  EXPECT_EQ(found->audit_rows, 2);
  EXPECT_EQ(found->signed_heads, 1);
  EXPECT_EQ(found->signed_up_to, 2);
  EXPECT_EQ(found->signed_by.size(), 1U);
}

}  // namespace
}  // namespace tests
