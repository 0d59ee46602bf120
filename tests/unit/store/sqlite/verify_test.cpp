#include "gateway/store/sqlite/verify.hpp"

#include <gmock/gmock.h>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/keys.hpp"

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::sqlite::Connection;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

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
  EXPECT_THAT(found, Contains(HasSubstr("Observation/o1: another version lies in its place")));
  EXPECT_THAT(found, Contains(HasSubstr("Observation/o2: its body differs from its hash")));
}

TEST_F(Verify, FindsADamagedPack) {
  EXPECT_THAT(after("UPDATE arrival SET pack = substr(pack, 1, length(pack) - 5) WHERE number = 2"),
              Contains("Observation/o2: its body cannot be read"));
}

TEST_F(Verify, FindsAMissingIndexRow) {
  EXPECT_THAT(after("DELETE FROM result WHERE version = 2"),
              Contains("Observation/o1: its index row is missing"));
}

TEST_F(Verify, FindsAnIndexRowThatSaysSomethingElse) {
  EXPECT_THAT(after("UPDATE result SET value = NULL WHERE version = 2"),
              Contains("Observation/o1: its index lacks value-quantity"));
}

TEST_F(Verify, FindsAMissingAndAForeignToken) {
  EXPECT_THAT(after("UPDATE token SET code = 'x' WHERE code = 'P1'"),
              Contains("Patient/p1: its index lacks identifier"));
  EXPECT_THAT(after("INSERT INTO token (parameter, code, system, row, partition)"
                    " SELECT parameter, 'y', system, row, partition FROM token WHERE code = 'x'"),
              Contains(HasSubstr("index of tokens: it holds")));
}

TEST_F(Verify, FindsAnIndexRowWithoutItsResource) {
  EXPECT_THAT(
      after("DELETE FROM resource WHERE version = 1 AND row = (SELECT max(row) FROM result)"),
      Contains(HasSubstr("no resource stands behind it")));
}

TEST_F(Verify, FindsAGapInAHistory) {
  EXPECT_THAT(after("DELETE FROM history"), Contains("Observation/o1: its history has a gap"));
}

TEST_F(Verify, FindsAMissingDelivery) {
  EXPECT_THAT(after("DELETE FROM delivery WHERE sequence = 2"),
              Contains("arrival 2: 1 deliveries were queued, 0 are there"));
}

TEST_F(Verify, FindsADeliveryThatIsNeverClaimed) {
  EXPECT_THAT(after("UPDATE delivery SET head = 0"),
              Contains(HasSubstr("delivery 1: the patient's next")));
}

TEST_F(Verify, FindsAnAuditRowThatWasEditedMovedOrTakenAway) {
  EXPECT_THAT(after("UPDATE audit SET record = CAST(x'00' || 'other' AS BLOB) WHERE number = 1"),
              Contains("audit 1: the chain is broken here"));
  EXPECT_THAT(after("DELETE FROM audit WHERE number = 1"),
              Contains("audit 2: rows before it are missing"));
}

TEST_F(Verify, DamageIsNeverServed) {
  after("UPDATE arrival SET pack = substr(pack, 1, length(pack) - 5) WHERE number = 2");
  auto snapshot = store->snapshot();
  EXPECT_FALSE((*snapshot)->read({"Observation", "o2"}, {}));
}

}  // namespace
}  // namespace tests
