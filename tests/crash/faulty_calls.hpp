#pragma once
#include <string>

namespace tests {

/// One fault among the system calls by which SQLite changes files (TRUST.md §3.2): open, pwrite,
/// ftruncate, fallocate, unlink and the sync.
struct CallFault {
  int number = 0;         // of the calls counted since `arm`, the first is 1; 0: none
  int error = 0;          // errno; `short_write`: half of it is written
  bool persists = false;  // this call and all that follow
};
inline constexpr int short_write = -1;

class FaultyCalls {
 public:
  /// Before the first store of the process is opened.
  static void install();
  static void arm(const CallFault& fault);
  /// Ends the fault; true if any call met it.
  static bool disarm();
};

}  // namespace tests
