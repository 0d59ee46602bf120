#include "gateway/store/tables/verify.hpp"

#include <gmock/gmock.h>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/tables/audit.hpp"
#include "gateway/store/tables/verify_states.hpp"

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::sqlite::Connection;
using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A store with two messages, which is then damaged behind the engine's back.
class Verify : public StoreContract<Sqlite> {
 protected:
  void SetUp() override {
    StoreContract<Sqlite>::SetUp();
    auto first =
        message("1", "p1",
                {written({"Patient", "p1"}, patient_body("p1", "P1", "Aksoy")),
                 written({.id = "o1", .cycle_day = "21", .specimen = "s1", .order = "F1"})});
    first.deliveries.push_back({"hospital"});
    commit(first);
    auto second =
        message("2", "p1", {written({.id = "o1", .value = "15.0"}, 1), written({.id = "o2"})});
    second.deliveries.push_back({"hospital"});
    commit(second);
  }
  /// The problems found after the statements were run on the file.
  std::vector<std::string> after(const std::string& sql) {
    store.reset();
    {
      Connection connection;
      EXPECT_TRUE(connection.open(engine.file().string(), SQLITE_OPEN_READWRITE));
      connection.script(sql);
      EXPECT_EQ(connection.failure(), SQLITE_OK) << sql;
    }
    reopen();
    return problems();
  }
};

TEST_F(Verify, AnUntouchedStoreIsClean) {
  const auto verification = store->verify();
  ASSERT_TRUE(verification);
  EXPECT_THAT(verification->problems, IsEmpty());
  EXPECT_EQ(verification->arrivals, 2);
  EXPECT_EQ(verification->resources, 3);
  EXPECT_EQ(verification->versions, 4);
  EXPECT_EQ(verification->deliveries, 2);
  EXPECT_EQ(verification->audit_rows, 2);
}

TEST_F(Verify, FindsAnAlteredRawByte) {
  // A raw blob as it could have been stored without compression, one byte off.
  EXPECT_THAT(after("UPDATE arrival SET raw = CAST(x'00' || 'MSH|1|p2' AS BLOB) WHERE number = 1"),
              Contains("arrival 1: its bytes differ from their hash"));
}

TEST_F(Verify, FindsABlobThatDoesNotOpen) {
  EXPECT_THAT(after("UPDATE arrival SET raw = x'01deadbeef' WHERE number = 2"),
              Contains("arrival 2: its bytes cannot be read"));
}

TEST_F(Verify, FindsAnAlteredPack) {
  const auto found = after(
      "UPDATE arrival SET pack = (SELECT pack FROM arrival WHERE number = 1) WHERE number = 2");
  EXPECT_THAT(found, Contains("arrival 2 slot 0: its locator points elsewhere"));
  EXPECT_THAT(found, Contains(StartsWith("arrival 2: it, its deliveries or its review items")));
}

TEST_F(Verify, FindsADamagedPack) {
  EXPECT_THAT(after("UPDATE arrival SET pack = substr(pack, 1, length(pack) - 5) WHERE number = 2"),
              Contains("arrival 2: its resources cannot be read"));
}

TEST_F(Verify, FindsAMissingIndexRow) {
  EXPECT_THAT(after("DELETE FROM result WHERE version = 2"),
              Contains("arrival 2 slot 0: its index row is missing"));
}

TEST_F(Verify, FindsAnIndexRowThatSaysSomethingElse) {
  EXPECT_THAT(after("UPDATE result SET value = NULL WHERE version = 2"),
              Contains(EndsWith("it lacks value-quantity")));
}

TEST_F(Verify, FindsAnIndexRowOfAnEndedVersionThatSaysSomethingElse) {
  EXPECT_THAT(after("UPDATE result SET value = NULL WHERE ended > 0"),
              Contains(EndsWith("it lacks value-quantity")));
  EXPECT_THAT(after("UPDATE result SET ended = ended + 1 WHERE ended > 0"),
              Contains(EndsWith("it ends at another time than its version")));
}

