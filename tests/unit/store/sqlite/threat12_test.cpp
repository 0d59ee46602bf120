// TRUST.md, T12: an audit trail that somebody edits, cuts, reorders or writes anew.
#include <functional>

#include <gmock/gmock.h>

#include "gateway/security/signing.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/tables/audit.hpp"
#include "gateway/store/tables/codec.hpp"

#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using gateway::store::AuditRow;
using gateway::store::sqlite::Connection;
using gateway::store::tables::Blob;
using gateway::store::tables::Codec;
using gateway::store::tables::Query;
using testing::AllOf;
using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

/// A trail of six rows, signed at the fourth and at the sixth.
class Threat12 : public StoreContract<Sqlite> {
 protected:
  void SetUp() override {
    StoreContract<Sqlite>::SetUp();
    for (int i = 1; i <= 6; ++i) {
      const AuditRow row{"read", {i}, "CN=ehr", "https", "200", {"Patient/p" + std::to_string(i)},
                         ""};
      ASSERT_TRUE(store->audit({&row, 1}));
      if (i == 4 || i == 6) vouch();
    }
    ASSERT_THAT(problems(), IsEmpty());
  }
  void vouch() {
    const auto key = gateway::security::signing_key(std::string(32, 'k'));
    const auto head = *store->audit_head();
    ASSERT_TRUE(
        store->vouch({head,
                      {1},
                      key.public_key,
                      gateway::security::sign(key, gateway::store::signed_text(head, {1}))}));
  }
  /// What is found after `change` was done to the file. Verification of the whole store and of the
  /// trail alone must agree.
  std::vector<std::string> after(const std::function<void(Connection&)>& change) {
    store.reset();
    {
      Connection connection;
      EXPECT_TRUE(connection.open(engine.file().string(), SQLITE_OPEN_READWRITE));
      change(connection);
      EXPECT_EQ(connection.failure(), SQLITE_OK);
    }
    reopen();
    EXPECT_EQ(store->verify_audit()->problems, problems());
    return problems();
  }
  std::vector<std::string> after(const char* sql) {
    return after([&](Connection& db) { db.script(sql); });
  }
  /// As somebody would who knows all: chain and head are made anew for what stands in the table.
  static void make_consistent(Connection& db) {
    gateway::base::Digest chain{};
    std::int64_t last = 0;
    std::vector<std::pair<std::int64_t, std::string>> rows;
    {
      Query query(db, "SELECT number, record FROM audit ORDER BY number");
      while (query.row()) rows.emplace_back(query.integer(0), query.text(1).substr(1));
    }
    for (const auto& [number, record] : rows) {
      chain = gateway::store::tables::audit_chain(chain, record);
      run(db, "UPDATE audit SET chain = ? WHERE number = ?", Blob{gateway::base::bytes_of(chain)},
          number);
      last = number;
    }
    run(db, "UPDATE head SET audit = ?, chain = ?", last, Blob{gateway::base::bytes_of(chain)});
  }
  static void put(Connection& db, std::int64_t number, const AuditRow& row) {
    const auto record = gateway::store::tables::audit_record({number, 0, 0, {}}, row);
    run(db,
        "INSERT OR REPLACE INTO audit (number, partition, record, chain) VALUES (?, 0, ?, x'00')",
        number, Blob{Codec::plain(record)});
  }
  static AuditRow harmless() { return {"read", {3}, "CN=somebody", "https", "200", {}, ""}; }
};

TEST_F(Threat12, AnEditedRowIsFound) {
  EXPECT_THAT(after([](Connection& db) {
                const auto record = gateway::store::tables::audit_record({3, 0, 0, {}}, harmless());
                run(db, "UPDATE audit SET record = ? WHERE number = 3", Blob{Codec::plain(record)});
              }),
              Contains("audit 3: the chain is broken here"));
}

TEST_F(Threat12, AnEditedChainIsFound) {
  EXPECT_THAT(after("UPDATE audit SET chain = zeroblob(32) WHERE number = 3"),
              Contains("audit 3: the chain is broken here"));
}

TEST_F(Threat12, ADeletedRowIsFound) {
  EXPECT_THAT(after("DELETE FROM audit WHERE number = 3"),
              Contains("audit 4: rows before it are missing"));
}

TEST_F(Threat12, TwoRowsThatWereExchangedAreFound) {
  EXPECT_THAT(after("UPDATE audit SET number = 99 WHERE number = 2;"
                    "UPDATE audit SET number = 2 WHERE number = 3;"
                    "UPDATE audit SET number = 3 WHERE number = 99"),
              AllOf(Contains("audit 2: the chain is broken here"),
                    Contains("audit 3: the chain is broken here")));
}

TEST_F(Threat12, AForgedRowAtTheEndIsFound) {
  EXPECT_THAT(after([](Connection& db) { put(db, 7, harmless()); }),
              Contains("audit 7: the chain is broken here"));
}

TEST_F(Threat12, ACutTailIsFound) {
  EXPECT_THAT(after("DELETE FROM audit WHERE number > 4"),
              Contains("audit 6: the trail ends before it, at row 4"));
}

TEST_F(Threat12, ACutTailWhoseHeadWasMadeToFitIsFoundByTheSignedHead) {
  EXPECT_THAT(
      after([](Connection& db) {
        db.script("DELETE FROM audit WHERE number > 4");
        make_consistent(db);
      }),
      testing::ElementsAre("audit 6: it was signed, and the trail ends before it, at row 4"));
}

TEST_F(Threat12, ATrailWrittenAnewIsFoundByTheSignedHead) {
  EXPECT_THAT(after([](Connection& db) {
                put(db, 3, harmless());
                make_consistent(db);
              }),
              AllOf(Contains("audit 4: it or rows before it are not those that were signed"),
                    Contains("audit 6: it or rows before it are not those that were signed")));
}

TEST_F(Threat12, ASignedHeadThatWasMadeToFitIsFoundByItsSignature) {
  EXPECT_THAT(after([](Connection& db) {
                put(db, 3, harmless());
                make_consistent(db);
                db.script(
                    "UPDATE signed_head SET chain = (SELECT chain FROM audit a"
                    " WHERE a.number = signed_head.number)");
              }),
              Contains("signed_head 4: its signature is not of its key"));
}

TEST_F(Threat12, AHeadSignedByAnotherKeyNamesThatKey) {
  const auto ours = store->verify_audit()->signed_by;
  const auto key = gateway::security::signing_key(std::string(32, 'x'));
  const auto head = *store->audit_head();
  const auto text = gateway::store::signed_text(head, {2});
  ASSERT_TRUE(store->vouch({head, {2}, key.public_key, gateway::security::sign(key, text)}));
  const auto signers = store->verify_audit()->signed_by;
  EXPECT_EQ(ours.size(), 1U);
  EXPECT_THAT(signers, Contains(gateway::base::hex(key.public_key)));
}

}  // namespace
}  // namespace tests
