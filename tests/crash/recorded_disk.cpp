#include "tests/crash/recorded_disk.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

#include <sqlite3.h>

#include "tests/support/files.hpp"

namespace tests {
namespace {

struct Notes {
  std::mutex mutex;
  bool is_on = false;
  std::vector<std::string> names;
  std::vector<DiskOp> ops;
  std::map<std::string, std::string> baseline;

  int number_of(const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<int>(found - names.begin());
    names.push_back(name);
    return static_cast<int>(names.size()) - 1;
  }
};
Notes& notes() {
  static Notes all;
  return all;
}

/// A database or log as SQLite sees it; the system's lies behind, in the same memory.
struct File {
  sqlite3_file seen;
  sqlite3_file* below;
  int number;
};
File& file_of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

void note(sqlite3_file* file, DiskOp::Kind kind, std::int64_t at, std::string bytes) {
  const std::lock_guard lock(notes().mutex);
  if (notes().is_on) notes().ops.push_back({kind, file_of(file).number, at, std::move(bytes)});
}

template <auto Method, class... Rest>
int straight(sqlite3_file* file, Rest... rest) {
  sqlite3_file* below = file_of(file).below;
  return (below->pMethods->*Method)(below, rest...);
}
void shared_memory_barrier(sqlite3_file* file) {
  file_of(file).below->pMethods->xShmBarrier(file_of(file).below);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const int code = straight<&sqlite3_io_methods::xWrite>(file, bytes, size, at);
  if (code == SQLITE_OK)
    note(file, DiskOp::Kind::write, at,
         {static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  return code;
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = straight<&sqlite3_io_methods::xTruncate>(file, size);
  if (code == SQLITE_OK) note(file, DiskOp::Kind::truncate, size, {});
  return code;
}
int (*before_sync)() = nullptr;

int sync(sqlite3_file* file, int flags) {
  if (before_sync != nullptr && before_sync() != 0) return SQLITE_IOERR_FSYNC;
  const int code = straight<&sqlite3_io_methods::xSync>(file, flags);
  if (code == SQLITE_OK) note(file, DiskOp::Kind::sync, 0, {});
  return code;
}

constexpr sqlite3_io_methods methods = {
    .iVersion = 2,  // no mapping
    .xClose = straight<&sqlite3_io_methods::xClose>,
    .xRead = straight<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = straight<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = straight<&sqlite3_io_methods::xLock, int>,
    .xUnlock = straight<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = straight<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = straight<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = straight<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = straight<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = straight<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = straight<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = shared_memory_barrier,
    .xShmUnmap = straight<&sqlite3_io_methods::xShmUnmap, int>,
};

sqlite3_vfs* below_vfs = nullptr;
constexpr int head_bytes = (sizeof(File) + 15) / 16 * 16;

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* opened_as) {
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0)
    return below_vfs->xOpen(vfs, name, file, flags, opened_as);
  auto* inner = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + head_bytes);
  file->pMethods = nullptr;
  const int code = below_vfs->xOpen(vfs, name, inner, flags, opened_as);
  if (code != SQLITE_OK) {
    if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
    return code;
  }
  const std::lock_guard lock(notes().mutex);
  new (file) File{{&methods}, inner, notes().number_of(name)};
  return SQLITE_OK;
}

void put(std::string& content, std::int64_t at, std::string_view bytes) {
  const auto end = static_cast<std::size_t>(at) + bytes.size();
  if (content.size() < end) content.resize(end);
  std::memcpy(content.data() + at, bytes.data(), bytes.size());
}

void put_op(std::string& content, const DiskOp& op) {
  if (op.kind == DiskOp::Kind::truncate) content.resize(static_cast<std::size_t>(op.at));
  if (op.kind == DiskOp::Kind::write) put(content, op.at, op.bytes);
}

/// Of a write, the blocks of the disk that chance keeps.
void apply_in_part(std::string& content, const DiskOp& op, std::int64_t block,
                   std::mt19937_64& random) {
  if (op.kind != DiskOp::Kind::write) {
    if ((random() & 1) != 0) put_op(content, op);
    return;
  }
  const auto end = op.at + static_cast<std::int64_t>(op.bytes.size());
  for (std::int64_t from = op.at; from < end;) {
    const std::int64_t to = std::min(end, (from / block + 1) * block);
    if ((random() & 1) != 0)
      put(content, from,
          std::string_view(op.bytes).substr(static_cast<std::size_t>(from - op.at),
                                            static_cast<std::size_t>(to - from)));
    from = to;
  }
}

}  // namespace