TEST_F(Verify, FindsAnIndexRowThatPointsAtAnotherPatientsRow) {
  commit(message("3", "p2", {written({.id = "o9", .patient = "p2"})}));
  EXPECT_THAT(after("UPDATE result SET arrival = 3, slot = 0 WHERE version = 2"),
              Contains(EndsWith("it points at another version's place")));
  EXPECT_THAT(after("UPDATE result SET patient = (SELECT number FROM patient WHERE id = 'p2')"
                    " WHERE version = 2"),
              Contains(EndsWith("it lacks (patient)")));
}

TEST_F(Verify, FindsALocatorThatPointsElsewhere) {
  EXPECT_THAT(after("UPDATE resource SET arrival = 1, slot = 0 WHERE version = 2"),
              Contains("arrival 2 slot 0: its locator points elsewhere"));
}

TEST_F(Verify, FindsAMissingLocator) {
  EXPECT_THAT(after("DELETE FROM resource WHERE version = 2"),
              Contains("arrival 2 slot 0: no current version stands of it"));
}

TEST_F(Verify, FindsAnOlderVersionGivenAsTheCurrentOne) {
  EXPECT_THAT(
      after("DELETE FROM resource WHERE version = 2;"
            "INSERT INTO resource SELECT key, partition, version, arrival, slot, updated,"
            " deleted, row, NULL, 1, '', content, NULL, NULL FROM history; DELETE FROM history"),
      Contains("arrival 2 slot 0: an older version is given as current"));
}

TEST_F(Verify, FindsAChangedOwnerOrderAndSourceTime) {
  EXPECT_THAT(after("UPDATE resource SET owner = 1 WHERE version = 2"),
              Contains("arrival 2 slot 0: its owner was changed"));
  EXPECT_THAT(after("UPDATE resource SET order_number = 'F9' WHERE version = 2"),
              Contains("arrival 2 slot 0: its order number was changed"));
  EXPECT_THAT(after("UPDATE resource SET source_time = 7 WHERE version = 2"),
              Contains("arrival 2 slot 0: its source time was changed"));
}

TEST_F(Verify, ARunThatLostItsMembersIsNotTakenForNothing) {
  std::vector<gateway::store::VersionWrite> order;
  for (const auto* rest : {"one", "two", "three"})
    order.push_back(written({.id = "oabcdefghij" + std::string(rest)}));
  commit(message("3", "p1", order));
  const auto found = after("UPDATE resource SET members = x'' WHERE members IS NOT NULL");
  EXPECT_THAT(found, Contains("arrival 3 slot 2: its locator cannot be read"));
  const auto known = store->current(
      std::vector<gateway::store::Ask>{{{"Observation", "oabcdefghijone"}, {}}}, {}, {});
  ASSERT_TRUE(known);
  ASSERT_TRUE(known->resources.at(0)) << "else its next version would be written as the first";
  EXPECT_TRUE(known->resources.at(0)->unreadable);
  EXPECT_FALSE((*store->snapshot())->read({"Observation", "oabcdefghijone"}, {}));
}

