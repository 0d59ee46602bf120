#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tests {

/// What a power cut may leave of writes that no sync covers (TRUST.md §3.1).
enum class Loss {
  everything,  // nothing that was not synced
  pages,       // any of the 4 KiB pages
  sectors,     // any of the 512-byte sectors: pages are torn
  early,       // later writes without earlier ones
};

/// What SQLite did to its files since `begin`, in order.
struct DiskOp {
  enum class Kind { write, truncate, sync } kind = Kind::write;
  int file = 0;  // index into RecordedDisk::names()
  std::int64_t at = 0;
  std::string bytes;
};

/// A VFS below the store's own that notes every write, truncation and sync. SQLite knows it as the
/// system's, so it must be installed before the first store of the process is opened.
class RecordedDisk {
 public:
  static void install();
  /// Notes from now on; what the files hold now is taken as durable.
  static void begin();
  static void end();
  /// How many operations were noted so far: the place of an event in their order.
  static std::size_t position();
  static std::vector<DiskOp> ops();
  /// Paths of the files, as SQLite opened them.
  static std::vector<std::string> names();
  static std::map<std::string, std::string> baseline();
  /// Asked before each sync; what it gives but 0 is the error the sync meets instead.
  static void ask_before_sync(int (*question)());
};

/// What the disk may hold at one moment: goes through the operations in order, once.
class DiskImages {
 public:
  DiskImages(std::vector<DiskOp> ops, std::vector<std::string> names,
             std::map<std::string, std::string> baseline);
  std::size_t size() const { return ops_.size(); }
  const DiskOp& op(std::size_t n) const { return ops_[n]; }
  /// On to the moment before operation `n`.
  void advance(std::size_t n);
  /// Files by path: what is durable, and of the rest what `loss` leaves.
  std::map<std::string, std::string> image(Loss loss, std::mt19937_64& random) const;
  /// As if no sync had ever been: for the test of the harness itself.
  void ignore_syncs() { heeds_syncs_ = false; }

 private:
  std::vector<DiskOp> ops_;
  std::vector<std::string> names_;
  std::vector<std::string> durable_;
  std::vector<bool> is_there_;                     // a file of the store that was recorded
  std::vector<std::vector<std::size_t>> pending_;  // of each file: operations no sync covers
  std::size_t next_ = 0;
  bool heeds_syncs_ = true;
};

}  // namespace tests
