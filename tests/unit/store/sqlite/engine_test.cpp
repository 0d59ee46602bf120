#include "gateway/store/sqlite/engine.hpp"

#include <cerrno>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway/observe/names.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/sqlite/opening.hpp"

#include "tests/contract/store_engines.hpp"

namespace {
std::atomic<bool> syncs_fail{false};
}  // namespace

// Stands before the C library's, so that the tests below can let a sync fail.
extern "C" int fdatasync(int descriptor) {
  if (syncs_fail) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace tests {
namespace {

namespace sqlite = gateway::store::sqlite;
using gateway::base::ErrorKind;
using testing::HasSubstr;
using testing::IsEmpty;

class SqliteEngine : public StoreContract<Sqlite> {
 protected:
  gateway::base::Result<std::vector<gateway::store::Outcome>> try_commit(
      gateway::store::Entry entry) {
    return store->commit(std::vector{std::move(entry)});
  }
};

TEST_F(SqliteEngine, KeepsAWriteAheadLogWithFullSyncsOnEveryConnection) {
  for (const auto role : {sqlite::Role::writer, sqlite::Role::reader}) {
    sqlite::Connection connection;
    ASSERT_TRUE(sqlite::open_connection(connection, engine.file(), role));
    sqlite::Query mode(connection, "PRAGMA journal_mode");
    ASSERT_TRUE(mode.row());
    EXPECT_EQ(mode.text(0), "wal");
    EXPECT_EQ(sqlite::integer_of(connection, "PRAGMA synchronous"), 2);
  }
}

TEST_F(SqliteEngine, OpenReviewItemsAreCountedByTheirCodeAndEachOnce) {
  const auto& code = gateway::observe::names::review_open;
  const auto open = [&](const char* kind) { return metrics.gauge(code, {{"kind", kind}}).value(); };
  auto first = message("1", "p1", {});
  first.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/o1", "text"});
  first.reviews.push_back({"unit-unmapped", "warning", "OBX[1]-6", "Observation/o1", "text"});
  ASSERT_TRUE(try_commit(std::move(first)));
  for (int i = 0; i < 2; ++i) {  // what was counted is not counted again
    ASSERT_TRUE(store->sweep({0}));
    EXPECT_EQ(open("code-unmapped"), 1);
    EXPECT_EQ(open("unit-unmapped"), 1);
  }
  auto second = message("2", "p2", {});
  second.reviews.push_back({"code-unmapped", "warning", "OBX[1]-3", "Observation/o2", "text"});
  ASSERT_TRUE(try_commit(std::move(second)));
  reopen();
  metrics.gauge(code, {{"kind", "code-unmapped"}}).set(0);
  ASSERT_TRUE(store->sweep({0}));
  EXPECT_EQ(open("code-unmapped"), 2);
}

TEST_F(SqliteEngine, IsOpenOnceOnly) {
  const auto second = engine.open(clock, metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::configuration);
  EXPECT_THAT(second.error().text(), HasSubstr("another process has this store open"));
}

TEST_F(SqliteEngine, KeepsFolderAndFileToItsUser) {
  struct stat facts {};
  ASSERT_EQ(::stat(engine.file().parent_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    ASSERT_EQ(::stat((engine.file().string() + suffix).c_str(), &facts), 0) << suffix;
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(SqliteEngine, IsMadeOnlyWhereAsked) {
  const auto absent =
      sqlite::open({.file = engine.folder.path() / "no.db", .create = false}, clock, metrics);
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().text(), HasSubstr("immunogate store init"));
  EXPECT_FALSE(std::filesystem::exists(engine.folder.path() / "no.db"));
}

TEST_F(SqliteEngine, RefusesWhatIsNoStoreOfOurs) {
  const auto text = engine.folder.path() / "text.db";
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_FALSE(sqlite::open({.file = text}, clock, metrics));
  const auto other = engine.folder.path() / "other.db";
  {
    sqlite::Connection connection;
    connection.open(other.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    connection.script("CREATE TABLE t (x)");
  }
  const auto opened = sqlite::open({.file = other}, clock, metrics);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("database of something else"));
}

TEST_F(SqliteEngine, RefusesAStoreOfANewerVersion) {
  store.reset();
  {
    sqlite::Connection connection;
    connection.open(engine.file().string(), SQLITE_OPEN_READWRITE);
    connection.script("PRAGMA user_version = 99");
  }
  const auto opened = engine.open(clock, metrics);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("newer version"));
}

TEST_F(SqliteEngine, AFailedSyncIsUnknownAndNothingIsAcknowledgedBeforeTheLogWasRewritten) {
  commit(message("1", "p1", {written({.id = "o1"})}));
  syncs_fail = true;
  const auto failed = try_commit(message("2", "p1", {written({.id = "o2"})}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::unknown);
  EXPECT_FALSE(store->health().writable);
  EXPECT_FALSE(store->recover()) << "the disk still fails";
  const auto still = try_commit(message("3", "p1", {written({.id = "o3"})}));
  ASSERT_FALSE(still);
  EXPECT_EQ(still.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(read("Observation", "o1")) << "reading goes on";
  syncs_fail = false;
  EXPECT_TRUE(store->recover());
  EXPECT_TRUE(store->health().writable) << store->health().reason;
  EXPECT_TRUE(try_commit(message("3", "p1", {written({.id = "o3"})})));
  EXPECT_TRUE(read("Observation", "o3"));
  // What was unknown may be there or not; either way its resend is answered from a commit.
  const auto known = store->current({}, std::vector{message("2", "p1", {}).arrival.key}, {});
  ASSERT_TRUE(known);
  EXPECT_EQ(known->arrivals.at(0).seen == gateway::store::Seen::duplicate,
            read("Observation", "o2").has_value());
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(SqliteEngine, HealsByItselfWithTheNextCommitAfterAPause) {
  syncs_fail = true;
  EXPECT_FALSE(try_commit(message("1", "p1", {written({.id = "o1"})})));
  syncs_fail = false;
  clock.pass(std::chrono::seconds(1));
  EXPECT_TRUE(try_commit(message("2", "p1", {written({.id = "o2"})})));
  EXPECT_THAT(problems(), IsEmpty());
}

/// A small volume of its own; skipped where this user may not mount one.
class SmallVolume : public SqliteEngine {
 protected:
  void SetUp() override {
    volume = folder.path() / "volume";
    std::filesystem::create_directory(volume);
    if (::mount("tmpfs", volume.c_str(), "tmpfs", 0, "size=4m,mode=0700") != 0)
      GTEST_SKIP() << "mounting a tmpfs needs root";
    mounted = true;
  }
  void TearDown() override {
    store.reset();
    if (mounted) ::umount2(volume.c_str(), MNT_DETACH);
  }
  void open_with(std::int64_t min_free) {
    auto opened =
        sqlite::open({.file = volume / "gateway.db", .min_free_bytes = min_free}, clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    store = std::move(*opened);
  }
  void write_ballast(std::int64_t leave) {
    std::ofstream out(volume / "ballast");
    const std::string kilobyte(1024, 'x');
    while (sqlite::space_of(volume, 1).free > leave && out.flush()) out << kilobyte;
  }
  gateway::store::Entry large(int number) {
    auto entry =
        message(std::to_string(number), "p1", {written({.id = "o" + std::to_string(number)})});
    std::uint64_t state = static_cast<std::uint64_t>(number) + 1;  // noise, which does not compress
    for (int i = 0; i < 100'000; ++i)
      entry.arrival.bytes += static_cast<char>(
          (state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
    entry.arrival.key = key_of(std::to_string(number), entry.arrival.bytes);
    return entry;
  }
  TemporaryFolder folder;
  std::filesystem::path volume;
  bool mounted = false;
};

TEST_F(SmallVolume, AFullDiskIsRefusedNeverUnknownAndOverAsSoonAsThereIsRoom) {
  open_with(1);
  write_ballast(1'500'000);
  int stored = 0;
  std::optional<gateway::base::Error> refused;
  while (!refused && stored < 100) {
    const auto outcome = try_commit(large(stored));
    if (outcome)
      ++stored;
    else
      refused = outcome.error();
  }
  ASSERT_TRUE(refused) << "4 MB took 10 MB";
  EXPECT_EQ(refused->kind, ErrorKind::unavailable) << refused->text();
  EXPECT_GT(stored, 0);
  EXPECT_FALSE(try_commit(large(stored)));
  EXPECT_TRUE(read("Observation", "o0")) << "reading goes on";
  std::filesystem::remove(volume / "ballast");
  EXPECT_TRUE(try_commit(large(stored)));
  EXPECT_TRUE(read("Observation", "o" + std::to_string(stored)));
  const auto verification = store->verify();
  EXPECT_EQ(verification->arrivals, stored + 1);
  EXPECT_THAT(verification->problems, IsEmpty());
}

TEST_F(SmallVolume, BelowTheReserveMessagesAreRefusedWhileAuditGoesOn) {
  open_with(0);  // 5 % of 4 MiB
  EXPECT_TRUE(try_commit(message("1", "p1", {written({.id = "o1"})})));
  write_ballast(150'000);
  const auto refused = try_commit(message("2", "p1", {written({.id = "o2"})}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(store->health().writable);
  EXPECT_TRUE(store->audit(
      std::vector<gateway::store::AuditRow>{{"read", {1}, "x", "https", "200", {}, ""}}));
  std::filesystem::remove(volume / "ballast");
  EXPECT_TRUE(store->health().writable);
  EXPECT_TRUE(try_commit(message("2", "p1", {written({.id = "o2"})})));
}

}  // namespace
}  // namespace tests
