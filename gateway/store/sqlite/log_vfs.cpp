#include "gateway/store/sqlite/log_vfs.hpp"

#include <cstring>
#include <new>

#include <sqlite3.h>

namespace gateway::store::sqlite {
namespace {

// SQLite's VFS for Unix writes at most 131,071 bytes at once, and takes a write of more that leaves
// nothing behind for a full disk.
constexpr int room_bytes = 96 * 1024;

/// A write-ahead log as SQLite sees it. What the system's VFS made lies in the same memory, behind.
struct Log {
  sqlite3_file seen;  // first: SQLite knows the file by it
  sqlite3_file* below;
  char* room;  // what is gathered; null: all is handed on at once
  int filled;
  sqlite3_int64 from;  // where in the file it belongs
};

Log& log_of(sqlite3_file* file) {
  return *reinterpret_cast<Log*>(file);
}

int hand_on(Log& log) {
  if (log.filled == 0) return SQLITE_OK;
  const int code = log.below->pMethods->xWrite(log.below, log.room, log.filled, log.from);
  if (code == SQLITE_OK) log.filled = 0;
  return code;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  Log& log = log_of(file);
  const bool joins = at == log.from + log.filled && size <= room_bytes - log.filled;
  if (!joins) {
    if (const int code = hand_on(log); code != SQLITE_OK) return code;
  }
  if (log.room == nullptr || size > room_bytes)
    return log.below->pMethods->xWrite(log.below, bytes, size, at);
  if (log.filled == 0) log.from = at;
  std::memcpy(log.room + log.filled, bytes, static_cast<std::size_t>(size));
  log.filled += size;
  return SQLITE_OK;
}

/// Calls the system's method once all that was gathered is handed on.
template <auto Method, class... Rest>
int after(sqlite3_file* file, Rest... rest) {
  Log& log = log_of(file);
  if (const int code = hand_on(log); code != SQLITE_OK) return code;
  return (log.below->pMethods->*Method)(log.below, rest...);
}

template <auto Method, class... Rest>
int straight(sqlite3_file* file, Rest... rest) {
  Log& log = log_of(file);
  return (log.below->pMethods->*Method)(log.below, rest...);
}

int close(sqlite3_file* file) {
  Log& log = log_of(file);
  const int handed_on = hand_on(log);
  delete[] log.room;
  const int code = log.below->pMethods->xClose(log.below);
  return handed_on != SQLITE_OK ? handed_on : code;
}

constexpr sqlite3_io_methods log_methods = {
    .iVersion = 1,  // shared memory and mapping are asked of the database file alone
    .xClose = close,
    .xRead = after<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = after<&sqlite3_io_methods::xSync, int>,
    .xFileSize = after<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = straight<&sqlite3_io_methods::xLock, int>,
    .xUnlock = straight<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = straight<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = straight<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = straight<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = straight<&sqlite3_io_methods::xDeviceCharacteristics>,
};

const sqlite3_vfs* system_vfs() {
  static const sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
  return found;
}

/// Where the system's file begins behind ours.
constexpr int head_bytes = (sizeof(Log) + 15) / 16 * 16;

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* opened_as) {
  const auto* below = system_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(vfs, name, file, flags, opened_as);
  auto* inner = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + head_bytes);
  file->pMethods = nullptr;  // null: there is nothing to close
  const int code = below->xOpen(vfs, name, inner, flags, opened_as);
  if (code != SQLITE_OK) {
    if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
    return code;
  }
  // On a volume that may tear what lies beside a write, SQLite writes on behind the sync.
  const bool may_gather =
      (inner->pMethods->xDeviceCharacteristics(inner) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
  new (file)
      Log{{&log_methods}, inner, may_gather ? new (std::nothrow) char[room_bytes] : nullptr, 0, 0};
  return SQLITE_OK;
}

}  // namespace

const char* log_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_initialize();
    sqlite3_vfs made = *system_vfs();
    made.pNext = nullptr;
    made.zName = "immunogate";
    made.szOsFile += head_bytes;
    made.xOpen = open;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

void drop_gathered(sqlite3* connection) {
  sqlite3_file* file = nullptr;  // with a write-ahead log, that is the journal
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK)
    return;
  if (file != nullptr && file->pMethods == &log_methods) log_of(file).filled = 0;
}

}  // namespace gateway::store::sqlite
