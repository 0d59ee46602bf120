// What takes all of a store elsewhere: a copy of its file, or its rows.
#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/store/sqlite/engine.hpp"
#include "gateway/store/sqlite/files.hpp"
#include "gateway/store/sqlite/opening.hpp"
#include "gateway/store/tables/table_store.hpp"

namespace gateway::store::sqlite {

using namespace tables;

namespace {

constexpr const char* sides[] = {"", "-wal", "-shm", "-journal"};

std::vector<TableForm> forms_of(Connection& connection) {
  std::vector<TableForm> out;
  {
    Query tables(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    while (tables.row()) out.push_back({tables.text(0), {}, {}});
  }
  for (auto& table : out) {
    Query columns(connection, "SELECT name, pk FROM pragma_table_info(?) ORDER BY pk", table.name);
    while (columns.row()) {
      table.columns.push_back(columns.text(0));
      if (columns.integer(1) != 0) table.key.push_back(columns.text(0));
    }
  }
  return out;
}

struct CloseCopy {
  void operator()(sqlite3* p) const noexcept { sqlite3_close(p); }
};
using CopyHandle = std::unique_ptr<sqlite3, CloseCopy>;

/// The copy, and the log that grows meanwhile: a gateway whose volume is full takes nothing.
base::Result<void> check_room(const std::filesystem::path& file) {
  const auto space = space_of(file, 0);
  const auto wanted = 2 * bytes_of_store(file) + space.min_free;
  if (space.free >= wanted) return {};
  return base::Error{base::ErrorKind::configuration,
                     "the volume has " + std::to_string(space.free >> 20) + " MiB free, and " +
                         std::to_string(wanted >> 20) + " are wanted while it is copied",
                     file.string(), "make room, or let the volume itself take a snapshot"};
}

base::Error not_copied(const std::filesystem::path& to, int code) {
  return {base::ErrorKind::configuration, "the copy cannot be written: " + Connection::words(code),
          to.string(), "see that the volume has room for a second store"};
}

/// All pages as the open transaction of `from` sees them: since it stays open, what is committed
/// meanwhile does not begin the copy anew.
int copy_pages(Connection& from, sqlite3* to, const VerifyProgress& progress) {
  constexpr int pages_a_step = 1024;
  sqlite3_backup* const backup = sqlite3_backup_init(to, "main", from.handle(), "main");
  if (backup == nullptr) return sqlite3_errcode(to);
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, pages_a_step);
    const auto pages = sqlite3_backup_pagecount(backup);
    if (progress) progress("pages", pages - sqlite3_backup_remaining(backup), pages);
  }
  const int finished = sqlite3_backup_finish(backup);
  return code == SQLITE_DONE ? finished : code;
}

}  // namespace

void remove_with_sides(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* side : sides) std::filesystem::remove(file.string() + side, ignored);
}

bool is_any_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::ranges::any_of(sides, [&](const char* side) {
    return std::filesystem::exists(file.string() + side, ignored);
  });
}

base::Result<CopyFacts> copy_file(const std::filesystem::path& file,
                                  const std::filesystem::path& to, const VerifyProgress& progress) {
  if (auto there = prepare_file(file, false); !there) return there.error();
  if (auto room = check_room(file); !room) return room.error();
  auto alone = std::make_shared<LockFile>();
  if (auto taken = alone->take(to); !taken)
    return base::Error{base::ErrorKind::configuration, "another backup is under way", to.string(),
                       "wait for its end"};
  remove_with_sides(to);
  if (auto made = prepare_file(to, true); !made) return made.error();
  Connection connection;
  if (auto opened = open_connection(connection, file, Role::reader); !opened) return opened.error();
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto ours = check_schema(connection, file); !ours) return ours.error();
  connection.script("BEGIN");
  CopyFacts out;
  {
    Query head(connection, "SELECT arrival, audit, chain FROM head WHERE one = 1");
    if (head.row()) out = {alone, head.integer(0), head.integer(1), base::hex(head.bytes(2))};
  }
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(to.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const CopyHandle copy(handle);
  if (code == SQLITE_OK) code = copy_pages(connection, handle, progress);
  connection.script("COMMIT");
  if (code == SQLITE_OK) return out;
  remove_with_sides(to);
  return not_copied(to, code);
}

base::Result<std::vector<ControlId>> unknown_of(const std::filesystem::path& file,
                                                const std::vector<ControlId>& asked) {
  Connection connection;
  if (auto opened = open_connection(connection, file, Role::reader); !opened) return opened.error();
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  std::vector<ControlId> out;
  for (const auto& one : asked)
    if (!integer_of(connection,
                    "SELECT 1 FROM arrival WHERE sender = (SELECT number FROM name WHERE text = ?)"
                    " AND control_id = ? AND state = 0 AND kind = 0 LIMIT 1",
                    one.sender, one.control_id))
      out.push_back(one);
  if (connection.failure() != SQLITE_OK) return unreadable(connection);
  return out;
}

base::Result<void> show_whole(const std::filesystem::path& file,
                              const std::function<base::Result<void>(const Whole&)>& copy) {
  if (auto there = prepare_file(file, false); !there) return there;
  LockFile lock;
  if (auto taken = lock.take(file); !taken) return taken;
  Connection connection;
  if (auto opened = open_connection(connection, file, Role::reader); !opened) return opened;
  if (auto ours = check_schema(connection, file); !ours) return ours;
  connection.script("BEGIN");
  auto copied = copy({connection, forms_of(connection)});
  connection.script("COMMIT");
  return copied;
}

}  // namespace gateway::store::sqlite
