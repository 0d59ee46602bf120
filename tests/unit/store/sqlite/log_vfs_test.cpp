#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "gateway/store/sqlite/database.hpp"

#include "tests/support/files.hpp"

namespace {

using namespace gateway::store::sqlite;
using tests::TemporaryFolder;

/// A database with a write-ahead log that is synced at every commit, as the store's.
class LogVfs : public testing::Test {
 protected:
  void SetUp() override {
    open(writer, file);
    writer.script("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB) STRICT");
  }
  static void open(Connection& connection, const std::filesystem::path& at) {
    ASSERT_TRUE(connection.open(at, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    connection.script(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
  }
  void open_copy(Connection& reader) {
    const auto copy = folder.path() / "copy";
    std::filesystem::create_directory(copy);
    for (const auto* name : {"t.db", "t.db-wal"})
      std::filesystem::copy_file(folder.path() / name, copy / name);
    open(reader, copy / "t.db");
  }
  /// One a page, or a little more.
  void insert(int rows) {
    for (int i = 0; i < rows; ++i) run(writer, "INSERT INTO t (bytes) VALUES (randomblob(3000))");
  }
  static std::int64_t rows_of(Connection& connection) {
    return integer_of(connection, "SELECT count(*) FROM t").value_or(-1);
  }
  static long writes_of_this_process() {
    std::ifstream io("/proc/self/io");
    for (std::string name; io >> name;) {
      long number = 0;
      io >> number;
      if (name == "syscw:") return number;
    }
    return -1;
  }
  TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "t.db";
  Connection writer;
};

TEST_F(LogVfs, TheFramesOfACommitAreWrittenInFewCalls) {
  if (writes_of_this_process() < 0) GTEST_SKIP() << "this system does not count calls";
  writer.script("BEGIN");
  insert(200);
  const long before = writes_of_this_process();
  writer.script("COMMIT");
  EXPECT_LT(writes_of_this_process() - before, 40) << "200 pages and their heads";
  EXPECT_EQ(writer.failure(), SQLITE_OK);
}

TEST_F(LogVfs, WhatIsCommittedIsInTheFilesBeforeAnythingElseHappens) {
  for (const int rows : {1, 23, 31, 32, 33, 500}) {  // below, at and above what is gathered
    writer.script("BEGIN");
    insert(rows);
    writer.script("COMMIT");
    const auto copy = folder.path() / ("after" + std::to_string(rows));
    std::filesystem::create_directory(copy);
    for (const auto* name : {"t.db", "t.db-wal"})
      std::filesystem::copy_file(folder.path() / name, copy / name);
    Connection reader;
    open(reader, copy / "t.db");
    EXPECT_EQ(rows_of(reader), rows_of(writer)) << rows;
  }
}

TEST_F(LogVfs, AnotherConnectionReadsWhatIsCommittedAndNothingElse) {
  Connection reader;
  open(reader, file);
  writer.script("PRAGMA cache_size = 5; BEGIN");  // so that frames are written before the commit
  insert(100);
  EXPECT_EQ(rows_of(reader), 0);
  EXPECT_EQ(rows_of(writer), 100);
  writer.script("COMMIT");
  EXPECT_EQ(rows_of(reader), 100);
}

TEST_F(LogVfs, ARolledBackTransactionLeavesNothingBehind) {
  writer.script("PRAGMA cache_size = 5; BEGIN");
  insert(100);
  writer.script("ROLLBACK; BEGIN");
  insert(3);
  writer.script("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  Connection reader;
  open(reader, file);
  EXPECT_EQ(rows_of(reader), 3);
  EXPECT_EQ(integer_of(reader,
                       "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
            0);
}

/// Of a transaction that was given up, nothing may reach the log once another has written there.
TEST_F(LogVfs, WhatARollbackLeavesNeverOverwritesWhatAnotherConnectionCommits) {
  Connection other;
  open(other, file);
  for (int rows = 1; rows <= 30; ++rows) {
    writer.script("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 5; BEGIN");
    insert(rows);
    writer.rollback();
    const auto before = rows_of(other);
    other.script("BEGIN");
    for (int i = 0; i < 10; ++i) run(other, "INSERT INTO t (bytes) VALUES (randomblob(3000))");
    other.script("COMMIT");
    ASSERT_EQ(rows_of(writer), before + 10) << "after " << rows << " rows were given up";
    ASSERT_EQ(writer.failure(), SQLITE_OK) << Connection::words(writer.failure());
  }
}

/// On a volume that fills up; skipped where this user may not mount one.
class LogVfsOnASmallVolume : public LogVfs {
 protected:
  void SetUp() override {
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=4m,mode=0700") != 0)
      GTEST_SKIP() << "mounting a tmpfs needs root";
    mounted = true;
    LogVfs::SetUp();
  }
  void TearDown() override {
    writer.close();
    if (mounted) ::umount2(folder.path().c_str(), MNT_DETACH);
  }
  bool mounted = false;
};

TEST_F(LogVfsOnASmallVolume, AFullDiskEndsTheTransactionOrItsCommitHoldsAllOfIt) {
  // Of many rows, so that a failure takes back the statement alone and the transaction goes on;
  // they are copied, so that frames are read back while others are gathered.
  constexpr auto twice = "INSERT INTO t (bytes) SELECT bytes FROM t ORDER BY n LIMIT 60";
  writer.script("PRAGMA cache_size = 5; BEGIN");
  insert(30);
  {
    std::ofstream ballast(folder.path() / "ballast");
    const std::string kilobyte(1024, 'x');
    while (ballast << kilobyte && ballast.flush()) {
    }
  }
  for (int i = 0; i < 100 && writer.failure() == SQLITE_OK; ++i) run(writer, twice);
  ASSERT_NE(writer.failure(), SQLITE_OK) << "4 MB took more";
  writer.clear_failure();
  std::filesystem::remove(folder.path() / "ballast");
  std::int64_t said = 0;
  if (sqlite3_get_autocommit(writer.handle()) == 0) {
    said = rows_of(writer);
    writer.script("COMMIT");
  }
  ASSERT_EQ(writer.failure(), SQLITE_OK) << Connection::words(writer.failure());
  Connection reader;
  open_copy(reader);
  EXPECT_EQ(rows_of(reader), said);
}

}  // namespace