TEST_F(Verify, FindsWhatWasChangedInARunOfAnOrder) {
  std::vector<gateway::store::VersionWrite> order;
  for (const auto* rest : {"one", "two", "three"})
    order.push_back(written({.id = "oabcdefghij" + std::string(rest)}));
  commit(message("3", "p1", order));
  const std::string of_run = " WHERE members IS NOT NULL";
  const std::string members = "UPDATE resource SET members = ";
  EXPECT_THAT(problems(), IsEmpty());
  store.reset();
  std::filesystem::copy_file(engine.file(), engine.file().string() + ".whole");
  const auto damaged = [&](const std::string& sql) {
    store.reset();
    std::filesystem::copy_file(engine.file().string() + ".whole", engine.file(),
                               std::filesystem::copy_options::overwrite_existing);
    return after(sql);
  };
  EXPECT_THAT(
      damaged(members + "CAST(substr(members, 1, length(members) - 1) || x'00' AS BLOB)" + of_run),
      Contains("arrival 3 slot 1: its locator cannot be read"));
  EXPECT_THAT(damaged(members + "substr(members, 1, length(members) - 1)" + of_run),
              Contains("arrival 3 slot 1: its locator cannot be read"));
  EXPECT_THAT(damaged(members + "x''" + of_run),
              Contains("arrival 3 slot 0: its locator cannot be read"));
  EXPECT_THAT(damaged(members + "CAST(members || members AS BLOB)" + of_run),
              Contains("resource and history: they hold 10 of 7 rows"));
  EXPECT_THAT(damaged("DELETE FROM resource" + of_run),
              Contains("arrival 3 slot 2: no current version stands of it"));
  EXPECT_THAT(damaged("UPDATE resource SET owner = 1" + of_run),
              Contains("arrival 3 slot 0: its owner was changed"));
  EXPECT_THAT(damaged("UPDATE resource SET last_row = row" + of_run),
              Contains("arrival 3 slot 2: its run does not reach to its row"));
  EXPECT_THAT(damaged("UPDATE resource SET source_time = 7" + of_run),
              Contains("arrival 3 slot 0: its source time was changed"));
}

TEST_F(Verify, FindsAMissingAndAForeignToken) {
  EXPECT_THAT(after("UPDATE token SET code = 'x' WHERE code = 'P1'"),
              Contains(EndsWith("it lacks identifier")));
  EXPECT_THAT(after("INSERT INTO token (parameter, code, system, row, partition)"
                    " SELECT parameter, 'y', system, row, partition FROM token WHERE code = 'x'"),
              Contains(StartsWith("token: it holds")));
}

TEST_F(Verify, FindsAResultPutUnderAnotherOrder) {
  EXPECT_THAT(after("UPDATE result SET origin = 0 WHERE origin > 0"),
              Contains(EndsWith("it is under no order")));
}

TEST_F(Verify, FindsAnOrderNumberAddedToAnOrder) {
  EXPECT_THAT(after("INSERT INTO token (parameter, code, system, row, partition)"
                    " SELECT parameter, 'F9', system, row, partition FROM token WHERE parameter IN"
                    " (SELECT number FROM name WHERE text LIKE '.%') LIMIT 1"),
              Contains(StartsWith("token: it holds")));
}

TEST_F(Verify, FindsAnOrderNumberTakenFromAnOrder) {
  EXPECT_THAT(after("DELETE FROM token WHERE parameter IN (SELECT number FROM name WHERE text LIKE "
                    "'.%')"),
              Contains(HasSubstr("it lacks ")));
}

TEST_F(Verify, FindsIndexRowsThatBelongToNoResult) {
  after("UPDATE token SET code = 'x' WHERE code = 'P1'");
  EXPECT_THAT(after("INSERT INTO token (parameter, code, system, row, partition)"
                    " SELECT parameter, 'y', system, 99, partition FROM token WHERE code = 'x'"),
              Contains("token 99: it belongs to no row of result or entry"));
  EXPECT_THAT(after("INSERT INTO string (row, parameter, folded, exact, partition)"
                    " VALUES (98, 1, 'x', 'x', 0)"),
              Contains("string 98: it belongs to no row of result or entry"));
  EXPECT_THAT(after("INSERT INTO date SELECT 97, 1, 0, 0, 0, 0, 0"),
              Contains("date 97: it belongs to no row of result or entry"));
}

TEST_F(Verify, FindsAnIndexRowWithoutItsResource) {
  EXPECT_THAT(
      after("DELETE FROM resource WHERE version = 1 AND row = (SELECT max(row) FROM result)"),
      Contains(EndsWith("no version stands behind it")));
}

TEST_F(Verify, FindsAGapInAHistory) {
  EXPECT_THAT(after("DELETE FROM history"),
              Contains("arrival 1 slot 1: neither resource nor history locates it"));
}

TEST_F(Verify, FindsAMissingDelivery) {
  EXPECT_THAT(after("DELETE FROM delivery WHERE sequence = 2"),
              Contains("arrival 2: 1 deliveries were queued, 0 are there"));
}

