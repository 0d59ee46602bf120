/// Sub-room store/sqlite: the SQLite engine behind `store::Store`. Only `app` names it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/verify.hpp"
#include "gateway/store/tables/whole.hpp"

namespace gateway::store::sqlite {

struct Options {
  std::filesystem::path file;
  bool create = true;               // make it (folder mode 0700, file 0600) if it is absent
  std::int64_t min_free_bytes = 0;  // 0: 5 % of the volume, at most 1 GiB (TRUST P4)
  std::int64_t reserve_bytes = 0;   // kept on the volume for reads of a full one
  int readers = 4;
  /// Length of the log at which it is folded back: it folds rewrites of a page between two
  /// checkpoints; longer costs time at the next start.
  int checkpoint_pages = 8192;
};

/// Opens (and where asked makes) a store: WAL, synchronous FULL, both read back (F1), an exclusive
/// lock file, and a `wal_checkpoint(TRUNCATE)` that must succeed (R4). Errors: `configuration`
/// naming the file and the remedy.
base::Result<std::unique_ptr<Store>> open(const Options& options, const base::Clock& clock,
                                          observe::Metrics& metrics);

/// Verifies a store through and through as of one moment, reading only; a gateway may be running on
/// it (its log of changes cannot be folded back meanwhile, and grows). Errors: `configuration`
/// naming the file and the remedy.
base::Result<Verification> verify_file(const std::filesystem::path& file,
                                       const tables::VerifyProgress& progress = {});
/// The same of the audit trail alone.
base::Result<Verification> verify_audit_file(const std::filesystem::path& file,
                                             const tables::VerifyProgress& progress = {});

/// A file and what SQLite keeps beside it.
void remove_with_sides(const std::filesystem::path& file);
bool is_any_there(const std::filesystem::path& file);

/// What a copy holds, which is this one's while `alone` lives.
struct CopyFacts {
  std::shared_ptr<void> alone;
  std::int64_t arrivals = 0, audit_rows = 0;
  std::string audit_head;  // hexadecimal
};
/// Copies a store as of one moment into a file, page by page; a gateway may serve from it
/// meanwhile, whose log of changes cannot be folded back until then, so room for two more stores
/// must be free. What an earlier copy left there goes; one at a time. Errors: `configuration`.
base::Result<CopyFacts> copy_file(const std::filesystem::path& file,
                                  const std::filesystem::path& to,
                                  const tables::VerifyProgress& progress = {});

/// A message as a laboratory names it: its sender's file, and MSH-10.
struct ControlId {
  std::string sender, control_id;
};
/// Those of which no accepted message is in the store. Errors: `configuration`.
base::Result<std::vector<ControlId>> unknown_of(const std::filesystem::path& file,
                                                const std::vector<ControlId>& asked);

/// Shows all of a store to whoever copies it. Nobody may serve from it meanwhile: it is locked.
/// Errors: `configuration`, and what `copy` says.
base::Result<void> show_whole(const std::filesystem::path& file,
                              const std::function<base::Result<void>(const tables::Whole&)>& copy);

}  // namespace gateway::store::sqlite
