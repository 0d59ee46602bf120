#include "tests/crash/faulty_calls.hpp"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <mutex>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tests/crash/recorded_disk.hpp"

namespace tests {
namespace {

struct Plan {
  std::mutex mutex;
  CallFault fault;
  int calls = 0;
  bool was_met = false;
};
Plan& plan() {
  static Plan the_plan;
  return the_plan;
}

/// errno of the fault if this call is to meet it; 0: go on.
int fault_of_this_call() {
  const std::lock_guard lock(plan().mutex);
  if (plan().fault.number == 0) return 0;
  const int number = ++plan().calls;
  const bool meets =
      number == plan().fault.number || (plan().fault.persists && number > plan().fault.number);
  plan().was_met = plan().was_met || meets;
  return meets ? plan().fault.error : 0;
}

int fail_with(int error) {
  errno = error == short_write ? EIO : error;
  return -1;
}

int open_file(const char* path, int flags, int mode) {
  const bool changes = (flags & (O_CREAT | O_RDWR)) != 0;
  if (const int error = changes ? fault_of_this_call() : 0; error != 0) return fail_with(error);
  return ::open(path, flags, mode);
}
ssize_t write_at(int file, const void* bytes, size_t size, off_t at) {
  const int error = fault_of_this_call();
  if (error == short_write && size > 1) return ::pwrite(file, bytes, size / 2, at);
  return error != 0 ? fail_with(error) : ::pwrite(file, bytes, size, at);
}
int truncate_file(int file, off_t size) {
  if (const int error = fault_of_this_call(); error != 0) return fail_with(error);
  return ::ftruncate(file, size);
}
int allocate(int file, off_t from, off_t size) {
  if (const int error = fault_of_this_call(); error != 0)
    return error == short_write ? EIO : error;  // posix_fallocate says it by its result
  return ::posix_fallocate(file, from, size);
}
int remove_file(const char* path) {
  if (const int error = fault_of_this_call(); error != 0) return fail_with(error);
  return ::unlink(path);
}

template <class Call>
void replace(sqlite3_vfs* vfs, const char* name, Call call) {
  vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(call));
}

}  // namespace

void FaultyCalls::install() {
  RecordedDisk::install();
  static const bool done = [] {
    sqlite3_vfs* vfs = sqlite3_vfs_find("unix");
    replace(vfs, "open", open_file);
    replace(vfs, "pwrite", write_at);
    replace(vfs, "pwrite64", write_at);
    replace(vfs, "ftruncate", truncate_file);
    replace(vfs, "fallocate", allocate);
    replace(vfs, "unlink", remove_file);
    RecordedDisk::ask_before_sync(fault_of_this_call);  // SQLite calls fdatasync by itself
    return true;
  }();
  (void)done;
}

void FaultyCalls::arm(const CallFault& fault) {
  const std::lock_guard lock(plan().mutex);
  plan().fault = fault;
  plan().calls = 0;
  plan().was_met = false;
}

bool FaultyCalls::disarm() {
  const std::lock_guard lock(plan().mutex);
  plan().fault = {};
  return plan().was_met;
}

}  // namespace tests