TEST_F(Verify, FindsADeliveryThatIsNeverClaimed) {
  EXPECT_THAT(after("UPDATE delivery SET head = 0"),
              Contains(StartsWith("delivery 1: the patient's next")));
}

TEST_F(Verify, FindsADeliveryWithAnotherTargetOrPatient) {
  EXPECT_THAT(after("UPDATE delivery SET target = 1 WHERE sequence = 2"),
              Contains(StartsWith("arrival 2: it, its deliveries or its review items")));
  EXPECT_THAT(after("UPDATE delivery SET patient = patient + 1 WHERE sequence = 1"),
              Contains("delivery 1: it is of another patient than its arrival"));
}

TEST_F(Verify, TakesWhatOlderProgramsSaidOfADeliveryWithoutItsNumber) {
  store.reset();
  Connection connection;
  ASSERT_TRUE(connection.open(engine.file().string(), SQLITE_OPEN_READWRITE));
  connection.script("UPDATE delivery SET state = 3, head = 0 WHERE sequence = 1");
  const auto found = [&](const std::string& target, const std::string& detail) {
    gateway::store::tables::Findings findings;
    gateway::store::tables::StateCheck check(connection, findings);
    check.told(gateway::store::tables::audit_record(
        {3, 0, 0, {}}, {"forward", {1}, target, "forward", "delivered", {}, detail}));
    check.compare();
    return findings.take();
  };
  EXPECT_THAT(found("hospital", "arrival 1"), IsEmpty());
  const auto untold = Contains("delivery 1: the audit does not tell of its state");
  EXPECT_THAT(found("hospital", "arrival 2"), untold);
  EXPECT_THAT(found("registry", "arrival 1"), untold);
  EXPECT_THAT(found("hospital", ""), untold);
}

TEST_F(Verify, FindsADeliveryOfNoArrival) {
  EXPECT_THAT(after("UPDATE delivery SET arrival = 7 WHERE sequence = 2"),
              Contains("delivery 2: its arrival is another or missing"));
}

TEST_F(Verify, FindsAChangedColumnOfAnArrival) {
  store.reset();
  const auto sound = engine.folder.path() / "sound.db";
  std::filesystem::copy_file(engine.file(), sound);
  for (const std::string column :
       {"answer = x'0041'", "account = x'0041'", "mark = mark + 1", "control_id = 'x'", "state = 1",
        "kind = 1", "received = 1", "committed = 1", "size = 1", "path = 'x'", "sender = 1",
        "listener = 1", "message_type = 1", "patient = 0", "partition = partition + 1"}) {
    EXPECT_THAT(after("UPDATE arrival SET " + column + " WHERE number = 2"),
                Contains(StartsWith("arrival 2: it")))
        << column;
    store.reset();
    std::filesystem::copy_file(sound, engine.file(),
                               std::filesystem::copy_options::overwrite_existing);
  }
  reopen();
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Verify, FindsADeletedReviewItem) {
  auto third = message("3", "p3", {written({.id = "o7", .patient = "p3"})});
  third.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/o7", "text"});
  third.reviews.push_back({"unit-unmapped", "warning", "OBX[1]-6", "Observation/o7", "text"});
  commit(third);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(after("UPDATE review SET text = 'x' WHERE number = 1"),
              Contains(StartsWith("arrival 3: it, its deliveries or its review items")));
  EXPECT_THAT(after("DELETE FROM review WHERE number = 2"),
              Contains("arrival 3: 2 review items were kept, 1 are there"));
}

TEST_F(Verify, FindsDeletedArrivals) {
  auto rejected = message("3", "", {});
  rejected.arrival.key.state = gateway::store::ArrivalState::rejected;
  commit(rejected);
  commit(message("4", "p4", {written({.id = "o8", .patient = "p4"})}));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(after("DELETE FROM arrival WHERE number = 3"), Contains("arrival 3: it is missing"));
}