void RecordedDisk::install() {
  static const bool done = [] {
    sqlite3_initialize();
    below_vfs = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = *below_vfs;
    vfs.pNext = nullptr;
    vfs.zName = "recorded";
    vfs.szOsFile += head_bytes;
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
  }();
  (void)done;
}

void RecordedDisk::ask_before_sync(int (*question)()) {
  before_sync = question;
}

void RecordedDisk::begin() {
  const std::lock_guard lock(notes().mutex);
  notes().ops.clear();
  notes().baseline.clear();
  for (const auto& name : notes().names)
    if (std::filesystem::exists(name)) notes().baseline[name] = read_file(name);
  notes().is_on = true;
}

void RecordedDisk::end() {
  const std::lock_guard lock(notes().mutex);
  notes().is_on = false;
}

std::size_t RecordedDisk::position() {
  const std::lock_guard lock(notes().mutex);
  return notes().ops.size();
}

std::vector<DiskOp> RecordedDisk::ops() {
  const std::lock_guard lock(notes().mutex);
  return notes().ops;
}

std::vector<std::string> RecordedDisk::names() {
  const std::lock_guard lock(notes().mutex);
  return notes().names;
}

std::map<std::string, std::string> RecordedDisk::baseline() {
  const std::lock_guard lock(notes().mutex);
  return notes().baseline;
}

DiskImages::DiskImages(std::vector<DiskOp> ops, std::vector<std::string> names,
                       std::map<std::string, std::string> baseline)
    : ops_(std::move(ops)),
      names_(std::move(names)),
      durable_(names_.size()),
      pending_(names_.size()) {
  for (std::size_t f = 0; f < names_.size(); ++f) {
    const auto found = baseline.find(names_[f]);
    is_there_.push_back(found != baseline.end());
    if (is_there_[f]) durable_[f] = found->second;
  }
  for (const DiskOp& op : ops_) is_there_[static_cast<std::size_t>(op.file)] = true;
}

void DiskImages::advance(std::size_t n) {
  for (; next_ < n; ++next_) {
    const auto file = static_cast<std::size_t>(ops_[next_].file);
    if (ops_[next_].kind != DiskOp::Kind::sync) {
      pending_[file].push_back(next_);
    } else if (heeds_syncs_) {
      for (const auto op : pending_[file]) put_op(durable_[file], ops_[op]);
      pending_[file].clear();
    }
  }
}

std::map<std::string, std::string> DiskImages::image(Loss loss, std::mt19937_64& random) const {
  std::map<std::string, std::string> out;
  for (std::size_t f = 0; f < names_.size(); ++f) {
    if (!is_there_[f]) continue;  // of a store that was open before
    std::string& content = out[names_[f]] = durable_[f];
    const auto& pending = pending_[f];
    if (loss == Loss::everything || pending.empty()) continue;
    const std::size_t lost = loss == Loss::early ? random() % (pending.size() + 1) : 0;
    for (std::size_t p = 0; p < pending.size(); ++p) {
      const DiskOp& op = ops_[pending[p]];
      if (loss == Loss::pages) apply_in_part(content, op, 4096, random);
      if (loss == Loss::sectors) apply_in_part(content, op, 512, random);
      if (loss == Loss::early && p >= lost) put_op(content, op);
    }
  }
  return out;
}

}  // namespace tests