TEST_F(Verify, FindsTheLastArrivalDeletedAlsoAfterANewOneCame) {
  auto rejected = message("3", "", {});
  rejected.arrival.key.state = gateway::store::ArrivalState::rejected;
  commit(rejected);
  EXPECT_THAT(after("DELETE FROM arrival WHERE number = 3"), Contains("arrival 3: it is missing"));
  commit(message("4", "p4", {written({.id = "o8", .patient = "p4"})}));
  EXPECT_THAT(problems(), Contains("arrival 3: it is missing"));
}

TEST_F(Verify, FindsAnAuditRowThatWasEditedMovedOrTakenAway) {
  EXPECT_THAT(after("UPDATE audit SET record = CAST(x'00' || 'other' AS BLOB) WHERE number = 1"),
              Contains("audit 1: the chain is broken here"));
  EXPECT_THAT(after("DELETE FROM audit WHERE number = 1"),
              Contains("audit 2: rows before it are missing"));
}

TEST_F(Verify, FindsACutAuditTail) {
  EXPECT_THAT(after("DELETE FROM audit WHERE number = 2"),
              AllOf(Contains("audit 2: the trail ends before it, at row 1"),
                    Contains("arrival 2: the audit does not tell of it")));
  commit(message("3", "p3", {written({.id = "o7", .patient = "p3"})}));
  EXPECT_THAT(problems(), Contains("audit 3: rows before it are missing"))
      << "what is written later does not cover it up";
}

TEST_F(Verify, FindsAnAuditThatWasDeletedAltogether) {
  const std::vector<gateway::store::AuditRow> reads(3, {"read", {1}, "CN=ehr", "https", "200"});
  ASSERT_TRUE(store->audit(reads));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(after("DELETE FROM audit"), Contains("audit 5: the trail ends before it, at row 0"));
}

TEST_F(Verify, FindsAChangedHead) {
  EXPECT_THAT(after("UPDATE head SET chain = zeroblob(32)"),
              Contains("head 1: the end of the audit chain is another"));
  EXPECT_THAT(after("DELETE FROM head"), Contains("head 1: it is missing"));
}

TEST_F(Verify, NamesNothingThatWasReadFromTheStore) {
  const auto found = after(
      "UPDATE resource SET order_number = 'SECRET', key = CAST('SECRET' AS BLOB) WHERE version = 2;"
      "UPDATE name SET text = 'SECRET' || number; UPDATE review SET text = 'SECRET';"
      "UPDATE token SET code = 'SECRET' || row; UPDATE term SET code = 'SECRET' || number;"
      "UPDATE string SET folded = 'SECRET'; UPDATE patient SET id = 'SECRET' || number;"
      "UPDATE arrival SET control_id = 'SECRET', pack = x'01deadbeef' WHERE number = 1;"
      "UPDATE result SET key = CAST('SECRET' AS BLOB)");
  EXPECT_GT(found.size(), 5U);
  for (const auto& line : found) {
    EXPECT_THAT(line, Not(HasSubstr("SECRET")));
    EXPECT_THAT(line, Not(HasSubstr("534543524554"))) << "in hexadecimal";
  }
}

TEST_F(Verify, LooksAtTheStoreOfARunningGateway) {
  std::vector<std::string> looked_at;
  const auto found = gateway::store::sqlite::verify_file(
      engine.file(), [&](const char* what, std::int64_t, std::int64_t) {
        if (looked_at.empty() || looked_at.back() != what) looked_at.emplace_back(what);
        if (looked_at.size() == 2) {  // as of one moment: what comes meanwhile is not seen
          looked_at.emplace_back("");
          commit(message("9", "p9", {written({.id = "o9", .patient = "p9"})}));
        }
      });
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_THAT(found->problems, IsEmpty());
  EXPECT_EQ(found->arrivals, 2);
  EXPECT_EQ(found->audit_head.size(), 64U);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Verify, DamageIsNeverServed) {
  after("UPDATE arrival SET pack = substr(pack, 1, length(pack) - 5) WHERE number = 2");
  auto snapshot = store->snapshot();
  EXPECT_FALSE((*snapshot)->read({"Observation", "o2"}, {}));
}

}  // namespace
}  // namespace tests
